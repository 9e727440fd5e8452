import { quantity as quantityOf, text, zero } from '../../../src/domain/decimal.ts'
import { admit, refuseOverClose } from './admission.ts'
import type { AlpacaBook } from './book.ts'
import { AlpacaError, invalid, unprocessable } from './errors.ts'
import type { Tell } from './fills.ts'
import { priceOf, readOrderForm } from './order-form.ts'
import { type Change, type PlacingOptions, place, successor, trailingStop } from './placing.ts'
import { type EmulatedOrder, isOpen } from './records.ts'
import type { Venue } from './venue.ts'

/** Which steps the venue takes by itself; with `hold` a test takes them. */
export interface Conduct {
  /** auto: an order meets the last quote once it is taken, and every later one. manual: only tests fill. */
  fills: 'auto' | 'manual'
  accepts: 'auto' | 'hold'
  cancels: 'auto' | 'hold'
  replaces: 'auto' | 'hold'
}

export interface Desk {
  submit(body: Readonly<Record<string, unknown>>, source?: EmulatedOrder['source']): EmulatedOrder
  cancel(order: EmulatedOrder): void
  replace(order: EmulatedOrder, body: Readonly<Record<string, unknown>>): EmulatedOrder
  cancelsAtOnce(): boolean
  accept(order: EmulatedOrder): void
  completeCancel(order: EmulatedOrder): void
  refuseCancel(order: EmulatedOrder): void
  completeReplace(successor: EmulatedOrder): void
  refuseReplace(successor: EmulatedOrder): void
}
export interface DeskParts {
  readonly book: AlpacaBook
  readonly venue: Venue
  readonly tell: Tell
  readonly conduct: Conduct
  readonly options: () => Pick<PlacingOptions, 'partialFillRate' | 'seed'>
  readonly now: () => number
  /** Lets an order meet the market as it is. */
  readonly meetMarket: (order: EmulatedOrder) => void
  /** Whether the exchange takes orders at this moment. */
  readonly isTaking: (order: EmulatedOrder) => boolean
  /** Once the answer to the request is out. */
  readonly later: (act: () => void) => void
  /** How long the next order is hidden from look-ups, ms; consumed. */
  readonly hiddenFor: () => number
}

