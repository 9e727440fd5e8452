import { randomUUID } from 'node:crypto'
import { exchangeDate, regularHours, sessionAt } from '../../../src/domain/calendar.ts'
import {
  type DecimalString,
  decimal,
  divide,
  notional,
  type Price,
  price,
  type Quantity,
  quantity,
  text,
  type Usd,
  usd,
  zero,
} from '../../../src/domain/decimal.ts'
import type { FeeSchedule } from '../../../src/domain/fees.ts'
import { participation } from '../../../src/domain/matching/fill-rules.ts'
import { splitOrderPrices } from '../../../src/domain/split.ts'
import { type NonTrade, nonTradeActivity } from './activities.ts'
import type { AlpacaBook } from './book.ts'
import type { Conduct, Desk } from './desk.ts'
import { feeOf, move, type Tell } from './fills.ts'
import type { Market } from './market.ts'
import { type EmulatedAsset, type EmulatedOrder, isOpen, leftOf } from './records.ts'
import { auctionBetween, barOf, type Venue } from './venue.ts'

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
export interface FillTerms {
  /** Default: all that is left. */
  readonly quantity?: DecimalString
  /** Default: the order's own price, else the quote's. */
  readonly price?: DecimalString
}

/** What a test does to the world around the account. */
export type World = ReturnType<typeof createWorld>

