import { isTerminal, type Order } from '../domain/order.ts'
import { requestCancel, submitOrder } from '../domain/order-decisions.ts'
import { isExitReason, type Position } from '../domain/position.ts'
import { clearedByLedger, riskReducing } from '../domain/risk/verdict.ts'
import type { BrokerOrder, SubmitResult } from '../ports/broker.ts'
import type { EventMeta, Loaded, Transaction } from '../ports/event-store.ts'
import type { SendPermit } from '../ports/leadership.ts'
import { applyAnswer } from './apply-update.ts'
import { cancelAll, cancelInBulk } from './cancel-orders.ts'
import { rejectNotice } from './cards/trade-notices.ts'
import { closingOrder, isOfEverything, prepareClose } from './close-position.ts'
import { type AppContext, occasion } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { haltInside } from './halt.ts'
import { isPartClose } from './ids.ts'
import { judgeAgain } from './judge-again.ts'
import { lookAtMarket } from './risk-context.ts'
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
  if (await cancelInBulk(context, ready, working)) return
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

/** An order that is to be sent now, by whoever claimed it, or not at all. */
export interface Claim {
  readonly order: Order
  /** Taken before the claim was committed. */
  readonly permit: SendPermit
}

async function dispatchEntry(context: AppContext, order: Order): Promise<void> {
  const meta = occasion(context, 'system', order.proposalId ?? order.id)
  const claimed = await claimEntry(context, order, meta)
  if (claimed) await sendEntry(context, claimed, meta)
}

/** One request for an entry whose claim is committed. */
export async function sendEntry(context: AppContext, { order, permit }: Claim, meta: EventMeta): Promise<void> {
  const result = await attempt(permit, () => context.broker.submitEntry(clearedByLedger(order), permit))
  await recordResult(context, order.id, result, meta)
}

/**
 * The last gate before an entry leaves again. It holds the lock that a halt takes, so whichever commits first wins:
 * an entry claimed after a halt is canceled here and never sent. Nor is one whose approval has grown old in the meantime,
 * while this process was down, say. Until the books agree with the broker's, and risk passes at the market of now, it waits.
 */
async function claimEntry(context: AppContext, order: Order, meta: EventMeta): Promise<Claim | null> {
  if (context.status.reconciling) return null
  const look = await lookAtMarket(context, order.symbol)
  return context.store.transact(meta, async (tx) => {
    // Sent together; the server answers in order, so what is read is read under the locks.
    const [, trading, stream] = await Promise.all([
      tx.lock('account-risk', 'trading-state'),
      tx.read.tradingState(),
      tx.load('order', order.id),
    ])
    const stale = isStale(context, stream.state) ? 'approved too long ago to be sent' : null
    const obstacle = trading.state === 'active' ? stale : `trading is ${trading.state}`
    if (obstacle !== null) {
      const canceled = requestCancel(stream.state, obstacle, meta.occurredAt)
      if (canceled.ok && stream.state.status === 'ready') tx.append(stream, canceled.events)
      return null
    }
    return (await judgeAgain(context, tx, stream.state, look)) === null ? claim(context, tx, stream, meta) : null
  })
}

export function claim(context: AppContext, tx: Transaction, ready: Loaded<'order'>, meta: EventMeta): Claim | null {
  const decision = submitOrder(ready.state, meta.occurredAt)
  return decision.ok ? { permit: context.lead.permit(), order: tx.append(ready, decision.events).state } : null
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
  const claimed = await context.store.transact(meta, async (tx) => claim(context, tx, await tx.load('order', order.id), meta))
  if (!claimed) return
  await sendReducing(context, claimed, position, meta)
}

