import type { Settings } from '../../config/settings.ts'
import { price, usd } from '../../domain/decimal.ts'
import type { OrderTicket } from '../../domain/order.ts'
import { activityAt, type Broker, type BrokerActivity, BrokerError, type SubmitResult } from '../../ports/broker.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyValueStore } from '../../ports/key-value.ts'
import type { SendPermit } from '../../ports/leadership.ts'
import type { MarketFeed } from '../../ports/market-feed.ts'
import { Book } from './simulated/book.ts'
import { createDelivery } from './simulated/delivery.ts'
import { place, successor } from './simulated/placement.ts'
import { isoOf, isWorking, type OrderRecord, toBrokerOrder } from './simulated/records.ts'
import { accountView, malformed, reckonedPrice, refuseEntry, refuseReducing, rejected, sharesHeld } from './simulated/rules.ts'
import { settleTick } from './simulated/settle.ts'
import { createWriter } from './simulated/writer.ts'

const namespace = 'broker:simulated'

export interface SimulatedBrokerOptions {
  readonly feed: MarketFeed
  readonly clock: Clock
  readonly store: KeyValueStore
  /** Read at each use: fees, rates and margin may change while it runs; the opening cash counts once. */
  readonly settings: () => Settings
  readonly log: { warn(facts: object, message: string): void }
}

/** What can be told again, oldest first: executions before the splits of their moment. */
function activitiesOf(book: Book): readonly BrokerActivity[] {
  const executions = [...book.executions.values()].map((execution) => ({ type: 'execution' as const, execution }))
  return [...executions, ...book.splits.values()].sort((a, b) => activityAt(a).localeCompare(activityAt(b)))
}

/**
 * A broker that behaves like an outside one: what it accepted it remembers, whatever happens to this process, because
 * everything is stored before it is acknowledged or told. Fills follow the project's fill rules on the feed's bars.
 * As at real brokers: ending one of a bracket's legs ends the other, and shares that legs hold cannot be closed again
 * (`held_for_orders`) until the legs are canceled.
 */
