import { decimal, fromNumber, maximum, type Quantity, roundDown } from '../decimal.ts'
import { hashText, uniform } from '../random.ts'

const single = decimal('1')

/**
 * Orders that the seed chose to fill in parts get a bound per bar; the same order always the same one.
 * @param rate 0 to 1: how many are chosen. Null: no bound.
 */
export function sliceOf(
  order: { readonly clientOrderId: string; readonly quantity: Quantity },
  seed: number,
  rate: number,
): Quantity | null {
  const drawn = hashText(order.clientOrderId)
  if (order.quantity.lte(single) || uniform(seed, drawn, 3) >= rate) return null
  const share = fromNumber(0.25 + 0.45 * uniform(seed, drawn, 4), 4)
  return maximum(single, roundDown(order.quantity.times(share), 0)) as Quantity
}
