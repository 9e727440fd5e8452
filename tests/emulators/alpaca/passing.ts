import { exchangeDate, sessionAt } from '../../../src/domain/calendar.ts'
import { text, zero } from '../../../src/domain/decimal.ts'
import type { FeeSchedule } from '../../../src/domain/fees.ts'
import type { AlpacaBook } from './book.ts'
import type { Conduct } from './desk.ts'
import { feeOf, type Tell } from './fills.ts'
import { type EmulatedOrder, isOpen, leftOf } from './records.ts'
import { auctionBetween, type Venue } from './venue.ts'

export interface PassingParts {
  readonly book: AlpacaBook
  readonly venue: Venue
  readonly conduct: Conduct
  readonly tell: Tell
  readonly now: () => number
  readonly fees: () => FeeSchedule | null
}

/** What time alone brings, up to now: openings, auctions, ends of day orders, a new day. */
export function createPassing({ book, venue, conduct, tell, now, fees }: PassingParts): () => void {
  let settledTo = now()

  function settle(): void {
    const [from, to] = [settledTo, now()]
    if (to <= from) return
    settledTo = to
    for (const order of book.open()) {
      if (order.status === 'accepted' && sessionAt(to) === 'regular') {
        order.status = 'new'
        tell('new', order)
      }
      if (auctionBetween(order, from, to)) auction(order, to)
      if (order.expiresAt <= to) venue.endFamily(order, 'expired', order.expiresAt)
    }
    if (exchangeDate(from) !== exchangeDate(to)) newDay(from)
  }
  function auction(order: EmulatedOrder, at: number): void {
    const quote = book.quotes.get(order.symbol)
    if (quote && conduct.fills === 'auto' && !book.halted.has(order.symbol)) {
      const crossing =
        order.type === 'market' || (order.side === 'buy' ? quote.ask.lte(book.priceFor(order)) : quote.bid.gte(book.priceFor(order)))
      if (crossing) venue.fill(order, leftOf(order), order.side === 'buy' ? quote.ask : quote.bid, at)
    }
    if (isOpen(order)) venue.endFamily(order, 'canceled', at)
  }
  function newDay(from: number): void {
    const schedule = fees()
    for (const execution of book.executions.values()) {
      if (!schedule || execution.undone || exchangeDate(execution.at) !== exchangeDate(from)) continue
      const fee = feeOf(execution, schedule)
      if (fee.gt(zero)) {
        const netAmount = text(zero.minus(fee))
        book.nonTrade({ type: 'FEE', subType: 'REG', netAmount, description: 'regulatory fees' }, now())
      }
    }
    for (const mark of book.marks.values()) mark.lastDay = mark.last
    book.lastEquity = book.equity()
  }
  return settle
}
