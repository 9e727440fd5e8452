import type { Settings } from '../../../config/settings.ts'
import { nextClose } from '../../../domain/calendar.ts'
import { type Price, type Quantity, quantity } from '../../../domain/decimal.ts'
import { sliceOf } from '../../../domain/matching/slice.ts'
import type { OrderTicket } from '../../../domain/order.ts'
import type { Book } from './book.ts'
import type { OrderRecord } from './records.ts'

type Simulation = Settings['simulation']

interface Placing {
  readonly ticket: OrderTicket
  readonly reducing: boolean
  readonly reservedPrice: Price
  readonly now: number
}

/** @throws Error for kinds of order that `malformed` refuses. */
function kindOf({ type, timeInForce }: OrderTicket): Pick<OrderRecord, 'type' | 'timeInForce'> {
  if (type === 'stop_limit' || type === 'trailing_stop') throw new Error(`no ${type} orders here`)
  if (timeInForce !== 'day' && timeInForce !== 'gtc') throw new Error(`no ${timeInForce} orders here`)
  return { type, timeInForce }
}

function newOrder(book: Book, { ticket, reducing, reservedPrice, now }: Placing, simulation: Simulation): OrderRecord {
  const place = book.nextNumber()
  return {
    id: `sim-o-${place}`,
    place,
    clientOrderId: ticket.clientOrderId,
    parentId: null,
    replaces: null,
    legRole: null,
    heldBy: null,
    group: null,
    reducing,
    symbol: ticket.symbol,
    side: ticket.side,
    ...kindOf(ticket),
    quantity: ticket.quantity,
    filled: quantity('0'),
    limitPrice: ticket.limitPrice,
    stopPrice: ticket.stopPrice,
    bracket: ticket.bracket,
    status: 'accepted',
    triggered: false,
    reservedPrice,
    sliceLimit: sliceOf(ticket, simulation.seed, simulation.partial_fill_rate),
    liveFrom: now + simulation.latency_ms,
    cancelAt: null,
    expiresAt: ticket.timeInForce === 'day' ? nextClose(now) : null,
    changedAt: now,
  }
}

const opposite = (side: OrderRecord['side']): OrderRecord['side'] => (side === 'buy' ? 'sell' : 'buy')

function newLeg(book: Book, parent: OrderRecord, role: 'stop' | 'target', at: Price): OrderRecord {
  const place = book.nextNumber()
  const shared = { parentId: parent.id, legRole: role, group: parent.id, reducing: true, bracket: null, sliceLimit: null }
  return {
    ...parent,
    ...shared,
    id: `sim-o-${place}`,
    place,
    clientOrderId: `sim-leg-${place}`,
    side: parent.reducing ? parent.side : opposite(parent.side),
    type: role === 'stop' ? 'stop' : 'limit',
    limitPrice: role === 'target' ? at : null,
    stopPrice: role === 'stop' ? at : null,
    heldBy: parent.reducing ? null : parent.id,
    status: parent.reducing ? 'accepted' : 'held',
  }
}

/** Puts an order and its legs on the books. An entry's legs are held; a target with a bracket brings its stop along, live at once. */
export function place(
  book: Book,
  placing: Placing,
  simulation: Simulation,
): { readonly order: OrderRecord; readonly legs: readonly OrderRecord[] } {
  const { bracket } = placing.ticket
  const drawn = newOrder(book, placing, simulation)
  if (!bracket) return { order: book.put(drawn), legs: [] }
  if (placing.reducing) {
    const order = book.put({ ...drawn, group: drawn.id, sliceLimit: null })
    return { order, legs: [book.put(newLeg(book, order, 'stop', bracket.stopLoss))] }
  }
  const order = book.put(drawn)
  const { stopLoss, takeProfit } = bracket
  const target = takeProfit ? [book.put(newLeg(book, order, 'target', takeProfit))] : []
  return { order, legs: [...target, book.put(newLeg(book, order, 'stop', stopLoss))] }
}

/** The order that takes another's place: same side, group and parent, with new terms. */
export function successor(
  book: Book,
  old: OrderRecord,
  change: {
    readonly clientOrderId: string
    readonly stopPrice?: Price | undefined
    readonly limitPrice?: Price | undefined
    readonly quantity?: Quantity | undefined
  },
  now: number,
  latencyMs: number,
): OrderRecord {
  const number = book.nextNumber()
  return {
    ...old,
    id: `sim-o-${number}`,
    place: number,
    clientOrderId: change.clientOrderId,
    replaces: old.id,
    stopPrice: change.stopPrice ?? old.stopPrice,
    limitPrice: change.limitPrice ?? old.limitPrice,
    quantity: change.quantity ?? (old.quantity.minus(old.filled) as Quantity),
    filled: quantity('0'),
    status: old.status === 'held' ? 'held' : 'accepted',
    liveFrom: now + latencyMs,
    changedAt: now,
  }
}
