import type { Decision } from '../domain/decision.ts'
import { isTerminal, type Order, type OrderEvent, storeTicket } from '../domain/order.ts'
import { acceptOrder, endOrder, shrinkOrder, tellStatus } from '../domain/order-decisions.ts'
import type { Position } from '../domain/position.ts'
import { moveStop } from '../domain/position-decisions.ts'
import type { BrokerOrder, BrokerUpdate, Received } from '../ports/broker.ts'
import type { Loaded, Transaction } from '../ports/event-store.ts'
import { applyExecution, redraw } from './apply-fill.ts'
import { applyCorrection, applyFee, applySplit } from './apply-record.ts'
import { unrecognizedNotice } from './cards/execution-notices.ts'
import { rejectNotice, stopNotice } from './cards/trade-notices.ts'
import { type AppContext, occasion } from './context.ts'
import { externalId, isExternal, isMovedStop, legOrderId, shortId } from './ids.ts'
import { threadOf } from './trade-thread.ts'

/** Undoes a transaction about something that cannot be placed yet; not a failure. */
class TooEarly extends Error {}

/**
 * What the broker tells becomes facts, exactly once: an execution by its id, a status by the order's own state.
 * Hearing any of it twice, late or out of order changes nothing.
 * @param received as it came, of the stream: kept, under its key, with what it changed.
 * @returns false when it is about an order that is not known yet: it can be had again from the broker's lists, later.
 */
export async function applyUpdate(context: AppContext, update: BrokerUpdate, received: Received | null = null): Promise<boolean> {
  const source = `broker:${context.broker.name}`
  const meta = occasion(context, source)
  const work = async (tx: Transaction): Promise<boolean> => {
    if (received && !(await tx.firstSight(source, received.key, received.raw))) return true
    const applied = await applyInside(context, tx, update, meta.occurredAt)
    if (!applied && received) throw new TooEarly()
    return applied
  }
  try {
    return await context.store.transact(meta, work)
  } catch (error) {
    if (error instanceof TooEarly) return false
    throw error
  }
}

async function applyInside(context: AppContext, tx: Transaction, update: BrokerUpdate, at: string): Promise<boolean> {
  switch (update.type) {
    case 'order':
      if (await isTooEarly(context, tx, update.order)) return false
      await applyOrder(context, tx, update.order, update.reason, at)
      return true
    case 'execution':
      return applyExecution(context, tx, update.execution, at)
    case 'split':
      await applySplit(tx, update)
      return true
    case 'fee':
      await applyFee(tx, update)
      return true
    case 'correction':
      return applyCorrection(context, tx, update, at)
  }
}

/** A leg that is quicker than the answer to its parent's order would be taken for somebody else's. */
async function isTooEarly(context: AppContext, tx: Transaction, told: BrokerOrder): Promise<boolean> {
  if (context.status.inFlight.size === 0 || told.parentBrokerOrderId === null) return false
  return (await tx.read.orderByBrokerId(told.parentBrokerOrderId)) === null
}

/** What our books know about an order that the broker speaks of. */
interface Found {
  readonly known: Order | null
  /** The parent of a leg. */
  readonly parent: Order | null
  /** The order whose place it took. */
  readonly predecessor: Order | null
  readonly position: Position | null
}

/** By the broker's id, by ours, as a leg of a parent, or in another's place; for all orders of one symbol at once. */
async function lookUp(tx: Transaction, symbol: string, told: readonly BrokerOrder[]): Promise<(order: BrokerOrder) => Found> {
  const brokerIds = told.flatMap((o) => [o.brokerOrderId, o.parentBrokerOrderId, o.replaces].filter((id) => id !== null))
  const clientIds = told.map((o) => o.clientOrderId)
  const [orders, position] = await Promise.all([tx.read.ordersKnownAs(brokerIds, clientIds), tx.read.openPosition(symbol)])
  const byBrokerId = (id: string | null) => (id === null ? null : (orders.find((o) => o.brokerOrderId === id) ?? null))
  return ({ brokerOrderId, clientOrderId, parentBrokerOrderId, replaces }) => ({
    known: byBrokerId(brokerOrderId) ?? orders.find((o) => o.clientOrderId === clientOrderId) ?? null,
    parent: byBrokerId(parentBrokerOrderId),
    predecessor: byBrokerId(replaces),
    position,
  })
}

/** The stream of the order that the broker speaks of; adopted when it is new to us. */
async function streamOf(tx: Transaction, told: BrokerOrder, found: Found, at: string): Promise<Loaded<'order'>> {
  const { known, parent, predecessor, position } = found
  if (known) return tx.load('order', known.id)
  const role = told.legRole ?? predecessor?.role ?? roleOf(told, position)
  const ours = predecessor && !isExternal(predecessor) ? `${predecessor.id}-${shortId()}` : externalId(told.brokerOrderId)
  const id = parent && told.legRole ? await freeLegId(tx, parent.id, told.legRole) : ours
  const stream = await tx.load('order', id)
  if (stream.version > 0) return stream
  return tx.append(stream, [
    {
      type: 'OrderAdopted',
      ticket: storeTicket(told.ticket),
      role,
      brokerOrderId: told.brokerOrderId,
      parentId: parent?.id ?? predecessor?.parentId ?? null,
      proposalId: (parent ?? predecessor)?.proposalId ?? null,
      positionId: (parent ?? predecessor)?.positionId ?? position?.id ?? null,
      held: told.status === 'held',
      at,
    },
  ])
}

