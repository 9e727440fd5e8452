import { drawCard } from '../../src/app/draw-card.ts'
import { type Decimal, quantity, zero } from '../../src/domain/decimal.ts'
import { isTerminal, type Order, remaining } from '../../src/domain/order.ts'
import type { BrokerOrder } from '../../src/ports/broker.ts'
import type { StoredEvent } from '../../src/ports/event-store.ts'
import type { Storm } from './storm.ts'

const signed = (side: string, shares: Decimal): Decimal => (side === 'buy' || side === 'long' ? shares : zero.minus(shares))
const sumBy = (items: readonly (readonly [string, Decimal])[]): ReadonlyMap<string, Decimal> => {
  const sums = new Map<string, Decimal>()
  for (const [key, amount] of items) sums.set(key, (sums.get(key) ?? zero).plus(amount))
  return sums
}
const listed = (sums: ReadonlyMap<string, Decimal>): string =>
  [...sums]
    .filter(([, amount]) => !amount.eq(zero))
    .map(([key, amount]) => `${key} ${amount.toFixed()}`)
    .sort()
    .join(', ')

const ordersOf = async ({ books }: Storm): Promise<readonly Order[]> => (await books.read.orders({}, { limit: 100_000 })).items
const beginning = '1970-01-01T00:00:00.000Z'
const isEntryAtBroker = (order: BrokerOrder): boolean => order.parentBrokerOrderId === null && order.ticket.side === 'buy'

/** What holds at every moment, whatever is under way. @returns what does not, in words. */
export async function brokenNow(storm: Storm): Promise<readonly string[]> {
  const [atBroker, ours] = [await storm.broker.ordersSince(beginning), await ordersOf(storm)]
  const entries = atBroker.filter(isEntryAtBroker)
  const byClient = new Map(ours.map((order) => [order.clientOrderId, order]))
  return [
    ...moreThanOne(entries.map((order) => order.clientOrderId.replace(/-v\d+$/, ''))).map((id) => `two entries for ${id}`),
    ...moreThanOne(ours.flatMap((order) => order.brokerOrderId ?? [])).map((id) => `two orders of ours are ${id}`),
    ...entries.flatMap((order) => unreserved(order, byClient.get(order.clientOrderId))),
    ...unapproved(storm.books.events()),
    ...sentInHalt(storm.books.events()),
  ]
}

const moreThanOne = (values: readonly string[]): readonly string[] => values.filter((value, i) => values.indexOf(value) !== i)

/** What may still be bought at the broker is counted here. */
function unreserved(atBroker: BrokerOrder, ours: Order | undefined): readonly string[] {
  if (!ours) return [`${atBroker.clientOrderId} is at the broker and not on the books`]
  if (isTerminal(atBroker)) return []
  const left = atBroker.ticket.quantity.minus(atBroker.filledQuantity)
  if (!isTerminal(ours) && remaining(ours).gte(left)) return []
  return [`${ours.id} is ${ours.status} with ${remaining(ours).toFixed()} left here, and may still buy ${left.toFixed()}`]
}

function unapproved(events: readonly StoredEvent[]): readonly string[] {
  const approved = new Set<string>()
  return events.flatMap(({ event, streamId, actor }) => {
    if (event.type === 'ProposalApproved' && actor.startsWith('console:')) approved.add(event.orderId)
    if (event.type === 'OrderPrepared' && event.role === 'entry' && !approvedSomewhere(events, streamId))
      return [`${streamId} has no approval`]
    return []
  })
}
const approvedSomewhere = (events: readonly StoredEvent[], orderId: string): boolean =>
  events.some(({ event, actor }) => event.type === 'ProposalApproved' && event.orderId === orderId && actor.startsWith('console:'))

function sentInHalt(events: readonly StoredEvent[]): readonly string[] {
  const entries = new Set<string>()
  let halted = false
  return events.flatMap(({ event, streamId }) => {
    if (event.type === 'OrderPrepared' && event.role === 'entry') entries.add(streamId)
    if (event.type === 'TradingHalted') halted = true
    if (event.type === 'TradingResumed') halted = false
    return halted && event.type === 'OrderSubmitted' && entries.has(streamId) ? [`${streamId} was sent while halted`] : []
  })
}

