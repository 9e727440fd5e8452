import { createSimulatedBroker } from '../../src/adapters/brokers/simulated.ts'
import { type AppContext, freshStatus } from '../../src/app/context.ts'
import { createApp, type RunningApp } from '../../src/app/create-app.ts'
import { createNames } from '../../src/app/names.ts'
import { createMembership } from '../../src/app/people.ts'
import { createWatermark } from '../../src/app/watermark.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { Settings } from '../../src/config/settings.ts'
import type { AlertContent } from '../../src/domain/alert.ts'
import { fromNumber, type Price, price } from '../../src/domain/decimal.ts'
import type { Order } from '../../src/domain/order.ts'
import type { Position } from '../../src/domain/position.ts'
import type { Proposal } from '../../src/domain/proposal.ts'
import { checks, loadPlugins, sizingMethods } from '../../src/plugins.ts'
import type { Broker } from '../../src/ports/broker.ts'
import type { Card, Chat } from '../../src/ports/chat.ts'
import type { EventMeta, EventStore } from '../../src/ports/event-store.ts'
import type { KeyValueStore } from '../../src/ports/key-value.ts'
import type { Leadership } from '../../src/ports/leadership.ts'
import type { Bar, MarketData, Quote, Security } from '../../src/ports/market-data.ts'
import type { FeedFollower, MarketFeed } from '../../src/ports/market-feed.ts'
import type { Outbox } from '../../src/ports/outbox.ts'
import type { ReadModel, SecurityStore } from '../../src/ports/read-model.ts'
import { noon } from './samples.ts'
import { soleLeader } from './sole-leader.ts'

const dayMs = 86_400_000
const security = (symbol: string, over: Partial<Security> = {}): Security => ({
  symbol,
  name: `${symbol} Incorporated`,
  exchange: 'SIM',
  sector: 'Industrials',
  tradable: true,
  shortable: true,
  averageDailyVolume: 1e6,
  marketCap: null,
  ...over,
})

/** A market whose prices and time are moved by hand. Daily bars have a true range of $2, so plans put the stop $3 away. */
export function deskMarket() {
  const half = price('0.01')
  const followers = new Set<FeedFollower>()
  const securities = new Map(['ACME', 'BETA', 'CORE'].map((symbol) => [symbol, security(symbol)]))
  const prices = new Map<string, Price>()
  const halted = new Set<string>()
  let now = noon
  let quoting = true
  const lastOf = (symbol: string): Price => prices.get(symbol) ?? price('100')
  const lastQuote = (symbol: string): Quote | null => {
    if (!quoting || !securities.has(symbol)) return null
    const last = lastOf(symbol)
    return { symbol, bid: last.minus(half) as Price, ask: last.plus(half) as Price, last, at: now, bidSize: 100, askSize: 100 }
  }
  const bar = (at: number, [open, high, low, close]: readonly [number, number, number, number], volume: number): Bar => ({
    at,
    open: fromNumber(open, 2) as Price,
    high: fromNumber(high, 2) as Price,
    low: fromNumber(low, 2) as Price,
    close: fromNumber(close, 2) as Price,
    volume,
  })
  const data: MarketData & MarketFeed = {
    name: 'desk',
    feed: 'sim',
    manual: true,
    securities: async () => [...securities.values()],
    quote: async (symbol) => lastQuote(symbol),
    quotes: async (symbols) => symbols.map(lastQuote),
    bars: async (_symbol, timeframe, count, end = now) =>
      Array.from({ length: count }, (_, i) => {
        const step = timeframe === '1d' ? dayMs : 60_000
        return bar(end - (count - i) * step, [100, 101, 99, 100], timeframe === '1d' ? 390_000 : 2_000)
      }),
    isHalted: async (symbol) => halted.has(symbol),
    heardAt: () => now,
    lastQuote,
    knownSecurity: (symbol) => securities.get(symbol) ?? null,
    splitsBetween: () => [],
    follow(follower) {
      followers.add(follower)
      return () => followers.delete(follower)
    },
  }
  const tick = async (to: number, traded: string | null, available: number): Promise<void> => {
    const from = now
    now = to
    for (const follower of followers) {
      const symbols = traded === null ? [] : [...follower.wanted()].filter((symbol) => symbol === traded)
      const bars = symbols.map((symbol) => {
        const at = lastOf(symbol)
        return {
          symbol,
          bar: { at: from, open: at, high: at, low: at, close: at, volume: available * 10 },
          end: now,
          halfSpread: half,
          available,
        }
      })
      await follower.tick({ at: now, bars })
    }
  }
  return {
    data,
    clock: { now: () => now, speed: 1 },
    halted,
    /** One more symbol. */
    list: (symbol: string) => securities.set(symbol, security(symbol)),
    /** Moves the price without any trading. */
    set: (symbol: string, at: string) => prices.set(symbol, price(at)),
    /** Whether there are quotes at all. */
    quoting: (on: boolean) => {
      quoting = on
    },
    /** One second in which shares of one symbol trade at its price. */
    trade: (symbol: string, at: string | null = null, available = 10_000): Promise<void> => {
      if (at !== null) prices.set(symbol, price(at))
      return tick(now + 1_000, symbol, available)
    },
    /** Time passes without trading. */
    pass: (seconds: number): Promise<void> => tick(now + seconds * 1_000, null, 0),
    /** Jumps to a moment, ISO 8601. */
    at: (iso: string): Promise<void> => tick(Date.parse(iso), null, 0),
  }
}
export type DeskMarket = ReturnType<typeof deskMarket>