/** What somebody else's order is to us: a stop that rests against a position guards it, whatever else shrinks it closes it. */
function roleOf({ ticket }: BrokerOrder, position: Position | null): Order['role'] {
  if (!position || (position.side === 'long') !== (ticket.side === 'sell')) return 'entry'
  return ticket.type === 'stop' || ticket.type === 'trailing_stop' || ticket.type === 'stop_limit' ? 'stop' : 'close'
}

/** A replaced leg keeps its parent, so the second stop of one bracket needs a name of its own. */
async function freeLegId(tx: Transaction, parentId: string, role: string): Promise<string> {
  const first = legOrderId(parentId, role)
  const taken = await tx.load('order', first)
  return taken.version === 0 ? first : `${first}-${shortId()}`
}

/** The broker's answer to an order of ours, legs included. Everything is loaded and looked up at once: a tap waits for it. */
export async function applyAnswer(
  context: AppContext,
  tx: Transaction,
  orderId: string,
  { order, legs }: { readonly order: BrokerOrder; readonly legs: readonly BrokerOrder[] },
  at: string,
): Promise<void> {
  const legIds = legs.flatMap(({ legRole }) => (legRole ? [legOrderId(orderId, legRole)] : []))
  const [find] = await Promise.all([lookUp(tx, order.ticket.symbol, legs), tx.loadMany('order', [orderId, ...legIds])])
  const ours = await tx.load('order', orderId)
  await tellOrder(context, tx, ours, order, null, at)
  // The parent may not be on the books under its broker's id yet.
  for (const leg of legs) await tellOrder(context, tx, await streamOf(tx, leg, { ...find(leg), parent: ours.state }, at), leg, null, at)
}

async function applyOrder(context: AppContext, tx: Transaction, told: BrokerOrder, reason: string | null, at: string): Promise<void> {
  const find = await lookUp(tx, told.ticket.symbol, [told])
  await tellOrder(context, tx, await streamOf(tx, told, find(told), at), told, reason, at)
}

async function tellOrder(
  context: AppContext,
  tx: Transaction,
  known: Loaded<'order'>,
  told: BrokerOrder,
  reason: string | null,
  at: string,
): Promise<void> {
  let stream = known
  const tell = (decision: Decision<OrderEvent>) => {
    if (decision.ok) stream = tx.append(stream, decision.events)
  }
  tell(acceptOrder(stream.state, told.brokerOrderId, at))
  tell(shrinkOrder(stream.state, told.ticket.quantity, at))
  if (told.status !== 'accepted' && told.status !== 'held') redraw(tx, stream.state)
  if (isMovedStop(stream.id)) await followStop(context, tx, stream.state)
  switch (told.status) {
    case 'accepted':
      if (stream.state.status === 'held') stream = tx.append(stream, [{ type: 'OrderActivated', at }])
      tell(tellStatus(stream.state, 'accepted', told.statusWord, at))
      break
    case 'partially_filled':
    case 'pending_replace':
    case 'paused':
      tell(tellStatus(stream.state, told.status, told.statusWord, at))
      break
    case 'unrecognized': {
      const news = tellStatus(stream.state, 'unrecognized', told.statusWord, at)
      tell(news)
      if (news.ok && news.events.length > 0) tx.enqueue(unrecognizedNotice(stream.state, context.broker.mode))
      break
    }
    case 'canceled':
      tell(endOrder(stream.state, { type: 'OrderCanceled', at }))
      break
    case 'expired':
      tell(endOrder(stream.state, { type: 'OrderExpired', at }))
      break
    case 'replaced':
      tell(endOrder(stream.state, { type: 'OrderReplaced', at }))
      break
    case 'rejected':
      if (isTerminal(stream.state)) break
      tell(endOrder(stream.state, { type: 'OrderRejected', reason: reason ?? 'rejected by the broker', at }))
      tx.enqueue(rejectNotice(stream.state, context.broker.mode, await threadOf(tx, stream.state.proposalId)))
      break
    case 'held':
    case 'filled':
    case 'pending_cancel':
      break // Fills speak for themselves, as executions.
  }
}

/** The broker holds a moved stop: from now on it is where the position's stop belongs. Told once, to whoever watches the trade. */
async function followStop(context: AppContext, tx: Transaction, order: Order): Promise<void> {
  if (order.stopPrice === null || order.positionId === null || order.brokerOrderId === null || isTerminal(order)) return
  const position = await tx.load('position', order.positionId)
  const moved = moveStop(position.state, order.stopPrice, order.reason ?? 'moved')
  if (!moved.ok || moved.events.length === 0) return
  const after = tx.append(position, moved.events).state
  tx.enqueue(stopNotice(after, order, context.broker.mode, await threadOf(tx, after.proposalId)))
}
