import type { DecimalString } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import { isTerminal, type Order, type OrderEvent, storeTicket } from '../domain/order.ts'
import { acceptOrder, endOrder, fillOrder, shrinkOrder } from '../domain/order-decisions.ts'
import { type ExitReason, isExitReason, type Position, type PositionFill } from '../domain/position.ts'
import { fillPosition, moveStop, openPosition, splitFill, splitPosition } from '../domain/position-decisions.ts'
import type { BrokerExecution, BrokerOrder, BrokerUpdate } from '../ports/broker.ts'
import type { Loaded, Transaction } from '../ports/event-store.ts'
import { closeNotice, fillNotice, partNotice, rejectNotice, stopNotice } from './cards/trade-notices.ts'
import { type AppContext, occasion } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { isMovedStop, legOrderId, positionIdOf, shortId, strayPositionId } from './ids.ts'
import { threadOf } from './trade-thread.ts'

/**
 * What the broker tells becomes facts, exactly once: an execution by its id, a status by the order's own state.
 * Hearing any of it twice, late or out of order changes nothing.
 * @returns false when it is about an order that is not known yet: it can be had again from the broker's lists, later.
 */
export async function applyUpdate(context: AppContext, update: BrokerUpdate): Promise<boolean> {
  const meta = occasion(context, `broker:${context.broker.name}`)
  return context.store.transact(meta, async (tx) => {
    switch (update.type) {
      case 'order':
        if (await isTooEarly(context, tx, update.order)) return false
        await applyOrder(context, tx, update.order, update.reason, meta.occurredAt)
        return true
      case 'execution':
        return applyExecution(context, tx, update.execution, meta.occurredAt)
      case 'split':
        await applySplit(tx, update)
        return true
      case 'fee':
      case 'correction':
        return false
    }
  })
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
  readonly position: Position | null
}

/** By the broker's id, by ours, or as a leg of a parent; for all orders of one symbol at once. */
async function lookUp(tx: Transaction, symbol: string, told: readonly BrokerOrder[]): Promise<(order: BrokerOrder) => Found> {
  const brokerIds = told.flatMap((o) => (o.parentBrokerOrderId === null ? [o.brokerOrderId] : [o.brokerOrderId, o.parentBrokerOrderId]))
  const clientIds = told.map((o) => o.clientOrderId)
  const [orders, position] = await Promise.all([tx.read.ordersKnownAs(brokerIds, clientIds), tx.read.openPosition(symbol)])
  const byBrokerId = (id: string) => orders.find((o) => o.brokerOrderId === id)
  return ({ brokerOrderId, clientOrderId, parentBrokerOrderId }) => ({
    known: byBrokerId(brokerOrderId) ?? orders.find((o) => o.clientOrderId === clientOrderId) ?? null,
    parent: (parentBrokerOrderId !== null && byBrokerId(parentBrokerOrderId)) || null,
    position,
  })
}

/** The stream of the order that the broker speaks of; adopted when it is new to us. */
async function streamOf(tx: Transaction, told: BrokerOrder, { known, parent, position }: Found, at: string): Promise<Loaded<'order'>> {
  if (known) return tx.load('order', known.id)
  const role = told.legRole ?? (position && (position.side === 'long') === (told.ticket.side === 'sell') ? 'close' : 'entry')
  const id = parent && told.legRole ? await freeLegId(tx, parent.id, told.legRole) : `ext-${told.brokerOrderId}`
  const stream = await tx.load('order', id)
  if (stream.version > 0) return stream
  return tx.append(stream, [
    {
      type: 'OrderAdopted',
      ticket: storeTicket(told.ticket),
      role,
      brokerOrderId: told.brokerOrderId,
      parentId: parent?.id ?? null,
      proposalId: parent?.proposalId ?? null,
      positionId: parent?.positionId ?? position?.id ?? null,
      held: told.status === 'held',
      at,
    },
  ])
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
      break
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
      tell(endOrder(stream.state, { type: 'OrderRejected', reason: reason ?? 'rejected by the broker', at }))
      tx.enqueue(rejectNotice(stream.state, context.broker.mode, await threadOf(tx, stream.state.proposalId)))
      break
    case 'held':
    case 'partially_filled':
    case 'filled':
    case 'pending_cancel':
    case 'pending_replace':
    case 'paused':
    case 'unrecognized':
      break // Fills speak for themselves, as executions.
  }
}

