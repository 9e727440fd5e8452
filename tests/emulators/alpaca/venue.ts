import { closeOf, exchangeDate, regularHours, sessionAt } from '../../../src/domain/calendar.ts'
import { approximate, decimal, maximum, minimum, type Price, type Quantity } from '../../../src/domain/decimal.ts'
import { type MatchBar, matchPrice } from '../../../src/domain/matching/fill-rules.ts'
import { type MatchStep, matchBar, type WorkingOrder } from '../../../src/domain/matching/match-bar.ts'
import type { AlpacaBook } from './book.ts'
import { applyFill, type Tell, type Traded } from './fills.ts'
import { trailingStop } from './placing.ts'
import { type EmulatedExecution, type EmulatedOrder, type EmulatedQuote, isMatchable, isOpen, leftOf } from './records.ts'

/** As if there were no end of shares: Alpaca's paper venue ignores the size of the book. */
const boundless = Number.MAX_SAFE_INTEGER
const half = decimal('0.5')

/** A quote as a bar of one price, as the fill rules have it. */
export const barOf = ({ bid, ask, at }: EmulatedQuote): MatchBar => {
  const middle = bid.plus(ask).times(half) as Price
  return { at, open: middle, high: middle, low: middle, close: middle, halfSpread: ask.minus(bid).times(half), available: boundless }
}

/** What happens to an order at the venue. Every change is told. */
export interface Venue {
  /** Lets every working order of a symbol meet a bar, or only those given. @param end when the bar is complete */
  meet(symbol: string, bar: MatchBar, end: number, only?: (order: EmulatedOrder) => boolean): void
  /** A fill by hand, whatever the market says; the other leg and held legs follow as they would. */
  fill(order: EmulatedOrder, quantity: Quantity, price: Price, at: number): string
  /** An execution and nothing else. */
  record(order: EmulatedOrder, traded: Traded, tell: Tell): EmulatedExecution
  end(order: EmulatedOrder, status: 'canceled' | 'expired' | 'rejected', at: number): void
  /** The other leg of a pair, and legs that wait, end with it. */
  endFamily(order: EmulatedOrder, status: 'canceled' | 'expired' | 'rejected', at: number): void
}

