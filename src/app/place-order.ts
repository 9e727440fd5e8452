import { isTerminal, type Order } from '../domain/order.ts'
import { requestCancel, submitOrder } from '../domain/order-decisions.ts'
import { isExitReason, type Position } from '../domain/position.ts'
import { clearedByLedger, riskReducing } from '../domain/risk/verdict.ts'
import type { SubmitResult } from '../ports/broker.ts'
import type { EventMeta } from '../ports/event-store.ts'
import { applyAnswer } from './apply-update.ts'
import { rejectNotice } from './cards/trade-notices.ts'
import { closingOrder, isOfEverything, prepareClose } from './close-position.ts'
import { type AppContext, occasion } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { isPartClose, legOrderId } from './ids.ts'
import { threadOf } from './trade-thread.ts'

/**
 * Sends every stored exit that is ready: claim (committed before the socket), one request, classify the answer.
 * Nothing here retries; an answer that was lost is looked up by `reconcile`. Exits have a way of their own, so that an entry
 * whose answer does not come never holds one up.
 */
export async function dispatchExits(context: AppContext): Promise<void> {
  const ready = (await context.read.readyOrders()).filter((order) => order.role !== 'entry')
  if (ready.length === 0) return
  const working = await context.read.workingOrders()
  await each(context, ready, (order) => dispatchExit(context, order, working))
}

/** The same for entries that came back: a new one is claimed by the transaction that approves it. */
export async function dispatchEntries(context: AppContext): Promise<void> {
  const ready = (await context.read.readyOrders()).filter((order) => order.role === 'entry')
  await each(context, ready, (order) => dispatchEntry(context, order))
}

/** One order's failure is its own: the others go on. */
async function each(context: AppContext, orders: readonly Order[], work: (order: Order) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(orders.map((order) => inFlight(context, order.id, () => work(order))))
  for (const [i, result] of results.entries())
    if (result.status === 'rejected')
      context.log.error({ order: orders[i]?.id, error: result.reason }, 'an order could not be sent; it is tried again')
}

/** Until the answer is written down, nobody may conclude from the broker's lists that the order never arrived. */
export async function inFlight(context: AppContext, orderId: string, send: () => Promise<void>): Promise<void> {
  const { inFlight: underWay } = context.status
  const sent = send()
  const done = () => undefined
  // A second tap comes to nothing quickly, and must not make the first one's order look settled.
  const all = Promise.all([underWay.get(orderId), sent]).then(done, done)
  underWay.set(orderId, all)
  try {
    await sent
  } finally {
    void all.then(() => underWay.get(orderId) === all && underWay.delete(orderId))
  }
}

async function dispatchEntry(context: AppContext, order: Order): Promise<void> {
  const meta = occasion(context, 'system', order.proposalId ?? order.id)
  const claimed = await claimEntry(context, order.id, meta)
  if (claimed) await sendEntry(context, claimed, meta)
}

/** One request for an entry whose claim is committed. */
export async function sendEntry(context: AppContext, claimed: Order, meta: EventMeta): Promise<void> {
  const result = await attempt(() => context.broker.submitEntry(clearedByLedger(claimed)))
  await recordResult(context, claimed.id, result, meta)
}

/**
 * The last gate before an entry leaves again. It holds the lock that a halt takes, so whichever commits first wins:
 * an entry claimed after a halt is canceled here and never sent. Nor is one whose approval has grown old in the meantime,
 * while this process was down, say. Until the books agree with the broker's, it waits.
 */
async function claimEntry(context: AppContext, orderId: string, meta: EventMeta): Promise<Order | null> {
  if (context.status.reconciling) return null
  return context.store.transact(meta, async (tx) => {
    // Sent together; the server answers in order, so what is read is read under the lock.
    const [, trading, stream] = await Promise.all([tx.lock('trading-state'), tx.read.tradingState(), tx.load('order', orderId)])
    const stale = isStale(context, stream.state) ? 'approved too long ago to be sent' : null
    const obstacle = trading.state === 'active' ? stale : `trading is ${trading.state}`
    if (obstacle !== null) {
      const canceled = requestCancel(stream.state, obstacle, meta.occurredAt)
      if (canceled.ok && stream.state.status === 'ready') tx.append(stream, canceled.events)
      return null
    }
    const decision = submitOrder(stream.state, meta.occurredAt)
    return decision.ok ? tx.append(stream, decision.events).state : null
  })
}