/** Where a desk keeps everything: a database, or memory. */
export interface DeskBooks {
  readonly store: EventStore
  readonly read: ReadModel
  readonly outbox: Outbox
  readonly keyValue: KeyValueStore
  readonly securities: SecurityStore
}

export interface Desk {
  readonly app: RunningApp
  readonly market: DeskMarket
  /** What the simulated broker itself says, whatever stands in between. */
  readonly broker: Broker
  /** What the console was told, but for the pinned line. */
  readonly cards: readonly Card[]
  readonly logged: readonly { readonly level: string; readonly facts: object; readonly message: string }[]
  by(actor?: string): EventMeta
  /** Raises an alert and waits until it is judged. */
  alert(over?: Partial<AlertContent>): Promise<string>
  /** The newest proposal of a symbol. */
  proposal(symbol?: string): Promise<Proposal>
  approve(symbol?: string): Promise<Proposal>
  /** An alert that was approved and filled, with its legs at work. */
  hold(symbol?: string, over?: Partial<AlertContent>): Promise<Position>
  orders(symbol?: string): Promise<readonly Order[]>
  /** `role status` of every order, sorted. */
  statuses(symbol?: string): Promise<readonly string[]>
  /** Trades some shares, lets everything that follows happen, tends the orders. */
  turn(symbol?: string, at?: string | null, available?: number): Promise<void>
  stop(): Promise<void>
}

export interface DeskOptions {
  readonly settings?: object
  /** Where what the console is told goes, when several desks tell the same console. */
  readonly cards?: Card[]
  /** A broker that outlives the desk; otherwise each desk has its own. */
  readonly broker?: Broker
  readonly wrapBroker?: (broker: Broker) => Broker
  /** False: the app is built but not started. */
  readonly start?: boolean
  readonly market?: DeskMarket
  /** Whether the chat takes nothing right now. */
  readonly chatFails?: () => boolean
  /** Further chats; the database must know their names. */
  readonly chats?: readonly Chat[]
  /** Whether it leads, and what others may still send. */
  readonly lead?: Leadership
}

let stories = 0
const plain = { partial_fill_rate: 0, reject_rate: 0, latency_ms: 0 }

const load = async () => {
  const [armed, methods] = [await loadPlugins(checks), await loadPlugins(sizingMethods)]
  return { armed, methods, schema: configSchema(armed, methods) }
}
let plugins: ReturnType<typeof load> | undefined
const loaded = () => {
  plugins ??= load()
  return plugins
}

export async function deskSettings(over: object = {}): Promise<Settings> {
  return (await loaded()).schema.parse({ simulation: plain, ...over })
}

