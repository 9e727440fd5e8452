import { isTerminal, type Order } from '../domain/order.ts'
import type { BrokerOrder } from '../ports/broker.ts'
import { applyUpdate } from './apply-update.ts'
import { type AppContext, occasion } from './context.ts'
import { isMovedStop } from './ids.ts'
import { cancelAtBroker, isStale, recordResult } from './place-order.ts'

/** Fills may be reported a little out of order: look back further than the last one. */
const overlapMs = 120_000
/** Nobody is still about to send what was claimed this long ago. */
const sendingMs = 60_000
const longAgo = '1970-01-01T00:00:00.000Z'

/**
 * Makes our books agree with the broker's, from the broker's own lists: fates of orders whose answer was lost, statuses,
 * fills, splits, orders that others placed. Applying what is known already changes nothing.
 * @returns differences that remain, in words; empty when the books agree.
 */
export async function reconcile(context: AppContext): Promise<readonly string[]> {
  await resolveUnsure(context)
  const last = await context.read.lastFillAt()
  await catchUp(context, last === null ? longAgo : new Date(Date.parse(last) - overlapMs).toISOString())
  const differences = await comparePositions(context)
  if (differences.length === 0) return []
  // A fill that was missed may lie before others that were not: everything that the broker still tells is looked through.
  await catchUp(context, longAgo)
  return comparePositions(context)
}

async function catchUp(context: AppContext, since: string): Promise<void> {
  await adoptOpenOrders(context)
  for (const activity of await context.broker.activitiesSince(since)) await applyUpdate(context, activity)
  await closeEnded(context)
}

/** Orders that may or may not have arrived. Found: adopted. Certainly lost: an entry may be sent again, under the same id, while it is fresh. */
async function resolveUnsure(context: AppContext): Promise<void> {
  for (const order of await context.read.workingOrders()) {
    if (context.status.inFlight.has(order.id) || (order.status !== 'sending' && order.status !== 'unknown')) continue
    const meta = occasion(context, 'system', order.proposalId ?? order.id)
    const found = await lookUp(context, order)
    if (found) await recordResult(context, order.id, { outcome: 'duplicate', ...found }, meta)
    else if (context.broker.lookupsAreFinal && isLost(context, order)) await giveBack(context, order)
  }
}

/** What is not found counts only once no process that led before can still be sending it: until then it is looked up again. */
async function lookUp(context: AppContext, order: Order) {
  const found = await context.broker.orderByClientId(order.clientOrderId)
  if (found) return found
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
    if (stream.state.status !== 'sending' && stream.state.status !== 'unknown') return
    const active = (await tx.read.tradingState()).state === 'active'
    const sendAgain = isMovedStop(order.id) ? false : order.role !== 'entry' || (active && !isStale(context, order))
    const at = meta.occurredAt
    if (sendAgain) tx.append(stream, [{ type: 'OrderReturned', reason: 'never arrived at the broker', at }])
    else
      tx.append(stream, [
        { type: 'OrderCancelRequested', reason: 'never arrived at the broker', at },
        { type: 'OrderCanceled', at },
      ])
  })
}

async function adoptOpenOrders(context: AppContext): Promise<void> {
  const open = await context.broker.openOrders()
  const parentsFirst = [...open].sort((a, b) => Number(a.parentBrokerOrderId !== null) - Number(b.parentBrokerOrderId !== null))
  for (const order of parentsFirst) if (await differs(context, order)) await applyUpdate(context, { type: 'order', order, reason: null })
}

async function differs(context: AppContext, told: BrokerOrder): Promise<boolean> {
  const known = await context.read.orderByBrokerId(told.brokerOrderId)
  if (known === null || (known.status === 'held' && told.status === 'accepted')) return true
  return known.role !== 'entry' && told.ticket.quantity.lt(known.quantity)
}

/** Orders that we believe are working and the broker no longer lists: ask for each; its end is applied. */
async function closeEnded(context: AppContext): Promise<void> {
  const open = new Set((await context.broker.openOrders()).map((order) => order.brokerOrderId))
  for (const order of await context.read.workingOrders()) {
    if (order.brokerOrderId === null || isTerminal(order)) continue
    if (open.has(order.brokerOrderId)) {
      if (order.status === 'pending_cancel') await cancelAgain(context, order)
      continue
    }
    const root = order.parentId === null ? order : await context.read.order(order.parentId)
    const found = root && (await context.broker.orderByClientId(root.clientOrderId))
    const told = found && [found.order, ...found.legs].find((o) => o.brokerOrderId === order.brokerOrderId)
    if (told) await applyUpdate(context, { type: 'order', order: told, reason: null })
  }
}

/** A broker that does not take it must not keep the rest of the books from being compared. */
const cancelAgain = (context: AppContext, order: Order): Promise<void> =>
  cancelAtBroker(context, order).catch((error: unknown) => {
    context.log.error({ order: order.id, error }, 'a cancel request failed again; it is repeated until it is known')
  })

async function comparePositions(context: AppContext): Promise<readonly string[]> {
  const theirs = new Map((await context.broker.positions()).map((p) => [p.symbol, `${p.side} ${p.quantity.toFixed()}`]))
  const ours = new Map((await context.read.openPositions()).map((p) => [p.symbol, `${p.side} ${p.quantity.toFixed()}`]))
  const symbols = new Set([...theirs.keys(), ...ours.keys()])
  return [...symbols].flatMap((symbol) => {
    const [mine, broker] = [ours.get(symbol) ?? 'nothing', theirs.get(symbol) ?? 'nothing']
    return mine === broker ? [] : [`${symbol}: our books say ${mine}, the broker says ${broker}`]
  })
}
