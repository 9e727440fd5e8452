import type { Order } from '../domain/order.ts'
import { denialsOf, judgeEntry } from '../domain/risk/verdict.ts'
import { entryRequest } from '../domain/trade-plan.ts'
import type { Transaction } from '../ports/event-store.ts'
import type { AppContext } from './context.ts'
import { type Books, type MarketLook, readBooks, riskContext } from './risk-context.ts'

/**
 * Whether an entry that is on the books, and was not sent or perhaps not received, would pass at the market of now. Its own
 * reservation does not stand in its way. @returns the binding denial in words, or null.
 */
export async function judgeAgain(context: AppContext, tx: Transaction, order: Order, look: MarketLook): Promise<string | null> {
  if (order.proposalId === null) return 'it is no entry of ours'
  const { state: proposal } = await tx.load('proposal', order.proposalId)
  const books = without(order, await readBooks(context, order.symbol, tx.read))
  const verdict = judgeEntry(riskContext(context, entryRequest(proposal, order.quantity), look, books), context.checks())
  return verdict.approved ? null : (denialsOf(verdict)[0]?.explain ?? 'risk does not pass')
}

/** As if it had never been prepared: everything that is reckoned from the books leaves it out, what is held stays as it is. */
const without = ({ id }: Order, books: Books): Books => ({
  ...books,
  workingOrders: books.workingOrders.filter((order) => order.id !== id),
  recent: books.recent.filter((order) => order.id !== id),
})
