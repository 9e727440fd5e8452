import { isTerminal, type Order, requestCancel, submitOrder } from '../domain/order.ts'
import { exitSide, type Position } from '../domain/position.ts'
import { clearedByLedger, riskReducing } from '../domain/risk/verdict.ts'
import type { SubmitResult } from '../ports/broker.ts'
import type { EventMeta } from '../ports/event-store.ts'
import { applyOrder } from './apply-update.ts'
import { rejectNotice } from './cards/notices.ts'
import { type AppContext, occasion } from './context.ts'

/**
 * Sends every stored order that is ready: claim (committed before the socket), one request, classify the answer.
 * Nothing here retries; an answer that was lost is looked up by `resolveUnknown`.
 */
export async function dispatchReady(context: AppContext): Promise<void> {
  const working = await context.read.workingOrders()
  const ready = working.filter((order) => order.status === 'ready')
  // Exits first: they must not wait behind entries.
  const exits = ready.filter((order) => order.role !== 'entry')
  const entries = ready.filter((order) => order.role === 'entry')
  for (const order of exits) await dispatchExit(context, order, working)
  await Promise.all(entries.map((order) => dispatchEntry(context, order)))
}

async function dispatchEntry(context: AppContext, order: Order): Promise<void> {
  const meta = occasion(context, 'system', order.proposalId ?? order.id)
  const claimed = await claimEntry(context, order.id, meta)
  if (!claimed) return
  const result = await attempt(() => context.broker.submitEntry(clearedByLedger(claimed)))
  await recordResult(context, claimed.id, result, meta)
}

/**
 * The last gate before an entry leaves. It holds the lock that a halt takes, so whichever commits first wins:
 * an entry claimed after a halt is canceled here and never sent.
 */
function claimEntry(context: AppContext, orderId: string, meta: EventMeta): Promise<Order | null> {
  return context.store.transact(meta, async (tx) => {
    await tx.lock('trading-state')
    const trading = await tx.read.tradingState()
    const stream = await tx.load('order', orderId)
    if (trading.state !== 'active') {
      const canceled = requestCancel(stream.state, `trading is ${trading.state}`, meta.occurredAt)
      if (canceled.ok && stream.state.status === 'ready') tx.append(stream, canceled.events)
      return null
    }
    const decision = submitOrder(stream.state, meta.occurredAt)
    return decision.ok ? tx.append(stream, decision.events).state : null
  })
}

/** A close waits until the legs that hold its shares are gone; protective orders go at once. */
async function dispatchExit(context: AppContext, order: Order, working: readonly Order[]): Promise<void> {
  const meta = occasion(context, 'system', order.positionId ?? order.id)
  const position = order.positionId === null ? null : await context.read.position(order.positionId)
  if (!position || position.status === 'closed') return cancelReady(context, order, 'nothing is left to close', meta)
  if (order.role === 'close') {
    const inTheWay = working.filter((o) => o.symbol === order.symbol && o.id !== order.id && !isTerminal(o) && o.status !== 'ready')
    if (inTheWay.length > 0) return cancelAll(context, inTheWay, 'making way for a close', meta)
  }
  if (order.quantity.gt(position.quantity)) return cancelReady(context, order, 'the position became smaller', meta)
  const claimed = await context.store.transact(meta, async (tx) => {
    const stream = await tx.load('order', order.id)
    const decision = submitOrder(stream.state, meta.occurredAt)
    return decision.ok ? tx.append(stream, decision.events).state : null
  })
  if (!claimed) return
  const result = await attempt(() => context.broker.submitReducing(riskReducing(claimed, position)))
  await recordResult(context, claimed.id, result, meta)
}

/** Whatever goes wrong on the way to the broker, the order may have arrived: unknown, never "rejected". */
async function attempt(send: () => Promise<SubmitResult>): Promise<SubmitResult> {
  try {
    return await send()
  } catch (error) {
    return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) }
  }
}

export async function recordResult(context: AppContext, orderId: string, result: SubmitResult, meta: EventMeta): Promise<void> {
  const order = await context.store.transact(meta, async (tx) => {
    const stream = await tx.load('order', orderId)
    switch (result.outcome) {
      case 'accepted':
      case 'duplicate': {
        await applyOrder(context, tx, result.order, null, meta.occurredAt)
        await tx.flush()
        for (const leg of result.legs) await applyOrder(context, tx, leg, null, meta.occurredAt)
        return (await tx.load('order', orderId)).state
      }
      case 'rejected': {
        if (isTerminal(stream.state)) return stream.state
        const reason = `${result.code}: ${result.reason}`
        const rejected = tx.append(stream, [{ type: 'OrderRejected', reason, at: meta.occurredAt }])
        tx.enqueue(rejectNotice(rejected.state, context.broker.mode))
        return rejected.state
      }
      case 'unknown':
        if (stream.state.status !== 'sending') return stream.state
        return tx.append(stream, [{ type: 'OrderOutcomeUnknown', reason: result.reason }]).state
    }
  })
  // Halted while the request was on its way: what arrived goes back at once.
  const halted = (await context.read.tradingState()).state === 'halted'
  if (halted && order.role === 'entry' && !isTerminal(order)) await cancelAll(context, [order], 'trading is halted', meta)
}

function cancelReady(context: AppContext, order: Order, reason: string, meta: EventMeta): Promise<void> {
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('order', order.id)
    if (stream.state.status !== 'ready') return
    const decision = requestCancel(stream.state, reason, meta.occurredAt)
    if (decision.ok) tx.append(stream, decision.events)
  })
}

/**
 * Asks the broker to cancel, in the order given, then writes down that it was asked. Asking twice is harmless, so the
 * request goes first: nothing may stand between a kill and its cancels.
 */
export async function cancelAll(context: AppContext, orders: readonly Order[], reason: string, meta: EventMeta): Promise<void> {
  const asked = orders.filter((order) => order.status !== 'pending_cancel')
  const sent = asked.filter((order) => order.brokerOrderId !== null)
  const requests = await Promise.allSettled(sent.map((order) => context.broker.cancel(order.brokerOrderId ?? '')))
  for (const [i, request] of requests.entries())
    if (request.status === 'rejected')
      context.log.error({ order: sent[i]?.id, error: request.reason }, 'a cancel request failed; it is repeated until it is known')
  const failed = new Set(sent.filter((_, i) => requests[i]?.status === 'rejected').map((order) => order.id))
  await context.store.transact(meta, async (tx) => {
    const ids = asked.filter((order) => !failed.has(order.id)).map((order) => order.id)
    for (const stream of await tx.loadMany('order', ids)) {
      // One that is on its way has no broker id yet: it is canceled when its answer comes.
      if (stream.state.status === 'sending' || stream.state.status === 'unknown') continue
      const decision = requestCancel(stream.state, reason, meta.occurredAt)
      if (decision.ok) tx.append(stream, decision.events)
    }
  })
}

/** The market order that closes what is left of a position. */
export const closeTicket = (position: Position, clientOrderId: string) => ({
  clientOrderId,
  symbol: position.symbol,
  side: exitSide(position.side),
  type: 'market' as const,
  quantity: position.quantity,
  limitPrice: null,
  stopPrice: null,
  timeInForce: 'day' as const,
  bracket: null,
})