/** What became of the order belongs on the card that it was approved on. */
function redraw(tx: Transaction, { role, proposalId }: Order): void {
  if (role === 'entry' && proposalId !== null) tx.enqueue(proposalMessage(proposalId))
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

async function applyExecution(context: AppContext, tx: Transaction, execution: BrokerExecution, at: string): Promise<boolean> {
  const known = await tx.read.orderByBrokerId(execution.brokerOrderId)
  if (!known) {
    // Never dropped: the broker still holds it, and the next reconcile reads it again, after the order is known.
    context.log.warn({ execution: execution.executionId, order: execution.brokerOrderId }, 'a fill of an order that is not known yet')
    return false
  }
  const stream = await tx.load('order', known.id)
  const decision = fillOrder(stream.state, execution)
  if (!decision.ok || decision.events.length === 0) return true
  const filled = tx.append(stream, decision.events)
  redraw(tx, filled.state)
  const fill: PositionFill = { ...execution, orderId: filled.id }
  await fillIntoPosition(context, tx, filled.state, fill, at)
  return true
}

async function fillIntoPosition(context: AppContext, tx: Transaction, order: Order, fill: PositionFill, at: string): Promise<void> {
  const open = await tx.read.openPosition(order.symbol)
  if (!open) return startPosition(context, tx, order, fill, at)
  const position = await tx.load('position', open.id)
  const { within, beyond } = splitFill(position.state, fill)
  const decision = fillPosition(position.state, within, exitReasonOf(order))
  if (!decision.ok) throw new Error(`fill ${fill.executionId}: ${decision.refusal.explain}`)
  const after = tx.append(position, decision.events)
  await tellFill(context, tx, after.state, order)
  if (beyond) await startPosition(context, tx, order, beyond, at)
}

/** What is held has changed: the card of the fill follows, and a part that was closed is told of once. */
async function tellFill(context: AppContext, tx: Transaction, position: Position, order: Order): Promise<void> {
  const { mode } = context.broker
  const thread = await threadOf(tx, position.proposalId)
  if (position.status === 'closed') tx.enqueue(closeNotice(position, mode, thread))
  else if (order.role === 'entry') tx.enqueue(fillNotice(position, order, mode, thread))
  else if (order.status === 'filled') tx.enqueue(partNotice(position, order, mode, thread))
}

async function startPosition(context: AppContext, tx: Transaction, order: Order, fill: PositionFill, at: string): Promise<void> {
  const proposal = order.proposalId === null || order.role !== 'entry' ? null : (await tx.load('proposal', order.proposalId)).state
  const position = await tx.load('position', order.role === 'entry' ? positionIdOf(order.symbol) : strayPositionId(order.symbol))
  const opened = openPosition(position.state, fill, {
    symbol: order.symbol,
    stopLoss: order.role === 'entry' ? (order.bracket?.stopLoss ?? null) : null,
    takeProfit: order.role === 'entry' ? (order.bracket?.takeProfit ?? null) : null,
    context: proposal?.context ?? null,
    category: proposal?.category ?? null,
    proposalId: proposal?.id ?? null,
  })
  if (!opened.ok) throw new Error(opened.refusal.explain)
  const started = tx.append(position, opened.events)
  if (order.role === 'entry')
    return tx.enqueue(fillNotice(started.state, order, context.broker.mode, await threadOf(tx, proposal?.id ?? null)))
  // Stop and target both filled, or somebody sold more than there was: an accident, closed by `protect` as such.
  tx.append(started, [{ type: 'PositionUnprotected', at, reason: `opened by a ${order.role} order that filled beyond its position` }])
}

function exitReasonOf(order: Order): ExitReason {
  if (order.role === 'stop') return 'stop_loss'
  if (order.role === 'target') return 'take_profit'
  if (order.role === 'entry') return 'signal'
  if (order.id.startsWith('ext-')) return 'external'
  return isExitReason(order.reason) ? order.reason : 'manual'
}

async function applySplit(tx: Transaction, split: Extract<BrokerUpdate, { type: 'split' }>): Promise<void> {
  if (!(await tx.firstSight('split', split.id))) return
  const ratio: DecimalString = split.ratio
  const open = await tx.read.openPosition(split.symbol)
  if (open) {
    const position = await tx.load('position', open.id)
    const decision = splitPosition(position.state, ratio, split.at)
    if (decision.ok) tx.append(position, decision.events)
  }
  for (const order of await tx.read.workingOrders()) {
    if (order.symbol !== split.symbol || isTerminal(order)) continue
    tx.append(await tx.load('order', order.id), [{ type: 'OrderSplit', ratio }])
  }
}
