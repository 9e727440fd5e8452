import { maximum, type Quantity, zero } from '../decimal.ts'

/** A working order that closes; orders of one group cancel each other. */
interface ClosingOrder {
  readonly id: string
  readonly group: string | null
  readonly left: Quantity
}

/** Shares that closing orders bind; of a one-cancels-other pair the larger counts. */
export function sharesBound(closing: readonly ClosingOrder[]): Quantity {
  const byGroup = new Map<string, Quantity>()
  for (const { id, group, left } of closing) {
    const key = group ?? id
    byGroup.set(key, maximum(left, byGroup.get(key) ?? zero) as Quantity)
  }
  return [...byGroup.values()].reduce((sum, bound) => sum.plus(bound) as Quantity, zero as Quantity)
}