export function createVenue(book: AlpacaBook, tell: Tell): Venue {
  const working = (order: EmulatedOrder): WorkingOrder => ({
    id: order.id,
    side: order.side,
    type: order.type === 'stop_limit' ? 'limit' : order.type === 'trailing_stop' ? 'stop' : order.type,
    limitPrice: order.limitPrice,
    stopPrice: order.stopPrice,
    triggered: order.type !== 'stop_limit' && order.triggered,
    left: leftOf(order),
    liveFrom: order.liveFrom,
    liveUntil: null,
    heldBy: order.heldBy,
    group: order.group,
    sliceLimit: order.sliceLimit,
  })

  function end(order: EmulatedOrder, status: 'canceled' | 'expired' | 'rejected', at: number): void {
    if (!isOpen(order)) return
    order.status = status
    order.times.updatedAt = at
    if (status === 'canceled') order.times.canceledAt = at
    else if (status === 'expired') order.times.expiredAt = at
    else order.times.failedAt = at
    tell(status, order)
  }
  function endFamily(order: EmulatedOrder, status: 'canceled' | 'expired' | 'rejected', at: number): void {
    end(order, status, at)
    const legStatus = status === 'rejected' ? 'canceled' : status
    for (const other of book.open(order.symbol))
      if (other.heldBy === order.id || (order.group !== null && other.group === order.group)) end(other, legStatus, at)
  }
  /** Of a pair the stop goes on showing as held: it waits at Alpaca, not at the exchange. */
  function activate(leg: EmulatedOrder, at: number): void {
    leg.heldBy = null
    leg.liveFrom = at
    leg.times.updatedAt = at
    if (leg.group !== null && leg.legRole === 'stop') return
    leg.status = 'new'
    tell('new', leg)
  }

  function apply(step: MatchStep, at: number): void {
    const order = book.order(step.id)
    if (step.type === 'filled') applyFill(book, order, { quantity: step.quantity, price: step.price, at }, tell)
    else if (step.type === 'triggered') order.triggered = true
    else if (step.type === 'activated') activate(order, at)
    else if (step.type === 'canceled') end(order, 'canceled', at)
    else order.quantity = order.filled.plus(step.left) as Quantity
  }

  return {
    end,
    record: (order, traded, to) => applyFill(book, order, traded, to),
    endFamily,
    meet(symbol, bar, at, only) {
      if (book.halted.has(symbol)) return
      // Placed before there was any quote, it trails from the first price there is.
      for (const order of book.open(symbol))
        if (order.type === 'trailing_stop' && order.stopPrice === null) trail(order, { ...bar, high: bar.open, low: bar.open })
      const orders = book.open(symbol).filter((o) => may(o, bar.at) && (only === undefined || only(o) || o.heldBy !== null))
      // All or nothing: where there is too little for it, it is not tried.
      const enough = ({ timeInForce }: EmulatedOrder, left: number): boolean => timeInForce !== 'fok' || left <= bar.available
      const armed = orders.filter((o) => (o.type !== 'stop_limit' || o.triggered) && enough(o, approximate(leftOf(o))))
      const waiting = orders.filter((order) => order.type === 'stop_limit' && !order.triggered)
      // Stops first, as everywhere; and again for legs that this very bar brings to life.
      for (const order of waiting) fire(order, bar, at)
      for (const step of matchBar(armed.filter(isOpen).map(working), bar, at)) apply(step, at)
      for (const order of waiting) if (!order.triggered) fire(order, bar, at)
      for (const order of orders) if (order.type === 'trailing_stop' && isOpen(order)) trail(order, bar)
      for (const order of orders) atOnce(order, at)
    },
    fill(order, quantity, price, at) {
      const execution = applyFill(book, order, { quantity, price, at }, tell)
      if (order.group !== null) shareByHand(order, quantity, at)
      if (!isOpen(order)) for (const leg of book.legsOf(order)) if (leg.heldBy === order.id && isOpen(leg)) activate(leg, at)
      return execution.executionId
    },
  }

  function fire(order: EmulatedOrder, bar: MatchBar, at: number): void {
    if (order.heldBy !== null || order.liveFrom > at || !isOpen(order)) return
    const seen = matchPrice({ ...working(order), type: 'stop' }, bar)
    if (seen === null) return
    order.triggered = true
    const pair = [order, ...book.open(order.symbol).filter((o) => o !== order && sameGroup(o, order))]
    for (const step of matchBar(pair.map(working), afterTrigger(order, bar, seen), at)) apply(step, at)
  }
  function atOnce(order: EmulatedOrder, at: number): void {
    if ((order.timeInForce === 'ioc' || order.timeInForce === 'fok') && isOpen(order)) endFamily(order, 'canceled', at)
  }
  function shareByHand(order: EmulatedOrder, quantity: Quantity, at: number): void {
    for (const other of book.open(order.symbol)) {
      if (other === order || other.group !== order.group) continue
      const shrunk = other.quantity.minus(quantity) as Quantity
      if (!isOpen(order) || shrunk.lte(other.filled)) end(other, 'canceled', at)
      else other.quantity = shrunk
    }
  }
}

const sameGroup = (a: EmulatedOrder, b: EmulatedOrder): boolean => a.group !== null && a.group === b.group

/** What is left of a bar for a limit order that a stop has just let loose: from the trigger to the close. */
function afterTrigger({ side }: EmulatedOrder, bar: MatchBar, seen: Price): MatchBar {
  const open = (side === 'buy' ? seen.minus(bar.halfSpread) : seen.plus(bar.halfSpread)) as Price
  return { ...bar, open, high: maximum(open, bar.close) as Price, low: minimum(open, bar.close) as Price }
}

function trail(order: EmulatedOrder, bar: MatchBar): void {
  const seen = (order.side === 'sell' ? bar.high.minus(bar.halfSpread) : bar.low.plus(bar.halfSpread)) as Price
  const before = order.highWaterMark
  if (before && (order.side === 'sell' ? seen.lte(before) : seen.gte(before))) return
  order.highWaterMark = seen
  order.stopPrice = trailingStop(order, seen)
}

/** Whether an order trades at that time of day. Orders for the auctions wait for them. */
function may(order: EmulatedOrder, at: number): boolean {
  if (!isMatchable(order) && order.heldBy === null) return false
  if (order.timeInForce === 'opg' || order.timeInForce === 'cls') return false
  const session = sessionAt(at)
  return session === 'regular' || (order.extendedHours && session !== 'closed')
}

/** Whether the auction an order waits for lies between two moments. */
export function auctionBetween(order: EmulatedOrder, from: number, to: number): boolean {
  if (order.timeInForce !== 'opg' && order.timeInForce !== 'cls') return false
  const close = closeOf(to)
  if (close === null) return false
  const { open } = regularHours(exchangeDate(to))
  const auction = order.timeInForce === 'opg' ? open : close
  return from < auction && auction <= to
}
