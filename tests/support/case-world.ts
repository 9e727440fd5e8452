import { createSimulatedBroker } from '../../src/adapters/brokers/simulated.ts'
import { type Decimal, price, type Quantity, quantity, usd, zero } from '../../src/domain/decimal.ts'
import type { Order } from '../../src/domain/order.ts'
import { riskReducing } from '../../src/domain/risk/verdict.ts'
import type { Broker, BrokerActivity, BrokerExecution, BrokerOrder, BrokerUpdate, SubmitResult } from '../../src/ports/broker.ts'
import { memoryStore } from '../adapters/memory-store.ts'
import { silentLog } from './database.ts'
import { type Desk, type DeskMarket, deskMarket, deskSettings, openDesk } from './desk.ts'
import { memoryBooks } from './memory-books.ts'

/** What becomes of the next order that is sent. */
export type Fate = 'answer_lost' | 'never_arrives' | 'arrives_late' | 'filled_before_the_answer' | 'frozen_before_the_socket'

/**
 * One bot, one broker, and a hand on everything between them: what a case needs, whichever broker stands behind it. Time and prices
 * are moved by hand; every step ends when everything that it set off has been carried out.
 */
export interface CaseWorld {
  readonly desk: Desk
  readonly market: DeskMarket
  /** What the next placement meets. */
  next(fate: Fate): void
  /** What was held back arrives now. */
  arrive(): Promise<void>
  /** Whether look-ups by client id find anything. */
  lookups(see: boolean): void
  /** Whether the stream says anything. A broker that is silent still answers what it is asked. */
  stream(state: 'talking' | 'silent' | 'ended'): void
  /** Whether a cancel that is taken is carried out. */
  cancels(carriedOut: boolean): void
  /** How often each update is delivered. */
  repeat(times: number): void
  /** Says something of an order that works at the broker, or of its records. */
  tell(update: BrokerUpdate): Promise<void>
  /** Something in the broker's records that only a look at them shows. */
  record(activity: BrokerActivity): void
  /** How many shares more (fewer) the broker's list of positions counts after what is told; a broker that keeps real books knows itself. */
  adjust(symbol: string, shares: string): void
  /** Shares that nothing explains. */
  appear(symbol: string, shares: string): void
  /** Somebody closes shares on the broker's own page. */
  sellByHand(symbol: string, shares: Quantity): Promise<void>
  /** Requests that would place an order, by client id, in order. */
  readonly placed: readonly string[]
  atBroker(): Promise<readonly BrokerOrder[]>
  order(role: Order['role']): Promise<Order>
  /** Kills this process and starts another on the same books. */
  restart(): Promise<void>
  /** Another process on the same books, in fair weather. */
  second(): Promise<Desk>
  /** Time passes a second at a time, with everything that happens in it. */
  wait(seconds: number): Promise<void>
  reconcile(): Promise<void>
  close(): Promise<void>
}

export const beginning = '1970-01-01T00:00:00.000Z'

