import { sessionAt } from '../domain/calendar.ts'
import { type Quantity, quantity, roundDown, roundUp, tickPlaces, zero } from '../domain/decimal.ts'
import { isTerminal, type Order, type OrderTicket, remaining } from '../domain/order.ts'
import { prepareOrder } from '../domain/order-decisions.ts'
import { exitSide, type Position } from '../domain/position.ts'
import { cancelAll } from './cancel-orders.ts'
import { unprotectedNotice } from './cards/notices.ts'
import { closingOrder, requestClose } from './close-position.ts'
import { type AppContext, occasion } from './context.ts'
import { clientOrderIdOf, isExternal, isStray, shortId } from './ids.ts'

/**
 * Every open position has a stop resting for all of it, or is flagged. Legs of a bracket only begin to work when the whole
 * entry is filled, so a partly filled entry gets its time, its rest is canceled, and what was bought is protected by a pair
 * of its own. A position nobody asked for (stop and target both filled) is closed.
 */
export async function protectPositions(context: AppContext, tries: Tries): Promise<void> {
  const positions = await context.read.openPositions()
  const working = await context.read.workingOrders()
  for (const position of positions) await protectOne(context, position, working, tries)
}

/** How often a position's protection was sent, and when (running clock) the next try is due, by position id. */
export type Tries = Map<string, { readonly count: number; readonly next: number }>

const longestWaitMs = 60_000
/** A market order that is not through after this long, with the position's stops out of its way, is news for people. */
const closeDeadlineMs = 60_000

/** A broker that refuses is asked again after 2, 4, 8 … 60 seconds, not every second for ever. */
function isDue(context: AppContext, position: Position, tries: Tries): boolean {
  const now = context.clock.now()
  const { count, next } = tries.get(position.id) ?? { count: 0, next: now }
  if (now < next) return false
  tries.set(position.id, { count: count + 1, next: now + Math.min(longestWaitMs, 2_000 * 2 ** count) })
  return true
}

/**
 * What had its time is canceled; while trading is halted, every entry, again until the broker has taken its cancel. It may have to wait
 * for room in the broker's request budget, and nothing else waits for it.
 */
export async function cancelLateEntries(context: AppContext): Promise<void> {
  const working = await context.read.workingEntries()
  const entries = working.filter((o) => o.brokerOrderId !== null && o.status !== 'pending_cancel')
  if (entries.length === 0) return
  const timeout = context.settings().execution.entry_fill_timeout_seconds * 1000
  const now = context.clock.now()
  const halted = (await context.read.tradingState()).state === 'halted'
  // What somebody placed at the broker is theirs to wait for; a halt takes it as well.
  const late = entries.filter((o) => halted || (!isExternal(o) && now - Date.parse(o.acceptedAt ?? o.preparedAt) >= timeout))
  if (late.length > 0) await cancelAll(context, late, halted ? 'trading is halted' : 'not filled in time', occasion(context, 'system'))
}

async function protectOne(context: AppContext, position: Position, working: readonly Order[], tries: Tries): Promise<void> {
  const mine = working.filter((order) => order.symbol === position.symbol && !isTerminal(order))
  const stops = stopsFor(mine, position)
  const shut = sessionAt(context.clock.now()) !== 'regular'
  const naked = position.quantity.minus(shares(stops.filter((stop) => isAtWork(stop, shut)))) as Quantity
  if (naked.lte(zero)) {
    context.status.nakedSince.delete(position.id)
    tries.delete(position.id)
    return unflag(context, position)
  }
  const since = context.status.nakedSince.get(position.id) ?? context.clock.now()
  context.status.nakedSince.set(position.id, since)
  const nakedMs = context.clock.now() - since
  const closing = closingOrder(working, position)
  if (closing) {
    if (nakedMs > closeDeadlineMs) await flag(context, position, naked, `its close is ${closing.status} and does not get through`)
    return
  }
  const meta = occasion(context, 'system', position.proposalId ?? position.id)
  if (position.stopLoss === null) {
    await flag(context, position, naked, 'it has no stop')
    if (isStray(position) && isDue(context, position, tries)) await requestClose(context, [position], 'external', meta)
    return
  }
  const late = nakedMs > context.settings().execution.protect_deadline_seconds * 1000
  const unclear = mine.find(isUnclear)
  if (late)
    await flag(
      context,
      position,
      naked,
      unclear ? `its ${unclear.role} order is ${unclear.statusWord}` : 'the protective orders do not come to rest',
    )
  // Such an order may hold the shares, or fill: a second one beside it could sell them twice.
  if (unclear) return
  // A working entry will bring its legs, legs that are still held will begin to work, and a pair may be on its way.
  const underWay = mine.some((order) => order.role === 'entry' || onItsWay.has(order.status))
  if (underWay || (!late && mine.some((order) => order.status === 'held')) || !isDue(context, position, tries)) return
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

const onItsWay: ReadonlySet<Order['status']> = new Set(['ready', 'sending', 'unknown'])

const stopsFor = (orders: readonly Order[], position: Position): readonly Order[] =>
  orders.filter((order) => order.role === 'stop' && order.side === exitSide(position.side))

/** While the exchange is shut, `done for the day` is how a stop rests. A held leg protects nothing yet, one that is being canceled nothing any more, and one that is on its way may be refused. */
const isAtWork = ({ status }: Order, shut: boolean): boolean =>
  status === 'accepted' || status === 'partially_filled' || status === 'pending_replace' || (shut && status === 'paused')

const isUnclear = ({ status, role }: Order): boolean => role !== 'entry' && (status === 'paused' || status === 'unrecognized')

const shares = (orders: readonly Order[]): Quantity => orders.reduce((sum, order) => sum.plus(remaining(order)) as Quantity, quantity('0'))

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
    trailPercent: null,
    extendedHours: false,
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