/** One request for a risk-reducing order whose claim is committed. */
export async function sendReducing(context: AppContext, { order, permit }: Claim, position: Position, meta: EventMeta): Promise<void> {
  const result = await attempt(permit, () => context.broker.submitReducing(riskReducing(order, position, order.sendCount), permit))
  await recordResult(context, order.id, result, meta)
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

/**
 * Whatever goes wrong on the way to the broker, the order may have arrived: unknown, never "rejected". So is one whose claim has
 * grown too old to be sent from here: a process that took over may be looking it up.
 */
export async function attempt(permit: SendPermit, send: () => Promise<SubmitResult>): Promise<SubmitResult> {
  const late = permit.obstacle()
  if (late !== null) return { outcome: 'unknown', reason: late }
  try {
    return await send()
  } catch (error) {
    return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) }
  }
}

export async function recordResult(context: AppContext, orderId: string, result: SubmitResult, meta: EventMeta): Promise<void> {
  const order = await context.store.transact(meta, async (tx) => {
    if ('order' in result) {
      const { state: ours } = await tx.load('order', orderId)
      const wrong = contradiction(ours, result.order)
      if (wrong !== null) return refuseToAdopt(context, tx, await tx.load('order', orderId), wrong, meta)
      await applyAnswer(context, tx, orderId, result, meta.occurredAt)
      return (await tx.load('order', orderId)).state
    }
    const stream = await tx.load('order', orderId)
    if (result.outcome === 'unknown') {
      if (stream.state.status !== 'sending') return stream.state
      return tx.append(stream, [{ type: 'OrderOutcomeUnknown', reason: result.reason }]).state
    }
    if (isTerminal(stream.state)) return stream.state
    const reason = `${result.code}: ${result.reason}`
    // It may have been refused because the one before is there: that is for a look-up to say.
    if (stream.state.sendCount > 1 && !context.broker.lookupsAreFinal)
      return tx.append(stream, [{ type: 'OrderOutcomeUnknown', reason: `refused on being sent again: ${reason}` }]).state
    const rejected = tx.append(stream, [{ type: 'OrderRejected', reason, at: meta.occurredAt }])
    if (rejected.state.role === 'entry' && rejected.state.proposalId !== null) tx.enqueue(proposalMessage(rejected.state.proposalId))
    tx.enqueue(rejectNotice(rejected.state, context.broker.mode, await threadOf(tx, rejected.state.proposalId)))
    return rejected.state
  })
  // Halted while the request was on its way: what arrived goes back at once.
  const halted = (await context.read.tradingState()).state === 'halted'
  if (halted && order.role === 'entry' && !isTerminal(order)) await cancelAll(context, [order], 'trading is halted', meta)
}

/** What the broker holds under our id must be what we sent. @returns what is not, in words. */
function contradiction(ours: Order, { ticket }: BrokerOrder): string | null {
  if (ours.brokerOrderId !== null) return null
  const protective = ours.role === 'stop' || ours.role === 'target'
  const agrees =
    ticket.symbol === ours.symbol &&
    ticket.side === ours.side &&
    (protective || (ticket.quantity.eq(ours.quantity) && ticket.type === ours.type))
  const words = (t: Pick<Order, 'side' | 'quantity' | 'symbol' | 'type'>) => `${t.side} ${t.quantity.toFixed()} ${t.symbol} (${t.type})`
  return agrees ? null : `${ours.clientOrderId} is ${words(ticket)} at the broker, not ${words(ours)}`
}

/** Somebody else uses our ids, or our books are wrong: nothing is guessed, nothing more is bought, people are told. */
async function refuseToAdopt(
  context: AppContext,
  tx: Transaction,
  stream: Loaded<'order'>,
  wrong: string,
  meta: EventMeta,
): Promise<Order> {
  const { state } = stream
  const after =
    state.status === 'unknown' && state.reason === wrong ? state : tx.append(stream, [{ type: 'OrderOutcomeUnknown', reason: wrong }]).state
  await haltInside(context, tx, wrong, meta)
  return after
}

function cancelReady(context: AppContext, order: Order, reason: string, meta: EventMeta): Promise<void> {
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('order', order.id)
    if (stream.state.status !== 'ready') return
    const decision = requestCancel(stream.state, reason, meta.occurredAt)
    if (decision.ok) tx.append(stream, decision.events)
  })
}
