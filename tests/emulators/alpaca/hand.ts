import { type DecimalString, price, quantity } from '../../../src/domain/decimal.ts'
import type { AlpacaBook } from './book.ts'
import type { Desk } from './desk.ts'
import type { Tell } from './fills.ts'
import { type EmulatedOrder, leftOf } from './records.ts'
import type { Venue } from './venue.ts'

export interface FillTerms {
  /** Default: all that is left. */
  readonly quantity?: DecimalString
  /** Default: the order's own price, else the quote's. */
  readonly price?: DecimalString
}
export interface HandParts {
  readonly book: AlpacaBook
  readonly venue: Venue
  readonly desk: Desk
  readonly tell: Tell
  readonly now: () => number
}

/** What a test does to single orders, as the exchange or as the account's owner. */
export function createHand({ book, venue, desk, tell, now }: HandParts) {
  function fillOrder(idOrClientId: string, terms: FillTerms = {}): string {
    const order = book.find(idOrClientId)
    if (order.status === 'pending_new') desk.accept(order)
    const shares = terms.quantity === undefined ? leftOf(order) : quantity(terms.quantity)
    return venue.fill(order, shares, terms.price === undefined ? book.priceFor(order) : price(terms.price), now())
  }
  function offerOf(idOrClientId: string): EmulatedOrder {
    const order = book.find(idOrClientId)
    return order.replacedBy === null ? order : book.order(order.replacedBy)
  }

  return {
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
  }
}
