import { setTimeout as pause } from 'node:timers/promises'
import type { Order } from '../domain/order.ts'
import { requestCancel } from '../domain/order-decisions.ts'
import { BrokerError } from '../ports/broker.ts'
import type { EventMeta } from '../ports/event-store.ts'
import { type AppContext, occasion } from './context.ts'

/** How often it is written down which cancels were taken, while others still wait for room in the broker's request budget. */
const notedEveryMs = 250

/**
 * Asks the broker to cancel, in the order given, and writes down what was asked. Asking twice is harmless, so the
 * request goes first: nothing may stand between a kill and its cancels. What somebody else is asking just now is left to them.
 * @param onAsked called when every request was answered, before the last of it is written down.
 */
export async function cancelAll(
  context: AppContext,
  orders: readonly Order[],
  reason: string,
  meta: EventMeta,
  onAsked: () => void = () => undefined,
): Promise<void> {
  const asked = orders.filter((order) => order.status !== 'pending_cancel' && !context.status.canceling.has(order.brokerOrderId ?? ''))
  // One that is on its way has no broker id yet.
  const taken = asked.filter((order) => order.brokerOrderId === null)
  const requests = asked.flatMap((order) => (order.brokerOrderId === null ? [] : [ask(order)]))
  const all = Promise.all(requests).then(() => {
    onAsked()
    return true
  })
  for (let over = false; !over; ) {
    over = await Promise.race([all, pause(notedEveryMs, false, { ref: false })])
    const news = taken.splice(0)
    try {
      if (news.length > 0) await noteCancels(context, news, reason, meta)
    } finally {
      for (const { brokerOrderId } of news) context.status.canceling.delete(brokerOrderId ?? '')
    }
  }

  async function ask(order: Order): Promise<void> {
    try {
      await cancelAtBroker(context, order)
      taken.push(order)
    } catch (error) {
      context.status.canceling.delete(order.brokerOrderId ?? '')
      context.log.error({ order: order.id, error }, 'a cancel request failed; it is repeated until it is known')
    }
  }
}

function noteCancels(context: AppContext, asked: readonly Order[], reason: string, meta: EventMeta): Promise<void> {
  return context.store.transact(meta, async (tx) => {
    const ids = asked.map((order) => order.id)
    for (const stream of await tx.loadMany('order', ids)) {
      // One that is on its way has no broker id yet: it is canceled when its answer comes.
      if (stream.state.status === 'sending' || stream.state.status === 'unknown') continue
      const decision = requestCancel(stream.state, reason, meta.occurredAt)
      if (decision.ok) tx.append(stream, decision.events)
    }
  })
}

/**
 * One request at a time for each order: while it waits for its turn, a second one would only take up room. Whoever asks takes it out of
 * `canceling`, once that is written down or nothing is to be.
 * A process that was frozen must not take away the stop that another one relies on. @throws BrokerError
 */
export async function cancelAtBroker(context: AppContext, order: Order): Promise<void> {
  const { canceling } = context.status
  const id = order.brokerOrderId ?? ''
  const underWay = canceling.get(id)
  if (underWay) return underWay.request
  const obstacle = context.lead.obstacle()
  if (obstacle !== null) throw new BrokerError('retryable', obstacle)
  const asking = { request: context.broker.cancel(id), answered: false }
  canceling.set(id, asking)
  await asking.request
  asking.answered = true
}

/** From so many closes on, one request makes way for all of them. */
const bulkFrom = 3

/** @returns true when everything that works was in the way of closes, and was asked to go in one request. */
export async function cancelInBulk(context: AppContext, ready: readonly Order[], working: readonly Order[]): Promise<boolean> {
  const closed = new Set(ready.filter(({ role }) => role === 'close').map(({ symbol }) => symbol))
  const resting = working.filter((order) => order.brokerOrderId !== null && order.status !== 'pending_cancel')
  // Whoever may have lost the lead cancels nothing any more.
  if (context.lead.obstacle() !== null) return false
  if (closed.size < bulkFrom || resting.length === 0 || resting.some(({ symbol }) => !closed.has(symbol))) return false
  const meta = occasion(context, 'system')
  const refused = await context.broker.cancelEverything()
  for (const { brokerOrderId, reason } of refused)
    context.log.warn({ order: brokerOrderId, reason }, 'the broker did not take one of the cancels')
  const left = new Set(refused.map(({ brokerOrderId }) => brokerOrderId))
  const asked = resting.filter(({ brokerOrderId }) => !left.has(brokerOrderId ?? ''))
  await noteCancels(context, asked, 'making way for a close', meta)
  return asked.length > 0
}
