import type { Side } from '../alert.ts'
import { divide, notional, type Price, type Quantity, type Usd, usd, zero } from '../decimal.ts'

/** What a simulated broker holds of a symbol. `cost` is what the open shares were bought (or sold short) for. */
export interface Holding {
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly quantity: Quantity
  readonly cost: Usd
}

interface Traded {
  readonly symbol: string
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
}

/** Average-cost accounting; what exceeds the position opens one on the other side. */
export function holdingAfter(held: Holding | undefined, { symbol, side, quantity, price }: Traded): Holding {
  const way = side === 'buy' ? 'long' : 'short'
  const opened = (size: Quantity): Holding => ({ symbol, side: way, quantity: size, cost: notional(price, size) })
  if (!held) return opened(quantity)
  if (held.side === way) {
    return { ...held, quantity: held.quantity.plus(quantity) as Quantity, cost: held.cost.plus(notional(price, quantity)) as Usd }
  }
  if (quantity.gt(held.quantity)) return opened(quantity.minus(held.quantity) as Quantity)
  const left = held.quantity.minus(quantity) as Quantity
  return { ...held, quantity: left, cost: left.eq(zero) ? usd('0') : (divide(held.cost.times(left), held.quantity) as Usd) }
}
