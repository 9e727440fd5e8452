import { randomUUID } from 'node:crypto'
import { closeOf, nextClose } from '../../../src/domain/calendar.ts'
import { decimal, divide, type Price, type Quantity, roundDown, roundUp, tickPlaces, type Usd, zero } from '../../../src/domain/decimal.ts'
import { sliceOf } from '../../../src/domain/matching/slice.ts'
import type { Admitted } from './admission.ts'
import type { AlpacaBook } from './book.ts'
import type { OrderForm } from './order-form.ts'
import type { EmulatedOrder } from './records.ts'

export interface PlacingOptions {
  readonly now: number
  readonly source: EmulatedOrder['source']
  /** How many orders fill in parts, 0 to 1, and the seed that says which. */
  readonly partialFillRate: number
  readonly seed: number
}

const postCloseMs = 4 * 3_600_000
/** Alpaca ends good-till-canceled orders by themselves after this long. */
const agedMs = 90 * 86_400_000
/** A day order ends with the close; with extended hours, with the evening session. */
function expiryOf({ timeInForce, extendedHours }: OrderForm, now: number): number {
  if (timeInForce === 'gtc') return nextClose(now + agedMs)
  const today = closeOf(now)
  const evening = extendedHours && today !== null && now < today + postCloseMs
  return evening ? today + postCloseMs : nextClose(now) + (extendedHours ? postCloseMs : 0)
}

/** Where a trailing stop stands, given the best price seen; rounded away from the market. */
export function trailingStop(order: Pick<EmulatedOrder, 'side' | 'trailPrice' | 'trailPercent'>, mark: Price): Price {
  const trail = order.trailPrice ?? divide(mark.times(decimal(order.trailPercent ?? '0')), decimal('100'))
  const exact = order.side === 'sell' ? mark.minus(trail) : mark.plus(trail)
  return (order.side === 'sell' ? roundDown : roundUp)(exact, tickPlaces(exact as Price)) as Price
}

function draw(form: OrderForm, admitted: Admitted, book: AlpacaBook, options: PlacingOptions): EmulatedOrder {
  const { now, source, seed, partialFillRate } = options
  const id = randomUUID()
  const clientOrderId = form.clientOrderId ?? randomUUID()
  const { quantity, closing, reservedPrice } = admitted
  const quote = book.quotes.get(form.symbol)
  const mark = form.type === 'trailing_stop' && quote ? (form.side === 'sell' ? quote.bid : quote.ask) : null
  return {
    id,
    place: book.nextPlace(),
    clientOrderId,
    parentId: null,
    legRole: null,
    heldBy: null,
    group: form.orderClass === 'oco' ? id : null,
    orderClass: form.orderClass,
    symbol: form.symbol,
    side: form.side,
    type: form.type,
    timeInForce: form.timeInForce,
    notional: form.notional,
    quantity,
    filled: zero as Quantity,
    filledWorth: zero as Usd,
    limitPrice: form.limitPrice,
    stopPrice: mark ? trailingStop(form, mark) : form.stopPrice,
    trailPrice: form.trailPrice,
    trailPercent: form.trailPercent,
    highWaterMark: mark,
    triggered: false,
    extendedHours: form.extendedHours,
    closing,
    status: 'pending_new',
    reservedPrice,
    sliceLimit:
      form.timeInForce === 'fok' || form.orderClass === 'oco' ? null : sliceOf({ clientOrderId, quantity }, seed, partialFillRate),
    times: {
      submittedAt: now,
      updatedAt: now,
      filledAt: null,
      canceledAt: null,
      expiredAt: null,
      failedAt: null,
      replacedAt: null,
    },
    replaces: null,
    replacedBy: null,
    liveFrom: now,
    expiresAt: expiryOf(form, now),
    invisibleUntil: 0,
    source,
  }
}

interface LegTerms {
  readonly role: 'stop' | 'target'
  readonly limitPrice: Price | null
  readonly stopPrice: Price | null
}
/** Legs have ids of their own: only their parent carries the client's. */
function leg(parent: EmulatedOrder, { role, limitPrice, stopPrice }: LegTerms, paired: boolean, book: AlpacaBook): EmulatedOrder {
  const oco = parent.orderClass === 'oco'
  return {
    ...parent,
    id: randomUUID(),
    place: book.nextPlace(),
    clientOrderId: randomUUID(),
    parentId: parent.id,
    legRole: role,
    heldBy: oco ? null : parent.id,
    group: paired ? parent.id : null,
    side: oco ? parent.side : parent.side === 'buy' ? 'sell' : 'buy',
    type: role === 'target' ? 'limit' : limitPrice ? 'stop_limit' : 'stop',
    limitPrice,
    stopPrice,
    closing: true,
    status: 'held',
    reservedPrice: zero as Price,
    sliceLimit: null,
    times: { ...parent.times },
  }
}

/** Puts an order and its legs on the books. An entry's legs are held; an OCO's stop shows as held too, but works. */
export function place(form: OrderForm, admitted: Admitted, book: AlpacaBook, options: PlacingOptions): EmulatedOrder {
  const order = book.put(draw(form, admitted, book, options))
  const paired = form.orderClass !== 'oto'
  if (form.takeProfit && form.orderClass !== 'oco')
    book.put(leg(order, { role: 'target', limitPrice: form.takeProfit, stopPrice: null }, paired, book))
  if (form.stopLoss) book.put(leg(order, { role: 'stop', ...form.stopLoss }, paired, book))
  return order
}

export interface Change {
  readonly clientOrderId: string | null
  readonly quantity: Quantity | null
  readonly limitPrice: Price | null
  readonly stopPrice: Price | null
  readonly trail: string | null
  readonly timeInForce: EmulatedOrder['timeInForce'] | null
}
/** The order that is to take another's place. Its quantity is what is left to trade. */
export function successor(old: EmulatedOrder, change: Change, book: AlpacaBook, now: number): EmulatedOrder {
  const trail = change.trail
  return {
    ...old,
    id: randomUUID(),
    place: book.nextPlace(),
    clientOrderId: change.clientOrderId ?? randomUUID(),
    quantity: change.quantity ?? (old.quantity.minus(old.filled) as Quantity),
    filled: zero as Quantity,
    filledWorth: zero as Usd,
    limitPrice: change.limitPrice ?? old.limitPrice,
    stopPrice: change.stopPrice ?? old.stopPrice,
    trailPrice: trail !== null && old.trailPrice ? (decimal(trail) as Price) : old.trailPrice,
    trailPercent: trail !== null && old.trailPercent ? trail : old.trailPercent,
    timeInForce: change.timeInForce ?? old.timeInForce,
    status: 'accepted',
    times: { ...old.times, submittedAt: now, updatedAt: now },
    replaces: old.id,
    replacedBy: null,
    liveFrom: now,
  }
}