/** Nobody wants yesterday's approval at today's price. */
export const isStale = (context: AppContext, entry: Order): boolean =>
  context.clock.now() - Date.parse(entry.preparedAt) >= context.settings().execution.entry_fill_timeout_seconds * 1000

/** A close waits until the legs that hold its shares are gone; protective orders go at once, unless a close is coming. */
async function dispatchExit(context: AppContext, order: Order, working: readonly Order[]): Promise<void> {
  const meta = occasion(context, 'system', order.positionId ?? order.id)
  const position = order.positionId === null ? null : await context.read.position(order.positionId)
  if (!position || position.status === 'closed') return cancelReady(context, order, 'nothing is left to close', meta)
  if (order.role === 'close') {
    const inTheWay = working.filter((o) => o.symbol === order.symbol && o.id !== order.id && !isTerminal(o) && o.status !== 'ready')
    if (inTheWay.length > 0) return cancelAll(context, inTheWay, 'making way for a close', meta)
    // Half of what is no longer there was not asked for; what is left gets its stop again.
    if (misfits(order, position))
      return isPartClose(order.id) ? cancelReady(context, order, 'the position became smaller', meta) : recut(context, order, meta)
  } else if (closingOrder(working, position)) return cancelReady(context, order, 'a close is under way', meta)
  if (order.quantity.gt(position.quantity)) return cancelReady(context, order, 'the position became smaller', meta)
  const claimed = await context.store.transact(meta, async (tx) => {
    const stream = await tx.load('order', order.id)
    const decision = submitOrder(stream.state, meta.occurredAt)
    return decision.ok ? tx.append(stream, decision.events).state : null
  })
  if (!claimed) return
  const result = await attempt(() => context.broker.submitReducing(riskReducing(claimed, position, claimed.sendCount)))
  await recordResult(context, claimed.id, result, meta)
}

/** A close of everything closes what there is now; one of so many shares never closes more than there are. */
const misfits = (close: Order, position: Position): boolean =>
  close.quantity.gt(position.quantity) || (isOfEverything(close) && !close.quantity.eq(position.quantity))

/** While it waited, legs or entries filled: the same close again, in the position's size of now, so that no wish to get out is lost. */
function recut(context: AppContext, order: Order, meta: EventMeta): Promise<void> {
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('order', order.id)
    const position = await tx.load('position', order.positionId ?? '')
    if (stream.state.status !== 'ready' || position.state.status === 'closed') return
    const canceled = requestCancel(stream.state, 'the position changed its size', meta.occurredAt)
    if (!canceled.ok) return
    tx.append(stream, canceled.events)
    const reason = isExitReason(order.reason) ? order.reason : 'manual'
    await prepareClose(tx, position.state, { reason, proposalId: order.proposalId, at: meta.occurredAt })
  })
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
  const legs = 'legs' in result ? result.legs.flatMap(({ legRole }) => (legRole ? [legOrderId(orderId, legRole)] : [])) : []
  const order = await context.store.transact(meta, async (tx) => {
    // The legs come along in the same query: a bracket is three orders.
    await tx.loadMany('order', [orderId, ...legs])
    const stream = await tx.load('order', orderId)
    switch (result.outcome) {
      case 'accepted':
      case 'duplicate': {
        await applyAnswer(context, tx, stream, result, meta.occurredAt)
        return (await tx.load('order', orderId)).state
      }
      case 'rejected': {
        if (isTerminal(stream.state)) return stream.state
        const reason = `${result.code}: ${result.reason}`
        const rejected = tx.append(stream, [{ type: 'OrderRejected', reason, at: meta.occurredAt }])
        if (rejected.state.role === 'entry' && rejected.state.proposalId !== null) tx.enqueue(proposalMessage(rejected.state.proposalId))
        tx.enqueue(rejectNotice(rejected.state, context.broker.mode, await threadOf(tx, rejected.state.proposalId)))
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
