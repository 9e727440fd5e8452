import { isTerminal, type Order } from '../domain/order.ts'
import type { BrokerOrder } from '../ports/broker.ts'
import { applyUpdate } from './apply-update.ts'
import { cancelAtBroker } from './cancel-orders.ts'
import type { AppContext } from './context.ts'
import { takeOpeningBalance } from './opening-balance.ts'
import { resolveUnknown } from './resolve-unknown.ts'

/** What is told may be told a little late and out of order: look back further than the last look. */
const overlapMs = 120_000
/** Fees and corrections come days later, dated back. */
const wideMs = 4 * 86_400_000
const wideEveryMs = 3_600_000
const longAgo = '1970-01-01T00:00:00.000Z'
const iso = (ms: number): string => new Date(ms).toISOString()

/**
 * Makes our books agree with the broker's, from the broker's own lists: fates of orders whose answer was lost, statuses,
 * fills, splits, fees, orders that others placed. Applying what is known already changes nothing. It reads what happened since the
 * last complete look, and now and then some days more.
 * @returns differences that remain, in words; empty when the books agree.
 */
export async function reconcile(context: AppContext): Promise<readonly string[]> {
  const startedAt = context.clock.now()
  await takeOpeningBalance(context)
  await resolveUnknown(context, { now: true })
  await catchUp(context, await since(context, startedAt))
  await drainParked(context)
  const first = await comparePositions(context)
  if (first.length > 0) {
    // A fill that was missed may lie before others that were not: everything that may bear on what is open is looked through.
    await catchUp(context, await sinceOldest(context, startedAt))
    await drainParked(context)
  }
  const differences = first.length === 0 ? first : await comparePositions(context)
  if (differences.length === 0 && context.status.parked.size === 0) await context.watermark.advance(iso(startedAt))
  return differences
}

/** Never before the balance that the books began with. */
const notBeforeOpening = ({ watermark }: AppContext, at: number): string => iso(Math.max(at, Date.parse(watermark.opening() ?? longAgo)))

async function since(context: AppContext, now: number): Promise<string> {
  const mark = context.watermark.at()
  if (mark === null) return notBeforeOpening(context, Date.parse(longAgo))
  const wide = Math.floor(Date.parse(mark) / wideEveryMs) !== Math.floor(now / wideEveryMs)
  return notBeforeOpening(context, Math.min(Date.parse(mark) - (wide ? wideMs : overlapMs), now - overlapMs))
}

async function sinceOldest(context: AppContext, now: number): Promise<string> {
  const [orders, positions] = await Promise.all([context.read.workingOrders(), context.read.openPositions()])
  const begun = [...orders.map(({ preparedAt }) => preparedAt), ...positions.map(({ openedAt }) => openedAt)]
  return notBeforeOpening(context, Math.min(now - wideMs, ...begun.map((at) => Date.parse(at) - overlapMs)))
}

async function catchUp(context: AppContext, since: string): Promise<void> {
  await adopt(context, await context.broker.openOrders())
  await adopt(context, await context.broker.ordersSince(since))
  for (const activity of await context.broker.activitiesSince(since)) await applyUpdate(context, activity)
  await closeEnded(context)
}

/** What was heard before its order was known. */
async function drainParked(context: AppContext): Promise<void> {
  const { parked } = context.status
  for (const [key, { update, received }] of [...parked]) if (await applyUpdate(context, update, received)) parked.delete(key)
}

async function adopt(context: AppContext, told: readonly BrokerOrder[]): Promise<void> {
  const parentsFirst = [...told].sort((a, b) => Number(a.parentBrokerOrderId !== null) - Number(b.parentBrokerOrderId !== null))
  for (const order of parentsFirst) if (await differs(context, order)) await applyUpdate(context, { type: 'order', order, reason: null })
}

const unclear: ReadonlySet<Order['status']> = new Set(['pending_replace', 'paused', 'unrecognized'])