/** What the trading API does with orders: taking, cancelling and replacing them. */
export function createDesk(parts: DeskParts): Desk {
  const { book, venue, tell, conduct, now, later } = parts
  const set = (order: EmulatedOrder, status: string): void => {
    order.status = status
    order.times.updatedAt = now()
  }
  /** Where an order stands when a request about it failed. */
  const workingStatus = (order: EmulatedOrder): string => {
    if (order.heldBy !== null || (order.group !== null && order.parentId !== null && order.legRole === 'stop')) return 'held'
    return order.filled.gt(zero) ? 'partially_filled' : 'new'
  }

  const desk: Desk = {
    submit(body, source = 'api') {
      const form = readOrderForm(body)
      if (form.clientOrderId !== null) book.mustBeUnused(form.clientOrderId)
      const admitted = admit(form, book)
      const order = place(form, admitted, book, { now: now(), source, ...parts.options() })
      const hidden = source === 'api' ? parts.hiddenFor() : 0
      order.invisibleUntil = now() + hidden
      for (const leg of book.legsOf(order)) leg.invisibleUntil = order.invisibleUntil
      if (!parts.isTaking(order)) order.status = 'accepted'
      if (conduct.accepts === 'auto') later(() => desk.accept(order))
      return order
    },
    cancelsAtOnce: () => conduct.cancels === 'auto',
    accept(order) {
      if (order.status !== 'pending_new') return
      set(order, 'new')
      tell('new', order)
      if (conduct.fills === 'auto') parts.meetMarket(order)
    },
    cancel(order) {
      if (!isOpen(order)) throw new AlpacaError(422, 42210000, `order is already in "${order.status}" state`)
      if (order.status === 'pending_cancel') throw unprocessable('order pending cancel')
      set(order, 'pending_cancel')
      tell('pending_cancel', order)
      if (conduct.cancels === 'auto') later(() => desk.completeCancel(order))
    },
    completeCancel(order) {
      if (order.status === 'pending_cancel') venue.endFamily(order, 'canceled', now())
    },
    refuseCancel(order) {
      if (order.status !== 'pending_cancel') return
      set(order, workingStatus(order))
      tell('order_cancel_rejected', order)
    },
    replace(old, body) {
      const change = readChange(body)
      refuseChange(old, change)
      if (change.clientOrderId !== null) book.mustBeUnused(change.clientOrderId)
      const next = successor(old, change, book, now())
      if (next.closing && old.heldBy === null) refuseOverClose(next.symbol, next.quantity, book, old)
      if (next.highWaterMark) next.stopPrice = trailingStop(next, next.highWaterMark)
      next.status = 'pending_new'
      book.put(next)
      old.replacedBy = next.id
      set(old, 'pending_replace')
      tell('pending_replace', old)
      if (conduct.replaces === 'auto') later(() => desk.completeReplace(next))
      // Until the venue has said so, both exist; the answer shows the new one as taken.
      return next
    },
    completeReplace(next) {
      const old = book.order(next.replaces ?? '')
      if (next.status !== 'pending_new') return
      if (!isOpen(old)) {
        desk.refuseReplace(next)
        return
      }
      next.heldBy = old.heldBy
      set(old, 'replaced')
      old.times.replacedAt = now()
      // Legs follow the order that took their parent's place.
      for (const leg of book.legsOf(old)) {
        leg.parentId = next.id
        if (leg.heldBy !== null) leg.heldBy = next.id
      }
      tell('replaced', old)
      const status = workingStatus(next)
      set(next, status)
      if (status !== 'held') tell('new', next)
      if (conduct.fills === 'auto') parts.meetMarket(next)
    },
    refuseReplace(next) {
      const old = book.order(next.replaces ?? '')
      set(next, 'rejected')
      next.times.failedAt = now()
      old.replacedBy = null
      if (old.status === 'pending_replace') set(old, workingStatus(old))
      tell('order_replace_rejected', old)
      tell('rejected', next)
    },
  }
  return desk
}

function readChange(body: Readonly<Record<string, unknown>>): Change {
  const words = (name: string): string | null => (body[name] === undefined || body[name] === null ? null : String(body[name]))
  const quantity = words('qty')
  if (quantity !== null && !/^[1-9]\d*$/.test(quantity)) throw invalid('qty must be a whole number > 0')
  if (words('notional') !== null) throw unprocessable('notional orders cannot be replaced')
  return {
    clientOrderId: words('client_order_id'),
    quantity: quantity === null ? null : quantityOf(quantity),
    limitPrice: priceOf(body, 'limit_price'),
    stopPrice: priceOf(body, 'stop_price'),
    trail: words('trail'),
    timeInForce: words('time_in_force') as Change['timeInForce'],
  }
}

function refuseChange(old: EmulatedOrder, change: Change): void {
  if (!isOpen(old)) throw unprocessable(`cannot replace order in "${old.status}" state`)
  if (old.status === 'pending_cancel' || old.status === 'pending_replace' || old.status === 'accepted' || old.status === 'pending_new')
    throw unprocessable(`cannot replace order in "${old.status}" state`)
  if (old.notional) throw unprocessable('notional orders cannot be replaced')
  if (change.limitPrice && !old.limitPrice) throw invalid(`${old.type} orders take no limit price`)
  if (change.stopPrice && (!old.stopPrice || old.type === 'trailing_stop')) throw invalid(`${old.type} orders take no stop price`)
  const same =
    change.quantity === null &&
    change.trail === null &&
    change.timeInForce === null &&
    (change.limitPrice === null || text(change.limitPrice) === (old.limitPrice && text(old.limitPrice))) &&
    (change.stopPrice === null || text(change.stopPrice) === (old.stopPrice && text(old.stopPrice)))
  if (same) throw unprocessable('order parameters are not changed')
}
