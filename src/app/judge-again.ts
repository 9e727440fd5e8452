import type { Order } from '../domain/order.ts'
import { judgeEntry } from '../domain/risk/verdict.ts'
import { entryRequest } from '../domain/trade-plan.ts'
import type { Transaction } from '../ports/event-store.ts'
import type { AppContext } from './context.ts'
import { type MarketLook, readBooks, riskContext } from './risk-context.ts'

/**
 * Whether an entry that is on the books, and was not sent or perhaps not received, would pass at the market of now. Its own
 * reservation does not stand in its way. @returns the binding denial in words, or null.
 */
export async function judgeAgain(context: AppContext, tx: Transaction, order: Order, look: MarketLook): Promise<string | null> {
  if (order.proposalId === null) return 'it is no entry of ours'
  const { state: proposal } = await tx.load('proposal', order.proposalId)
  const now = await riskContext(context, entryRequest(proposal, order.quantity), look, await readBooks(context, order.symbol, tx.read))
  const preparedAt = Date.parse(order.preparedAt)
  const itself = (e: { readonly symbol: string; readonly side: string; readonly at: number }): boolean =>
    e.symbol === order.symbol && e.side === order.side && e.at === preparedAt
  const without = {
    ...now,
    workingOrders: now.workingOrders.filter(({ id }) => id !== order.id),
    recentEntries: now.recentEntries.filter((e) => !itself(e)),
  }
  const verdict = judgeEntry(without, context.checks())
  return verdict.approved ? null : (verdict.entry.denials[0]?.explain ?? 'risk does not pass')
}
