import { randomUUID } from 'node:crypto'
import { exchangeDate, regularHours } from '../../../src/domain/calendar.ts'
import { type DecimalString, decimal, notional, type Price, price, type Quantity, zero } from '../../../src/domain/decimal.ts'
import type { FeeSchedule } from '../../../src/domain/fees.ts'
import { participation } from '../../../src/domain/matching/fill-rules.ts'
import type { NonTrade } from './activities.ts'
import type { AlpacaBook } from './book.ts'
import { createCorrections } from './corrections.ts'
import type { Conduct, Desk } from './desk.ts'
import type { Tell } from './fills.ts'
import { createHand } from './hand.ts'
import type { Market } from './market.ts'
import { createPassing } from './passing.ts'
import type { EmulatedAsset } from './records.ts'
import { barOf, type Venue } from './venue.ts'

export interface WorldParts {
  readonly book: AlpacaBook
  readonly venue: Venue
  readonly desk: Desk
  readonly conduct: Conduct
  readonly tell: Tell
  readonly clock: { now(): number; shift(ms: number): void }
  readonly fees: () => FeeSchedule | null
  readonly market: Market
}
export interface BarTerms {
  readonly at: number
  readonly open: DecimalString
  readonly high: DecimalString
  readonly low: DecimalString
  readonly close: DecimalString
  readonly volume: number
  /** Default 0. */
  readonly halfSpread?: DecimalString
  /** Length; default one minute. */
  readonly lengthMs?: number
}
/** What a test does to the world around the account. */
export type World = ReturnType<typeof createWorld>

export function createWorld(parts: WorldParts) {
  const { book, venue, conduct, clock, market } = parts
  const now = (): number => clock.now()
  const settle = createPassing({ ...parts, now })

  function addAsset(symbol: string, facts: Partial<Omit<EmulatedAsset, 'id' | 'symbol'>> = {}): EmulatedAsset {
    const known = book.assets.get(symbol)
    if (known) return Object.assign(known, facts)
    const usual = { name: `${symbol} Common Stock`, exchange: 'NASDAQ', status: 'active' as const }
    const allowed = { tradable: true, marginable: true, shortable: true, easyToBorrow: true, fractionable: true }
    const asset = { id: randomUUID(), symbol, ...usual, ...allowed, ...facts }
    book.assets.set(symbol, asset)
    return asset
  }
  return {
    ...createHand({ ...parts, now }),
    ...createCorrections({ ...parts, now }),
    now,
    settle,
    addAsset,
    /** Time passes; what is due happens. */
    advance(ms: number): void {
      clock.shift(ms)
      settle()
    },
    /** @param at epoch milliseconds, not before now */
    advanceTo(at: number): void {
      clock.shift(at - now())
      settle()
    },
    /** A new quote: working orders meet it. @param at the quote's own time, for a stale one; default now */
    setQuote(symbol: string, bid: DecimalString, ask: DecimalString, at = now(), sizes = { bid: 100, ask: 100 }): void {
      settle()
      addAsset(symbol)
      const quote = { bid: price(bid), ask: price(ask), bidSize: sizes.bid, askSize: sizes.ask, at }
      book.quotes.set(symbol, quote)
      book.markTo(symbol, quote.bid.plus(quote.ask).times(decimal('0.5')) as Price)
      market.quote(symbol, quote)
      if (conduct.fills === 'auto') venue.meet(symbol, barOf({ ...quote, at: now() }), now())
    },
    /** A complete bar: working orders meet it by the project's fill rules, a tenth of its volume for all of them. */
    matchBar(symbol: string, { at, lengthMs = 60_000, halfSpread = '0', volume, ...terms }: BarTerms): void {
      addAsset(symbol)
      const [open, high, low, close] = [price(terms.open), price(terms.high), price(terms.low), price(terms.close)]
      const bar = { at, open, high, low, close, halfSpread: price(halfSpread), available: participation(volume) }
      book.markTo(symbol, close)
      const [o, h, l, c] = [terms.open, terms.high, terms.low, terms.close].map(Number) as [number, number, number, number]
      market.minute(symbol, { at, open: o, high: h, low: l, close: c, volume })
      venue.meet(symbol, bar, at + lengthMs)
    },
    setMark: (symbol: string, last: DecimalString): void => book.markTo(symbol, price(last)),
    /** Orders are taken, and none trades until `resume`. */
    halt(symbol: string): void {
      addAsset(symbol)
      book.halted.add(symbol)
      market.status(symbol, true)
    },
    resume(symbol: string): void {
      book.halted.delete(symbol)
      market.status(symbol, false)
    },
    /** A fee, a deposit, interest…: cash changes by `netAmount`. */
    nonTrade: (facts: NonTrade, at = now()): void => book.nonTrade(facts, at),
    /** Puts a position there as if it had always been, without any order. */
    givePosition(symbol: string, shares: DecimalString, average: DecimalString): void {
      addAsset(symbol)
      const signed = decimal(shares)
      const size = signed.abs() as Quantity
      book.setPosition({ symbol, side: signed.gt(zero) ? 'long' : 'short', quantity: size, cost: notional(price(average), size) })
      if (!book.marks.has(symbol)) book.markTo(symbol, price(average))
    },
    /** The regular session of the day it is. */
    today: () => regularHours(exchangeDate(now())),
  }
}