/** The real use cases on a real store and the simulated broker, in a market moved by hand. */
export async function openDesk(database: DeskBooks, options: DeskOptions = {}): Promise<Desk> {
  const { store, read, outbox, keyValue } = database
  const { armed, methods } = await loaded()
  const settings = await deskSettings(options.settings)
  const market = options.market ?? deskMarket()
  const { data, clock } = market
  const logged: { level: string; facts: object; message: string }[] = []
  const write = (level: string) => (facts: object, message: string) => {
    logged.push({ level, facts, message })
  }
  const log = { info: write('info'), warn: write('warn'), error: write('error'), debug: write('debug') }
  const broker = options.broker ?? (await createSimulatedBroker({ feed: data, clock, store: keyValue, settings: () => settings, log }))
  await database.securities.saveSecurities(await data.securities())
  const sizing = methods.find(({ name }) => name === settings.sizing.method)
  if (!sizing) throw new Error('no such sizing method')
  const context: AppContext = {
    clock,
    store,
    read,
    broker: options.wrapBroker?.(broker) ?? broker,
    market: data,
    log,
    names: await createNames(keyValue, log),
    lead: options.lead ?? soleLeader,
    watermark: await createWatermark(keyValue, 'desk'),
    settings: () => settings,
    checks: () => armed.map((check) => ({ check, limits: settings.risk[check.code.toLowerCase()] })),
    sizing: () => ({ method: sizing, settings: settings.sizing[sizing.name] }),
    status: freshStatus(),
  }
  const cards = options.cards ?? []
  const chat = {
    name: 'console',
    start: async () => undefined,
    stop: async () => undefined,
    connected: () => true,
    deliver: async (card: Card) => {
      if (options.chatFails?.()) throw new Error('too many requests')
      if (card.kind !== 'status') cards.push(card)
      return { reference: card.key }
    },
  }
  const membership = createMembership({ store, read, settings: () => settings, log, owners: ['console:local'] })
  const app = createApp({ context, outbox, chats: () => [chat, ...(options.chats ?? [])], membership })
  if (options.start !== false) await app.start()
  await app.settled()

  const by = (actor = 'console:local'): EventMeta => ({
    actor,
    correlationId: `test-${++stories}`,
    causationId: null,
    occurredAt: new Date(clock.now()).toISOString(),
  })
  const desk: Desk = {
    app,
    market,
    broker,
    cards,
    logged,
    by,
    async alert(over = {}) {
      const { alertId } = await app.raiseAlert(story(clock.now(), over), by('source:test'))
      await app.settled()
      return alertId
    },
    async proposal(symbol = 'ACME') {
      const { items } = await read.proposals({}, { limit: 50 })
      const found = items.find((p) => p.symbol === symbol)
      if (!found) throw new Error(`no proposal for ${symbol}`)
      return found
    },
    async approve(symbol = 'ACME') {
      const { id, terms } = await desk.proposal(symbol)
      const result = await app.approve(id, { version: terms.version }, by())
      if (result.outcome !== 'approved') throw new Error(`${symbol} was not approved: ${JSON.stringify(result)}`)
      await app.settled()
      return result.proposal
    },
    async hold(symbol = 'ACME', over = {}) {
      await desk.alert({ symbol, ...over })
      await desk.approve(symbol)
      await desk.turn(symbol)
      const position = await read.openPosition(symbol)
      if (!position) throw new Error(`no position in ${symbol}: ${await desk.statuses(symbol)}`)
      return position
    },
    async orders(symbol = 'ACME') {
      const { items } = await read.orders({}, { limit: 200 })
      return items.filter((order) => order.symbol === symbol)
    },
    async statuses(symbol = 'ACME') {
      return (await desk.orders(symbol)).map((order) => `${order.role} ${order.status}`).sort()
    },
    async turn(symbol = 'ACME', at = null, available = 10_000) {
      await market.trade(symbol, at, available)
      await app.settled()
      await app.tendOrders()
      await app.settled()
    },
    async stop() {
      await app.stop()
      await broker.disconnect()
    },
  }
  return desk
}

const story = (now: number, over: Partial<AlertContent>): AlertContent => ({
  sourceId: `story-${++stories}`,
  source: 'test-wire',
  symbol: 'ACME',
  headline: `Something new, number ${stories}`,
  summary: null,
  category: 'contract',
  side: 'buy',
  confidence: 0.9,
  catalystScore: 0.8,
  factors: [],
  entryPrice: null,
  stopLoss: null,
  takeProfit: null,
  url: null,
  publishedAt: new Date(now).toISOString(),
  ...over,
})