async function differs(context: AppContext, told: BrokerOrder): Promise<boolean> {
  const known = await context.read.orderByBrokerId(told.brokerOrderId)
  if (known === null || (known.status === 'held' && told.status === 'accepted')) return true
  if (isTerminal(known)) return false
  if (unclear.has(told.status) || unclear.has(known.status)) return told.status !== known.status || told.statusWord !== known.statusWord
  return (isTerminal(told) && told.status !== 'filled') || (known.role !== 'entry' && told.ticket.quantity.lt(known.quantity))
}

/** Orders that we believe are working and the broker no longer lists: ask for each; its end is applied. */
async function closeEnded(context: AppContext): Promise<void> {
  // Ours first: what was asked to cancel while the broker's list was on its way is not asked again because that list still has it.
  const working = await context.read.workingOrders()
  const listed = await context.broker.openOrders()
  const open = new Set(listed.map((order) => order.brokerOrderId))
  for (const order of working) {
    if (order.brokerOrderId === null || isTerminal(order)) continue
    if (open.has(order.brokerOrderId)) {
      if (order.status === 'pending_cancel') await cancelAgain(context, order)
      continue
    }
    const told = await askFor(context, order, listed)
    if (told) await applyUpdate(context, { type: 'order', order: told, reason: null })
  }
}

/**
 * By its parent's client id, or its own; a leg that took another's place is listed only among the orders of its time. One whose place
 * was taken may be listed nowhere any more: then the other one says so.
 */
async function askFor(context: AppContext, order: Order, open: readonly BrokerOrder[]): Promise<BrokerOrder | undefined> {
  const root = order.parentId === null ? order : await context.read.order(order.parentId)
  const found = root && (await context.broker.orderByClientId(root.clientOrderId))
  const isIt = (o: BrokerOrder): boolean => o.brokerOrderId === order.brokerOrderId
  const told = found && [found.order, ...found.legs].find(isIt)
  if (told) return told
  const ofItsTime = await context.broker.ordersSince(iso(Date.parse(order.preparedAt) - overlapMs))
  const heir = [...open, ...ofItsTime].find(({ replaces }) => replaces !== null && replaces === order.brokerOrderId)
  return ofItsTime.find(isIt) ?? (heir && replacedBy(order, heir))
}

/** What the broker would say of an order that gave its place to another. */
const replacedBy = (order: Order, { ticket, ...heir }: BrokerOrder): BrokerOrder => ({
  ...heir,
  brokerOrderId: order.brokerOrderId ?? heir.brokerOrderId,
  clientOrderId: order.clientOrderId,
  ticket: { ...ticket, quantity: order.quantity },
  status: 'replaced',
  statusWord: 'replaced',
  replaces: null,
  filledQuantity: order.filledQuantity,
})

/** A broker that does not take it must not keep the rest of the books from being compared. */
async function cancelAgain(context: AppContext, order: Order): Promise<void> {
  const { canceling } = context.status
  // Somebody is asking just now.
  if (canceling.has(order.brokerOrderId ?? '')) return
  try {
    await cancelAtBroker(context, order)
  } catch (error) {
    context.log.error({ order: order.id, error }, 'a cancel request failed again; it is repeated until it is known')
  } finally {
    canceling.delete(order.brokerOrderId ?? '')
  }
}

async function comparePositions(context: AppContext): Promise<readonly string[]> {
  const theirs = new Map((await context.broker.positions()).map((p) => [p.symbol, `${p.side} ${p.quantity.toFixed()}`]))
  const ours = new Map((await context.read.openPositions()).map((p) => [p.symbol, `${p.side} ${p.quantity.toFixed()}`]))
  const symbols = new Set([...theirs.keys(), ...ours.keys()])
  return [...symbols].flatMap((symbol) => {
    const [mine, broker] = [ours.get(symbol) ?? 'nothing', theirs.get(symbol) ?? 'nothing']
    return mine === broker ? [] : [`${symbol}: our books say ${mine}, the broker says ${broker}`]
  })
}
