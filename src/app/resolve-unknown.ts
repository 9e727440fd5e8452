import { isTerminal, type Order, type OrderEvent } from '../domain/order.ts'
import { exitSide } from '../domain/position.ts'
import type { EventMeta, Loaded, Transaction } from '../ports/event-store.ts'
import { type AppContext, occasion } from './context.ts'
import { isMovedStop } from './ids.ts'
import { judgeAgain } from './judge-again.ts'
import { type Claim, claim, inFlight, isStale, recordResult, sendEntry, sendReducing } from './place-order.ts'
import { lookAtMarket } from './risk-context.ts'

/** Nobody is still about to send what was claimed this long ago. */
const sendingMs = 60_000
const longestWaitMs = 30_000

/**
 * Orders that may or may not have arrived are looked up by their client id, at growing intervals. Found: adopted. Certainly lost, at
 * a broker whose look-ups are final: given back. Otherwise nothing is concluded from silence: after a while the same order may be
 * sent again under the same id, of which the broker takes one; and what may not be sent keeps its reservation.
 * @param now look at once, however recently that was done.
 */
export async function resolveUnknown(context: AppContext, { now }: { readonly now: boolean }): Promise<void> {
  const unsure = (await context.read.workingOrders()).filter(isUnsure)
  const ids = new Set(unsure.map(({ id }) => id))
  for (const id of context.status.lookups.keys()) if (!ids.has(id)) context.status.lookups.delete(id)
  for (const order of unsure) if (!context.status.inFlight.has(order.id)) await resolveOne(context, order, now)
}

export const isUnsure = ({ status }: Pick<Order, 'status'>): boolean => status === 'sending' || status === 'unknown'

async function resolveOne(context: AppContext, order: Order, atOnce: boolean): Promise<void> {
  const now = context.clock.now()
  const look = context.status.lookups.get(order.id) ?? { since: now, tries: 0, next: now }
  if (!atOnce && now < look.next) return
  context.status.lookups.set(order.id, { ...look, tries: look.tries + 1, next: now + Math.min(longestWaitMs, 1_000 * 2 ** look.tries) })
  const meta = occasion(context, 'system', order.proposalId ?? order.id)
  const waits = now - look.since < context.settings().execution.unknown_resend_seconds * 1000
  const concludes = context.broker.lookupsAreFinal || !waits
  const found = await lookUp(context, order, concludes)
  if (found) return recordResult(context, order.id, { outcome: 'duplicate', ...found }, meta)
  if (context.broker.lookupsAreFinal) return isLost(context, order) ? giveBack(context, order) : undefined
  if (concludes) await sendAgain(context, order, meta)
}

/**
 * What is not found counts only once no process that led before can still be sending it: until then it is looked up again. Where
 * nothing is concluded yet, nobody waits for that: a process that takes over trades the sooner.
 */
async function lookUp(context: AppContext, order: Order, concludes: boolean) {
  const found = await context.broker.orderByClientId(order.clientOrderId)
  if (found || !concludes) return found
  await context.lead.othersSilent()
  return context.broker.orderByClientId(order.clientOrderId)
}

/**
 * An order that is neither at the broker nor on its way there from here. In mid-run another process that took over may be
 * about to send it, so it gets its time; at start its sender is gone.
 */
const isLost = (context: AppContext, order: Order): boolean =>
  order.status === 'unknown' ||
  context.status.reconciling ||
  context.clock.now() - Date.parse(order.submittedAt ?? order.preparedAt) >= sendingMs

/**
 * It never arrived and never will. An exit becomes ready again and is sent under the same id; an entry too while trading is
 * active and its decision is fresh, otherwise it is canceled: nobody wants yesterday's approval at today's price. A stop that was to take another's
 * place is canceled as well: the other one is still there.
 */
function giveBack(context: AppContext, order: Order): Promise<void> {
  const meta = occasion(context, 'system', order.proposalId ?? order.id)
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('order', order.id)
    if (!isUnsure(stream.state)) return
    const active = (await tx.read.tradingState()).state === 'active'
    const sendAgain = isMovedStop(order.id) ? false : order.role !== 'entry' || (active && !isStale(context, order))
    const at = meta.occurredAt
    tx.append(stream, sendAgain ? [{ type: 'OrderReturned', reason: neverArrived, at }] : concluded(neverArrived, at))
  })
}