/** What holds once everything has come to rest. */
export async function brokenAtRest(storm: Storm): Promise<readonly string[]> {
  return [
    ...(await brokenNow(storm)),
    ...(await ledgerApart(storm)),
    ...(await unguarded(storm)),
    ...(await ordersApart(storm)),
    ...(await cardsThatLie(storm)),
  ]
}

async function ledgerApart({ books, broker }: Storm): Promise<readonly string[]> {
  const orders = new Map((await ordersOf({ books } as Storm)).map((order) => [order.id, order]))
  const fills = books.events().flatMap(({ event, streamId }) => {
    if (event.type !== 'OrderFilled' && event.type !== 'OrderPartiallyFilled') return []
    const order = orders.get(streamId)
    return order ? [{ id: event.executionId, symbol: order.symbol, amount: signed(order.side, quantity(event.quantity)) }] : []
  })
  const told = (await broker.activitiesSince(beginning)).flatMap((a) => (a.type === 'execution' ? [a.execution] : []))
  const here = sumBy(fills.map(({ symbol, amount }) => [symbol, amount] as const))
  const there = sumBy((await broker.positions()).map((p) => [p.symbol, signed(p.side, p.quantity)] as const))
  const held = sumBy((await books.read.openPositions()).map((p) => [p.symbol, signed(p.side, p.quantity)] as const))
  const wrong: string[] = []
  if (listed(here) !== listed(held)) wrong.push(`fills add up to [${listed(here)}], positions to [${listed(held)}]`)
  if (listed(held) !== listed(there)) wrong.push(`positions here [${listed(held)}], at the broker [${listed(there)}]`)
  const ids = fills.map(({ id }) => id)
  if (new Set(ids).size !== ids.length) wrong.push('a fill is in the ledger twice')
  const missing = told.filter(({ executionId }) => !ids.includes(executionId))
  return [...wrong, ...missing.map(({ executionId }) => `execution ${executionId} is not in the ledger`)]
}

async function unguarded({ books, broker }: Storm): Promise<readonly string[]> {
  const working = await broker.openOrders()
  return (await books.read.openPositions()).flatMap((position) => {
    const stops = working.filter((o) => o.ticket.symbol === position.symbol && o.ticket.type === 'stop' && o.status === 'accepted')
    const guarded = stops.reduce((sum, o) => sum.plus(o.ticket.quantity).minus(o.filledQuantity), zero)
    return position.unprotected || guarded.gte(position.quantity)
      ? []
      : [`${position.quantity.toFixed()} ${position.symbol} with a stop for ${guarded.toFixed()}, not flagged`]
  })
}

async function ordersApart(storm: Storm): Promise<readonly string[]> {
  const atBroker = new Map((await storm.broker.openOrders()).map((order) => [order.brokerOrderId, order]))
  const ours = (await ordersOf(storm)).filter((order) => !isTerminal(order))
  const halted = (await storm.books.read.tradingState()).state === 'halted'
  const known = new Set(ours.map(({ brokerOrderId }) => brokerOrderId))
  return [
    ...ours
      .filter((o) => o.brokerOrderId !== null && !atBroker.has(o.brokerOrderId))
      .map((o) => `${o.id} ${o.status} is not at the broker`),
    ...[...atBroker.values()].filter((o) => !known.has(o.brokerOrderId)).map((o) => `${o.clientOrderId} works at the broker, not here`),
    ...(halted ? [...atBroker.values()].filter(isEntryAtBroker).map((o) => `entry ${o.clientOrderId} works in a halt`) : []),
  ]
}

/** Each card that stands is what would be drawn now. */
async function cardsThatLie({ told, desk, books }: Storm): Promise<readonly string[]> {
  const standing = new Map(told.map((card) => [card.key, card]))
  const { items } = await books.read.proposals({}, { limit: 10_000 })
  const wrong = await Promise.all(
    items.map(async ({ id, status }) => {
      const shown = standing.get(`proposal:${id}`)
      const { card } = await drawCard(desk.app, { card: null, cardKey: `proposal:${id}` })
      if (shown === undefined) return [`the card of ${id} (${status}) was never posted`]
      return shown.title === card.title ? [] : [`the card of ${id} says "${shown.title}", not "${card.title}"`]
    }),
  )
  return wrong.flat()
}