/** The simulated broker behind a line on which everything can go wrong. It never calls a look-up final: nor does one outside. */
export async function simulatedWorld(settings: object = {}): Promise<CaseWorld> {
  const market = deskMarket()
  const books = memoryBooks()
  const plain = await deskSettings(settings)
  const broker = await createSimulatedBroker({
    feed: market.data,
    clock: market.clock,
    store: memoryStore(),
    settings: () => plain,
    log: silentLog,
  })
  let fate: Fate | null = null
  let sees = true
  let stream: 'talking' | 'silent' | 'ended' = 'talking'
  let carriedOut = true
  let times = 1
  let listener: ((update: BrokerUpdate) => Promise<void>) | null = null
  let held: (() => Promise<void>)[] = []
  const records: BrokerActivity[] = []
  const adjusted = new Map<string, Decimal>()
  const placed: string[] = []
  await broker.connect(async (update) => {
    if (stream === 'talking') for (let i = 0; i < times; i++) await listener?.(update)
  })

  async function send(clientOrderId: string, submit: () => Promise<SubmitResult>): Promise<SubmitResult> {
    placed.push(clientOrderId)
    const met = fate
    fate = null
    switch (met) {
      case null:
        return submit()
      case 'answer_lost':
        await submit()
        throw new Error('504')
      case 'never_arrives':
        throw new Error('ECONNRESET')
      case 'arrives_late':
        held.push(async () => void (await submit()))
        throw new Error('timeout')
      case 'frozen_before_the_socket':
        await new Promise<void>((thaw) => held.push(async () => thaw()))
        return submit()
      case 'filled_before_the_answer': {
        const result = await submit()
        // It is told before the answer: whoever hears it waits for the answer.
        held.push(() => trading)
        const trading = market.trade('ACME')
        await new Promise((done) => setImmediate(done))
        return result
      }
    }
  }
  const line = (real: Broker): Broker => ({
    ...real,
    lookupsAreFinal: false,
    connect: async (hear) => {
      listener = (update) => hear(update, null)
    },
    connected: () => stream !== 'ended',
    disconnect: async () => undefined,
    submitEntry: (entry) => send(entry.ticket.clientOrderId, () => real.submitEntry(entry)),
    submitReducing: (order) => send(order.ticket.clientOrderId, () => real.submitReducing(order)),
    replace: (id, change) => send(change.clientOrderId, () => real.replace(id, change)),
    cancel: async (id) => (carriedOut ? real.cancel(id) : undefined),
    orderByClientId: async (id) => (sees ? real.orderByClientId(id) : null),
    openOrders: async () => (sees ? real.openOrders() : []),
    ordersSince: async (at) => (sees ? real.ordersSince(at) : []),
    activitiesSince: async (at) => [...(await real.activitiesSince(at)), ...records],
    async positions() {
      const plainly = (await real.positions()).map((p) => [p.symbol, p] as const)
      const symbols = new Set([...plainly.map(([symbol]) => symbol), ...adjusted.keys()])
      return [...symbols].flatMap((symbol) => {
        const found = plainly.find(([s]) => s === symbol)?.[1]
        const had = found ? (found.side === 'long' ? found.quantity : zero.minus(found.quantity)) : zero
        const now = had.plus(adjusted.get(symbol) ?? zero)
        const shown = { symbol, side: now.gte(zero) ? ('long' as const) : ('short' as const), quantity: now.abs() as Quantity }
        return now.eq(zero) ? [] : [{ ...shown, averageEntryPrice: found?.averageEntryPrice ?? price('100') }]
      })
    },
  })
  const start = (wrapBroker: (real: Broker) => Broker) =>
    openDesk(books, { market, broker, wrapBroker, settings: { risk: { duplicate_order: { seconds: 0 } }, ...settings } })
  let desk = await start(line)

  return {
    get desk() {
      return desk
    },
    market,
    placed,
    next: (wanted) => {
      fate = wanted
    },
    async arrive() {
      const due = held
      held = []
      for (const one of due) await one()
      await desk.app.settled()
    },
    lookups: (see) => {
      sees = see
    },
    stream: (state) => {
      stream = state
    },
    cancels: (done) => {
      carriedOut = done
    },
    repeat: (often) => {
      times = often
    },
    async tell(update) {
      await listener?.(update)
      await desk.app.settled()
    },
    record: (activity) => void records.push(activity),
    adjust: (symbol, shares) => void adjusted.set(symbol, quantity(shares)),
    appear: (symbol, shares) => void adjusted.set(symbol, quantity(shares)),
    async sellByHand(symbol, shares) {
      const ticket = { clientOrderId: `by-hand-${placed.length}`, symbol, side: 'sell' as const, type: 'market' as const, quantity: shares }
      const none = {
        limitPrice: null,
        stopPrice: null,
        trailPercent: null,
        extendedHours: false,
        bracket: null,
        timeInForce: 'day' as const,
      }
      await broker.submitReducing(riskReducing({ ...ticket, ...none }, { symbol, side: 'long', quantity: shares }))
    },
    atBroker: () => broker.ordersSince(beginning),
    order: async (role) => named(await desk.orders(), role),
    async restart() {
      listener = null
      await desk.app.stop()
      desk = await start(line)
    },
    second: () => start((real) => ({ ...real, lookupsAreFinal: false, connect: async () => undefined })),
    async wait(seconds) {
      for (let i = 0; i < seconds; i++) {
        await market.pass(1)
        await desk.app.tendOrders()
        await desk.app.settled()
      }
    },
    async reconcile() {
      await desk.app.reconcile()
      await desk.app.settled()
    },
    close: () => desk.app.stop(),
  }
}

export function named(orders: readonly Order[], role: Order['role']): Order {
  const found = orders.find((order) => order.role === role)
  if (!found) throw new Error(`no ${role} order: ${orders.map((order) => `${order.role} ${order.status}`)}`)
  return found
}

/** An execution of an order, as the broker would tell it. */
export const executionOf = (order: Order, executionId: string, shares: Quantity, at: string): BrokerExecution => ({
  executionId,
  reportedAs: executionId,
  brokerOrderId: order.brokerOrderId ?? '',
  symbol: order.symbol,
  side: order.side,
  quantity: shares,
  price: order.limitPrice ?? order.stopPrice ?? price('100'),
  fees: usd('0'),
  at,
})
