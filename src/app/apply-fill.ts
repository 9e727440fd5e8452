import type { Order } from '../domain/order.ts'
import { fillOrder } from '../domain/order-decisions.ts'
import { type ExitReason, isExitReason, type Position, type PositionFill } from '../domain/position.ts'
import { fillPosition, openPosition, splitFill } from '../domain/position-decisions.ts'
import type { BrokerExecution } from '../ports/broker.ts'
import type { Transaction } from '../ports/event-store.ts'
import { unprotectedNotice } from './cards/notices.ts'
import { closeNotice, fillNotice, partNotice } from './cards/trade-notices.ts'
import type { AppContext } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { isExternal, positionIdOf, strayPositionId } from './ids.ts'
import { threadOf } from './trade-thread.ts'

/** What became of the order belongs on the card that it was approved on. */
export function redraw(tx: Transaction, { role, proposalId }: Order): void {
  if (role === 'entry' && proposalId !== null) tx.enqueue(proposalMessage(proposalId))
}

/** @returns false when the order is not known yet. */
export async function applyExecution(context: AppContext, tx: Transaction, execution: BrokerExecution, at: string): Promise<boolean> {
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

/** Grows, shrinks, closes or opens what is held. */
export async function fillIntoPosition(context: AppContext, tx: Transaction, order: Order, fill: PositionFill, at: string): Promise<void> {
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
  const reason = `opened by a ${order.role} order that filled beyond its position`
  const stray = tx.append(started, [{ type: 'PositionUnprotected', at, reason }])
  tx.enqueue(unprotectedNotice(stray.state, reason, context.broker.mode))
}

function exitReasonOf(order: Order): ExitReason {
  if (isExternal(order)) return 'external'
  if (order.role === 'stop') return 'stop_loss'
  if (order.role === 'target') return 'take_profit'
  if (order.role === 'entry') return 'signal'
  return isExitReason(order.reason) ? order.reason : 'manual'
}