export async function createSimulatedBroker(options: SimulatedBrokerOptions): Promise<Broker> {
  const { feed, clock, store, settings, log } = options
  const delivery = createDelivery(log)
  const writer = createWriter(store, namespace, delivery.push)
  const opening = { cash: usd(settings().simulation.cash), sequence: 0, time: clock.now() }
  const book = new Book(await store.load(namespace), opening, writer.pending)

  const simulation = (): Settings['simulation'] => settings().simulation
  const answer = (order: OrderRecord, outcome: 'accepted' | 'duplicate'): SubmitResult => ({
    outcome,
    order: toBrokerOrder(order),
    legs: book.legsOf(order.id).map(toBrokerOrder),
  })

  feed.follow({
    wanted: () => book.workingSymbols(),
    async tick(tick) {
      settleTick(book, feed, tick, simulation())
      await writer.commit()
      if (feed.manual) await delivery.drained()
    },
  })

  /** The answer leaves only when what it says is stored. */
  const stored = async (result: SubmitResult): Promise<SubmitResult> => {
    try {
      await writer.commit()
      return result
    } catch (error) {
      return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) }
    }
  }
  const startCancel = (order: OrderRecord, now: number): void =>
    book.tellOrder(book.put({ ...order, status: 'pending_cancel', cancelAt: now + simulation().latency_ms, changedAt: now }))
  const known = (clientOrderId: string): SubmitResult | null => {
    const order = book.byClientId(clientOrderId)
    if (order) return answer(order, 'duplicate')
    if (!book.forgottenClientIds.has(clientOrderId)) return null
    return rejected('duplicate_client_order_id', `${clientOrderId} was used by an order that ended days ago`)
  }
  const submit = async (ticket: OrderTicket, reducing: boolean, permit?: SendPermit): Promise<SubmitResult> => {
    const late = withheld(permit)
    if (late) return late
    const before = known(ticket.clientOrderId)
    if (before) return stored(before)
    const base = reckonedPrice(ticket, feed)
    const refusal = malformed(ticket, feed) ?? (reducing ? refuseReducing(ticket, book) : refuseEntry(ticket, base, book, feed, settings()))
    if (refusal) return refusal
    const { order } = place(book, { ticket, reducing, reservedPrice: base ?? price('0'), now: clock.now() }, simulation())
    return stored(answer(order, 'accepted'))
  }

  return {
    name: 'simulated',
    mode: 'sim',
    lookupsAreFinal: true,
    async connect(listener) {
      delivery.listen(listener)
    },
    async disconnect() {
      await writer.commit()
      await delivery.drained()
      delivery.listen(null)
    },
    connected: () => delivery.listening(),
    account: async () => accountView(book, feed, simulation().margin),
    positions: async () =>
      [...book.positions.values()].map((p) => ({
        symbol: p.symbol,
        side: p.side,
        quantity: p.quantity,
        averageEntryPrice: book.averagePrice(p),
      })),
    openOrders: async () => book.allWorking().map(toBrokerOrder),
    async orderByClientId(clientOrderId) {
      const order = book.byClientId(clientOrderId)
      return order && { order: toBrokerOrder(order), legs: book.legsOf(order.id).map(toBrokerOrder) }
    },
    ordersSince: async (at) => [...book.orders.values()].map(toBrokerOrder).filter((order) => order.at >= isoOf(Date.parse(at))),
    activitiesSince: async (at) => activitiesOf(book).filter((activity) => activityAt(activity) >= isoOf(Date.parse(at))),
    submitEntry: ({ ticket }, permit) => submit(ticket, false, permit),
    submitReducing: ({ ticket }, permit) => submit(ticket, true, permit),
    async cancel(brokerOrderId) {
      const order = book.orders.get(brokerOrderId)
      if (!order) throw new BrokerError('permanent', `no order ${brokerOrderId} at the simulated broker`)
      if (!isWorking(order) || order.status === 'pending_cancel') return
      startCancel(order, clock.now())
      await writer.commit()
    },
    async cancelEverything() {
      const now = clock.now()
      for (const order of book.allWorking()) if (order.status !== 'pending_cancel') startCancel(order, now)
      await writer.commit()
      return []
    },
    async replace(brokerOrderId, change, permit) {
      const late = withheld(permit)
      if (late) return late
      const before = known(change.clientOrderId)
      if (before) return stored(before)
      const old = book.orders.get(brokerOrderId)
      if (!old || !isWorking(old)) return rejected('order_not_open', `order ${brokerOrderId} is ${old?.status ?? 'not known'}`)
      if (old.status === 'pending_cancel') return rejected('order_not_open', `order ${brokerOrderId} is about to be canceled`)
      if (!old.reducing) return rejected('not_replaceable', 'only protective and closing orders can be replaced')
      const now = clock.now()
      const next = successor(book, old, change, now, simulation().latency_ms)
      const others = sharesHeld(book.working(old.symbol).filter((o) => o.id !== old.id && (old.group === null || o.group !== old.group)))
      const room = book.positions.get(old.symbol)?.quantity.minus(others)
      const refusal = malformed({ ...toBrokerOrder(next).ticket, bracket: null }, feed)
      if (refusal) return refusal
      if (old.heldBy === null && (!room || next.quantity.gt(room)))
        return rejected('insufficient_quantity', `the position has no ${next.quantity.toFixed()} ${old.symbol} free`)
      book.tellOrder(book.put({ ...old, status: 'replaced', changedAt: now }), 'replaced')
      return stored(answer(book.put(next), 'accepted'))
    },
  }
}

/** Nothing waits between here and the book. */
function withheld(permit: SendPermit | undefined): SubmitResult | null {
  const reason = permit?.obstacle() ?? null
  return reason === null ? null : { outcome: 'unknown', reason }
}
