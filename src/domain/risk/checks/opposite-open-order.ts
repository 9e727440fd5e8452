import { isTerminal, type Order } from '../../order.ts'
import { defineCheck, type EntryRequest } from '../check.ts'
import { noLimits } from '../limits.ts'

/** Stops and targets guard a position and rest away from the market: only a crossing one could trade with ourselves. */
function couldMeet(request: EntryRequest, order: Order): boolean {
  if (order.symbol !== request.symbol || order.side === request.side || isTerminal(order)) return false
  if (order.role === 'entry' || order.role === 'close') return true
  if (order.limitPrice === null) return false
  return request.side === 'buy' ? request.price.gte(order.limitPrice) : request.price.lte(order.limitPrice)
}

export const check = defineCheck({
  code: 'OPPOSITE_OPEN_ORDER',
  tier: 'position',
  limits: noLimits,
  transient: false,
  evaluate({ request, workingOrders }) {
    const other = workingOrders.find((order) => couldMeet(request, order))
    if (other === undefined) return null
    const explain = `a working ${other.side} of ${other.symbol} could trade with it (a wash trade)`
    return { limit: null, actual: null, wouldPass: `after that ${other.side} has ended`, explain }
  },
})
