import type { Settings } from '../../../config/settings.ts'
import { exchangeDate, sessionAt } from '../../../domain/calendar.ts'
import { decimal, divide, type Price, type Quantity, text, type Usd } from '../../../domain/decimal.ts'
import { executionFees, type FeeSchedule } from '../../../domain/fees.ts'
import { type MatchStep, matchBar, type WorkingOrder } from '../../../domain/matching/match-bar.ts'
import { splitOrderPrices } from '../../../domain/split.ts'
import type { Split } from '../../../ports/market-data.ts'
import type { FeedBar, FeedTick, MarketFeed } from '../../../ports/market-feed.ts'
import type { Book } from './book.ts'
import { isoOf, isWorking, leftOf, type OrderRecord } from './records.ts'

export const feeSchedule = (simulation: Settings['simulation']): FeeSchedule => ({
  secPerMillion: decimal(simulation.sec_fee_per_million),
  tafPerShare: decimal(simulation.taf_per_share),
  tafCap: decimal(simulation.taf_cap),
  commissionPerShare: decimal(simulation.commission_per_share),
})

/** Lets time pass at the broker: splits, then fills, then cancels and expiries. Changes the book only; storing is the caller's. */
export function settleTick(book: Book, feed: MarketFeed, tick: FeedTick, simulation: Settings['simulation']): void {
  const before = book.account.time
  for (const symbol of new Set([...book.positions.keys(), ...book.workingSymbols()]))
    for (const split of feed.splitsBetween(symbol, before, tick.at)) applySplit(book, split)
  for (const bar of tick.bars) if (sessionAt(bar.bar.at) === 'regular') fillFrom(book, bar, feeSchedule(simulation))
  for (const order of book.allWorking()) {
    if (order.cancelAt !== null && order.cancelAt <= tick.at) endOrder(book, order.id, 'canceled', order.cancelAt, 'canceled as asked')
    else if (order.expiresAt !== null && order.expiresAt <= tick.at)
      endOrder(book, order.id, 'expired', order.expiresAt, 'day order expired')
  }
  if (exchangeDate(before) !== exchangeDate(tick.at)) book.prune(tick.at)
  // The time alone is not worth a write: it goes with the next change.
  book.account = { ...book.account, time: Math.max(before, tick.at) }
}

const working = (order: OrderRecord): WorkingOrder => ({
  id: order.id,
  side: order.side,
  type: order.type,
  limitPrice: order.limitPrice,
  stopPrice: order.stopPrice,
  triggered: order.triggered,
  left: leftOf(order),
  liveFrom: order.liveFrom,
  liveUntil: order.cancelAt,
  heldBy: order.heldBy,
  group: order.group,
  sliceLimit: order.sliceLimit,
})

function fillFrom(book: Book, { symbol, bar, halfSpread, available, end }: FeedBar, fees: FeeSchedule): void {
  const orders = book.working(symbol)
  if (orders.length === 0) return
  for (const step of matchBar(orders.map(working), { ...bar, halfSpread, available }, end)) applyStep(book, step, end, fees)
}

function applyStep(book: Book, step: MatchStep, at: number, fees: FeeSchedule): void {
  const order = book.order(step.id)
  switch (step.type) {
    case 'filled':
      fill(book, order, step, at, fees)
      break
    case 'triggered':
      book.put({ ...order, triggered: true })
      break
    case 'activated':
      book.tellOrder(book.put({ ...order, heldBy: null, status: 'accepted', liveFrom: at, changedAt: at }))
      break
    case 'shrunk': {
      const quantity = order.filled.plus(step.left) as Quantity
      book.tellOrder(book.put({ ...order, quantity, changedAt: at }), 'its other leg was filled in part')
      break
    }
    case 'canceled':
      book.tellOrder(book.put({ ...order, status: 'canceled', changedAt: at }), 'its other leg was filled')
  }
}

function fill(book: Book, order: OrderRecord, step: Extract<MatchStep, { type: 'filled' }>, at: number, fees: FeeSchedule): void {
  const { side, symbol } = order
  const traded = { side, quantity: step.quantity, price: step.price }
  book.addExecution({
    executionId: `sim-x-${book.nextNumber()}`,
    reportedAs: null,
    brokerOrderId: order.id,
    symbol,
    ...traded,
    fees: executionFees(traded, fees),
    at: isoOf(at),
  })
  const status = step.complete ? 'filled' : order.status === 'pending_cancel' ? 'pending_cancel' : 'partially_filled'
  book.tellOrder(book.put({ ...order, filled: order.filled.plus(step.quantity) as Quantity, status, changedAt: at }))
}

/** Ends an order, and with it the legs that wait for it and its other leg. */
export function endOrder(book: Book, id: string, status: 'canceled' | 'expired', at: number, reason: string): void {
  const order = book.order(id)
  if (!isWorking(order)) return
  book.tellOrder(book.put({ ...order, status, changedAt: at }), reason)
  for (const other of book.working(order.symbol)) {
    const waits = other.heldBy === id
    const paired = order.group !== null && other.group === order.group
    if (waits || paired) endOrder(book, other.id, status, at, waits ? 'its entry ended' : 'its other leg ended')
  }
}

const splitId = (split: Split): string => `split-${split.symbol}-${split.at}`

/** Positions and working orders go on in new shares. */
function applySplit(book: Book, split: Split): void {
  if (book.splits.has(splitId(split))) return
  const ratio = decimal(split.ratio)
  const more = (shares: Quantity): Quantity => shares.times(ratio) as Quantity
  const held = book.positions.get(split.symbol)
  if (held) book.setPosition({ ...held, quantity: more(held.quantity), cost: held.cost as Usd })
  for (const order of book.working(split.symbol)) {
    book.put({
      ...order,
      quantity: more(order.quantity),
      filled: more(order.filled),
      ...splitOrderPrices(order, ratio),
      reservedPrice: divide(order.reservedPrice, ratio) as Price,
      sliceLimit: order.sliceLimit && more(order.sliceLimit),
    })
  }
  book.addSplit({ type: 'split', id: splitId(split), symbol: split.symbol, ratio: text(ratio), at: isoOf(split.at) })
  // Stored with it, so that no restart can meet it a second time, however long ago it is forgotten by then.
  book.setAccount({ time: Math.max(book.account.time, split.at) })
}