export function createWorld(parts: WorldParts) {
  const { book, venue, desk, conduct, tell, clock, market } = parts
  const now = (): number => clock.now()
  let settledTo = now()

  function addAsset(symbol: string, facts: Partial<Omit<EmulatedAsset, 'id' | 'symbol'>> = {}): EmulatedAsset {
    const known = book.assets.get(symbol)
    if (known) return Object.assign(known, facts)
    const usual = { name: `${symbol} Common Stock`, exchange: 'NASDAQ', status: 'active' as const }
    const allowed = { tradable: true, marginable: true, shortable: true, easyToBorrow: true, fractionable: true }
    const asset = { id: randomUUID(), symbol, ...usual, ...allowed, ...facts }
    book.assets.set(symbol, asset)
    return asset
  }
  function markTo(symbol: string, last: Price): void {
    book.marks.set(symbol, { last, lastDay: book.marks.get(symbol)?.lastDay ?? last })
  }
  function priceFor(order: EmulatedOrder): Price {
    const quote = book.quotes.get(order.symbol)
    const market = quote ? (order.side === 'buy' ? quote.ask : quote.bid) : undefined
    const found = order.limitPrice ?? order.stopPrice ?? market ?? book.marks.get(order.symbol)?.last
    if (!found) throw new RangeError(`no price for ${order.symbol}: name one`)
    return found
  }
  function fillOrder(idOrClientId: string, terms: FillTerms = {}): string {
    const order = book.find(idOrClientId)
    if (order.status === 'pending_new') desk.accept(order)
    const shares = terms.quantity === undefined ? leftOf(order) : quantity(terms.quantity)
    return venue.fill(order, shares, terms.price === undefined ? priceFor(order) : price(terms.price), now())
  }

  /** What time alone brings: openings, auctions, ends of day orders, a new day. */
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
      if (order.expiresAt !== null && order.expiresAt <= to) venue.endFamily(order, 'expired', order.expiresAt)
    }
    if (exchangeDate(from) !== exchangeDate(to)) newDay(from)
  }
  function auction(order: EmulatedOrder, at: number): void {
    const quote = book.quotes.get(order.symbol)
    if (quote && conduct.fills === 'auto' && !book.halted.has(order.symbol)) {
      const crossing = order.type === 'market' || (order.side === 'buy' ? quote.ask.lte(priceFor(order)) : quote.bid.gte(priceFor(order)))
      if (crossing) venue.fill(order, leftOf(order), order.side === 'buy' ? quote.ask : quote.bid, at)
    }
    if (isOpen(order)) venue.endFamily(order, 'canceled', at)
  }
  function newDay(from: number): void {
    const schedule = parts.fees()
    for (const execution of book.executions.values()) {
      if (!schedule || execution.undone || exchangeDate(execution.at) !== exchangeDate(from)) continue
      const fee = feeOf(execution, schedule)
      if (fee.gt(zero)) nonTrade({ type: 'FEE', subType: 'REG', netAmount: text(zero.minus(fee)), description: 'regulatory fees' })
    }
    for (const mark of book.marks.values()) mark.lastDay = mark.last
    book.lastEquity = book.equity()
  }
  function nonTrade(facts: NonTrade, at = now()): void {
    book.activities.push(nonTradeActivity(facts, at))
    book.cash = book.cash.plus(usd(facts.netAmount)) as Usd
  }

  return {
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
      addAsset(symbol)
      const quote = { bid: price(bid), ask: price(ask), bidSize: sizes.bid, askSize: sizes.ask, at }
      book.quotes.set(symbol, quote)
      markTo(symbol, quote.bid.plus(quote.ask).times(decimal('0.5')) as Price)
      market.quote(symbol, quote)
      if (conduct.fills === 'auto') venue.meet(symbol, barOf({ ...quote, at: now() }), now())
    },
    /** A complete bar: working orders meet it by the project's fill rules, a tenth of its volume for all of them. */
    matchBar(symbol: string, { at, lengthMs = 60_000, halfSpread = '0', volume, ...terms }: BarTerms): void {
      addAsset(symbol)
      const [open, high, low, close] = [price(terms.open), price(terms.high), price(terms.low), price(terms.close)]
      const bar = { at, open, high, low, close, halfSpread: price(halfSpread), available: participation(volume) }
      markTo(symbol, close)
      const [o, h, l, c] = [terms.open, terms.high, terms.low, terms.close].map(Number) as [number, number, number, number]
      market.minute(symbol, { at, open: o, high: h, low: l, close: c, volume })
      venue.meet(symbol, bar, at + lengthMs)
    },
    setMark: (symbol: string, last: DecimalString): void => markTo(symbol, price(last)),
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
    /** Fills an order, by Alpaca's id or the client's, whatever its state: a fill may come after a cancel. @returns the execution's id */
    fillOrder,
    partialFill: (idOrClientId: string, shares: DecimalString, at?: DecimalString): string =>
      fillOrder(idOrClientId, { quantity: shares, ...(at === undefined ? {} : { price: at }) }),
    /** The exchange refuses what Alpaca had taken. */
    rejectOrder: (idOrClientId: string): void => venue.endFamily(book.find(idOrClientId), 'rejected', now()),
    expireOrder: (idOrClientId: string): void => venue.endFamily(book.find(idOrClientId), 'expired', now()),
    /** Any state, and its event where there is one: `done_for_day`, `suspended`, `stopped`, `calculated`, or a word nobody knows. */
    setStatus(idOrClientId: string, status: string): void {
      const order = book.find(idOrClientId)
      order.status = status
      order.times.updatedAt = now()
      tell(status, order)
    },
    accept: (idOrClientId: string): void => desk.accept(book.find(idOrClientId)),
    completeCancel: (idOrClientId: string): void => desk.completeCancel(book.find(idOrClientId)),
    refuseCancel: (idOrClientId: string): void => desk.refuseCancel(book.find(idOrClientId)),
    /** By the id of the order that was to be replaced, or of the new one. */
    completeReplace: (idOrClientId: string): void => desk.completeReplace(offerOf(idOrClientId)),
    refuseReplace: (idOrClientId: string): void => desk.refuseReplace(offerOf(idOrClientId)),
    /** The exchange takes an execution back. */
    bust(executionId: string): void {
      undo(executionId, null)
    },
    /** The exchange corrects an execution. @returns the new execution's id */
    correct: (executionId: string, terms: { readonly price: DecimalString; readonly quantity: DecimalString }): string =>
      undo(executionId, terms) ?? '',
    /** `ratio` new shares for one old. Working orders go on in new shares; a reverse split cancels them, as Alpaca does. */
    split(symbol: string, ratio: DecimalString): void {
      splitSymbol(symbol, decimal(ratio))
    },
    dividend(symbol: string, perShare: DecimalString): void {
      const shares = book.positionQuantity(symbol)
      const netAmount = text(usd(perShare).times(shares))
      nonTrade({ type: 'DIV', subType: 'CDIV', symbol, quantity: text(shares), perShare, netAmount })
    },
    /** A fee, a deposit, interest…: cash changes by `netAmount`. */
    nonTrade,
    /** The user places an order in Alpaca's own app. */
    manualOrder: (body: Readonly<Record<string, unknown>>): EmulatedOrder => {
      const order = desk.submit({ type: 'market', time_in_force: 'day', ...body }, 'app')
      desk.accept(order)
      return order
    },
    /** The user cancels an order in Alpaca's own app. */
    manualCancel(idOrClientId: string): void {
      const order = book.find(idOrClientId)
      desk.cancel(order)
      desk.completeCancel(order)
    },
    /** Puts a position there as if it had always been, without any order. */
    givePosition(symbol: string, shares: DecimalString, average: DecimalString): void {
      addAsset(symbol)
      const signed = decimal(shares)
      const size = signed.abs() as Quantity
      book.setPosition({ symbol, side: signed.gt(zero) ? 'long' : 'short', quantity: size, cost: notional(price(average), size) })
      if (!book.marks.has(symbol)) markTo(symbol, price(average))
    },
    /** The regular session of the day it is. */
    today: () => regularHours(exchangeDate(now())),
  }

  function offerOf(idOrClientId: string): EmulatedOrder {
    const order = book.find(idOrClientId)
    return order.replacedBy === null ? order : book.order(order.replacedBy)
  }
  function undo(executionId: string, corrected: { readonly price: DecimalString; readonly quantity: DecimalString } | null): string | null {
    const execution = book.executions.get(executionId)
    if (!execution || execution.undone) throw new RangeError(`no execution ${executionId}`)
    const order = book.order(execution.orderId)
    execution.undone = true
    move(book, execution, true)
    const activity = book.activities.findIndex((a) => 'executionId' in a && a.executionId === executionId)
    if (activity >= 0) book.activities.splice(activity, 1)
    order.filled = order.filled.minus(execution.quantity) as Quantity
    order.filledWorth = order.filledWorth.minus(notional(execution.price, execution.quantity)) as Usd
    if (order.status === 'filled') order.status = 'canceled'
    if (corrected === null) {
      const { price: at, quantity: shares } = execution
      tell('trade_bust', order, { executionId: randomUUID(), previousExecutionId: executionId, price: at, quantity: shares })
      return null
    }
    const silent: Tell = () => undefined
    const next = venue.record(order, { quantity: quantity(corrected.quantity), price: price(corrected.price), at: now() }, silent)
    tell('trade_correct', order, {
      executionId: next.executionId,
      previousExecutionId: executionId,
      price: next.price,
      quantity: next.quantity,
    })
    return next.executionId
  }
  function splitSymbol(symbol: string, ratio: ReturnType<typeof decimal>): void {
    const held = book.positions.get(symbol)
    market.split(symbol, Number(text(ratio)), 1, now())
    for (const order of book.open(symbol)) {
      if (ratio.lt(decimal('1'))) venue.endFamily(order, 'canceled', now())
      else {
        const prices = splitOrderPrices({ ...order, bracket: null }, ratio)
        Object.assign(order, { limitPrice: prices.limitPrice, stopPrice: prices.stopPrice })
        order.quantity = order.quantity.times(ratio) as Quantity
        order.filled = order.filled.times(ratio) as Quantity
      }
    }
    const mark = book.marks.get(symbol)
    if (mark) for (const key of ['last', 'lastDay'] as const) mark[key] = divide(mark[key], ratio) as Price
    if (!held) return
    const more = held.quantity.times(ratio) as Quantity
    const gained = held.side === 'long' ? more.minus(held.quantity) : held.quantity.minus(more)
    book.setPosition({ ...held, quantity: more })
    nonTrade({ type: 'SPLIT', symbol, quantity: text(gained), netAmount: '0', description: `${text(ratio)} for 1` })
  }
}
