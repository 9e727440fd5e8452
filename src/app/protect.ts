import { type Quantity, quantity, roundDown, roundUp, tickPlaces, zero } from '../domain/decimal.ts'
import { isTerminal, type Order, type OrderTicket, prepareOrder, remaining } from '../domain/order.ts'
import { exitSide, type Position } from '../domain/position.ts'
import { unprotectedNotice } from './cards/notices.ts'
import { closingOrder, requestClose } from './close-position.ts'
import { type AppContext, occasion } from './context.ts'
import { clientOrderIdOf, shortId } from './ids.ts'
import { cancelAll } from './place-order.ts'

/**
 * Every open position has a stop resting for all of it, or is flagged. Legs of a bracket only begin to work when the whole
 * entry is filled, so a partly filled entry gets its time, its rest is canceled, and what was bought is protected by a pair
 * of its own. A position nobody asked for (stop and target both filled) is closed.
 */
export async function protectPositions(context: AppContext): Promise<void> {
  const positions = await context.read.openPositions()
  if (positions.length === 0 && !(await context.read.workingOrders()).some((o) => o.role === 'entry')) return
  const working = await context.read.workingOrders()
  await cancelLateEntries(context, working)
  for (const position of positions) await protectOne(context, position, working)
}

async function cancelLateEntries(context: AppContext, working: readonly Order[]): Promise<void> {
  const timeout = context.settings().execution.entry_fill_timeout_seconds * 1000
  const now = context.clock.now()
  const late = working.filter((o) => o.role === 'entry' && o.brokerOrderId && now - Date.parse(o.acceptedAt ?? o.preparedAt) >= timeout)
  if (late.length > 0) await cancelAll(context, late, 'not filled in time', occasion(context, 'system'))
}

async function protectOne(context: AppContext, position: Position, working: readonly Order[]): Promise<void> {
  if (closingOrder(working, position)) return
  const mine = working.filter((order) => order.symbol === position.symbol && !isTerminal(order))
  const naked = position.quantity.minus(covered(mine, position)) as Quantity
  if (naked.lte(zero)) {
    context.status.nakedSince.delete(position.id)
    return unflag(context, position)
  }
  const meta = occasion(context, 'system', position.proposalId ?? position.id)
  if (position.stopLoss === null) {
    await flag(context, position, naked, 'it has no stop')
    if (position.context === null && position.unprotected) await requestClose(context, [position], 'external', meta)
    return
  }
  const since = context.status.nakedSince.get(position.id) ?? context.clock.now()
  context.status.nakedSince.set(position.id, since)
  const late = context.clock.now() - since > context.settings().execution.protect_deadline_seconds * 1000
  if (late) await flag(context, position, naked, 'the protective orders do not come to rest')
  // A working entry will bring its legs, legs that are still held will begin to work, and a pair may be about to be sent.
  const underWay = mine.some((order) => order.role === 'entry' || order.status === 'ready' || order.status === 'sending')
  if (underWay || (!late && mine.some((order) => order.status === 'held'))) return
  await context.store.transact(meta, async (tx) => {
    const id = `${position.id}-guard-${shortId()}`
    const stream = await tx.load('order', id)
    const ticket = guardTicket(position, naked, id)
    const role = ticket.bracket ? ('target' as const) : ('stop' as const)
    const intent = { ticket, role, proposalId: position.proposalId, positionId: position.id }
    const decision = prepareOrder(stream.state, { ...intent, expectedPrice: position.takeProfit, reason: null }, meta.occurredAt)
    if (decision.ok) tx.append(stream, decision.events)
  })
}

/** Shares for which a stop is at work, or on its way. A held leg protects nothing yet. */
function covered(orders: readonly Order[], position: Position): Quantity {
  const side = exitSide(position.side)
  const atWork = orders.filter(
    (o) => o.side === side && (o.role === 'stop' || (o.role === 'target' && o.bracket !== null && !o.brokerOrderId)),
  )
  const live = atWork.filter((o) => o.status !== 'held' && o.status !== 'pending_cancel')
  return live.reduce((sum, order) => sum.plus(remaining(order)) as Quantity, quantity('0'))
}

/** Target and stop as one-cancels-other. Prices are rounded outward, as the plan's were. */
function guardTicket(position: Position, size: Quantity, id: string): OrderTicket {
  const { stopLoss, takeProfit, side } = position
  if (stopLoss === null) throw new Error(`position ${position.id} has no stop to protect it with`)
  const [outwardDown, outwardUp] = side === 'long' ? [roundDown, roundUp] : [roundUp, roundDown]
  const stop = outwardDown(stopLoss, tickPlaces(stopLoss))
  const target = takeProfit && outwardUp(takeProfit, tickPlaces(takeProfit))
  return {
    clientOrderId: clientOrderIdOf(id),
    symbol: position.symbol,
    side: exitSide(side),
    type: target ? 'limit' : 'stop',
    quantity: size,
    limitPrice: target,
    stopPrice: target ? null : stop,
    timeInForce: 'gtc',
    bracket: target ? { stopLoss: stop, takeProfit: target } : null,
  }
}

function flag(context: AppContext, position: Position, naked: Quantity, why: string): Promise<void> {
  return context.store.transact(occasion(context, 'system'), async (tx) => {
    const stream = await tx.load('position', position.id)
    if (stream.state.unprotected || stream.state.status === 'closed') return
    const reason = `${naked.toFixed()} shares without a stop: ${why}`
    const flagged = tx.append(stream, [{ type: 'PositionUnprotected', at: occasion(context, 'system').occurredAt, reason }])
    tx.enqueue(unprotectedNotice(flagged.state, reason, context.broker.mode))
  })
}

async function unflag(context: AppContext, position: Position): Promise<void> {
  if (!position.unprotected) return
  const meta = occasion(context, 'system')
  await context.store.transact(meta, async (tx) => {
    const stream = await tx.load('position', position.id)
    if (stream.state.unprotected && stream.state.status === 'open') tx.append(stream, [{ type: 'PositionProtected', at: meta.occurredAt }])
  })
}