const neverArrived = 'never arrived at the broker'
/** Our own conclusion, not the broker's word: should it turn up after all, it is taken up again. */
const concluded = (reason: string, at: string): readonly OrderEvent[] => [
  { type: 'OrderCancelRequested', reason, at },
  { type: 'OrderCanceled', at },
]

/** The same order under the same id: if the first one is there, the broker says so, and that one is adopted. */
function sendAgain(context: AppContext, order: Order, meta: EventMeta): Promise<void> {
  if (order.role === 'entry') return sendEntryAgain(context, order, meta)
  return isMovedStop(order.id) ? dropMove(context, order, meta) : sendExitAgain(context, order, meta)
}

async function sendEntryAgain(context: AppContext, order: Order, meta: EventMeta): Promise<void> {
  if (context.status.reconciling) return
  const look = await lookAtMarket(context, order.symbol)
  await inFlight(context, order.id, async () => {
    const claimed = await context.store.transact(meta, async (tx) => {
      await tx.lock('account-risk', 'trading-state')
      const stream = await tx.load('order', order.id)
      if (!isUnsure(stream.state) || (await tx.read.tradingState()).state !== 'active') return null
      if (await hasExpired(tx, order, meta)) return null
      return (await judgeAgain(context, tx, stream.state, look)) === null ? claimAgain(context, tx, stream, meta) : null
    })
    if (!claimed) return
    context.status.lookups.delete(order.id)
    await sendEntry(context, claimed, meta)
  })
}

/** What was approved is good as long as its card would have been. */
async function hasExpired(tx: Transaction, order: Order, meta: EventMeta): Promise<boolean> {
  const proposal = order.proposalId === null ? null : await tx.load('proposal', order.proposalId)
  return proposal === null || proposal.state.expiresAt <= meta.occurredAt
}

/** Claimed in a process that is gone, it was left as sending: that it is unknown comes first. */
function claimAgain(context: AppContext, tx: Transaction, stream: Loaded<'order'>, meta: EventMeta): Claim | null {
  const unknown =
    stream.state.status === 'unknown' ? stream : tx.append(stream, [{ type: 'OrderOutcomeUnknown', reason: 'its answer never came' }])
  return claim(context, tx, unknown, meta)
}

/** A wish to get out is never given up, as long as there is something to get out of. */
async function sendExitAgain(context: AppContext, order: Order, meta: EventMeta): Promise<void> {
  const position = order.positionId === null ? null : await context.read.position(order.positionId)
  if (!position || position.status === 'closed' || order.side !== exitSide(position.side) || order.quantity.gt(position.quantity)) return
  await inFlight(context, order.id, async () => {
    const claimed = await context.store.transact(meta, async (tx) => {
      const stream = await tx.load('order', order.id)
      return isUnsure(stream.state) ? claimAgain(context, tx, stream, meta) : null
    })
    if (!claimed) return
    context.status.lookups.delete(order.id)
    await sendReducing(context, claimed, position, meta)
  })
}

/** The stop whose place it was to take still rests: the move did not come through. */
async function dropMove(context: AppContext, order: Order, meta: EventMeta): Promise<void> {
  const resting = (await context.read.workingOrders()).filter(
    (o) => o.symbol === order.symbol && o.role === 'stop' && o.id !== order.id && o.status === 'accepted',
  )
  if (resting.length > 0) await giveUp(context, order.id, 'the stop was not moved', meta)
}

/** Takes an order that never turned up off the books, on somebody's word. @returns whether it was still unknown. */
export function giveUp(context: AppContext, orderId: string, reason: string, meta: EventMeta): Promise<boolean> {
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('order', orderId)
    if (isTerminal(stream.state) || !isUnsure(stream.state)) return false
    tx.append(stream, concluded(reason, meta.occurredAt))
    return true
  })
}
