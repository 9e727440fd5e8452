/**
 * Alpaca in this process, for tests that use the real client library: the trading REST API v2, the trade-updates
 * socket, the market-data REST API and sockets, all on one real port. It holds one account's state and enforces
 * Alpaca's rules; it fills by the same rules as the simulated broker (`src/domain/matching`).
 *
 *     const alpaca = await startAlpacaEmulator({ cash: '50000' })
 *     alpaca.access                                   // the environment, by its variables' names
 *     alpaca.world.setQuote('ACME', '9.99', '10.01')  // lists the asset; working orders meet every quote
 *     alpaca.conduct.fills = 'manual'                 // … unless only tests fill
 *     alpaca.world.fillOrder('my-client-id')          // by either id; also partialFill, rejectOrder, setStatus
 *     alpaca.conduct.cancels = 'hold'                 // an order stays pending_cancel until completeCancel / refuseCancel
 *     alpaca.world.advance(3_600_000)                 // its clock moves only so (or with `now`); day orders expire
 *     alpaca.faults.drop({ method: 'POST', path: /orders$/, when: 'after' })   // accepted, answer lost
 *     alpaca.hideOrders(30_000)                       // the next order: 404 until half a minute has passed
 *     alpaca.trades.silent = true                     // also hold/release, lose, duplicate, endCleanly, cut, refusing
 *     alpaca.market.article({ headline, symbols })     // also trade, minute, day, history, luld, correct; data and news are their sockets
 *     await alpaca.until(() => alpaca.trades.listening === 1)
 *     alpaca.requests                                 // everything received, with what was answered
 *     alpaca.checks.report()                          // checked N responses, M requests, 0 violations
 *
 * A step that follows a request (new after pending_new, canceled after pending_cancel, a fill) happens when its
 * answer is out: first the answer, then the event. With `faults.slow(ms, { when: 'after' })` and a fill by hand the
 * event comes first.
 *
 * Assumptions where Alpaca says nothing: a replacement's quantity is what is left to trade, and starts unfilled; a
 * bust takes the FILL activity away and leaves the order canceled; a bracket's replaced leg leaves the parent's legs.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sessionAt } from '../../src/domain/calendar.ts'
import type { FeeSchedule } from '../../src/domain/fees.ts'
import { createAccountRoutes } from './alpaca/account-routes.ts'
import { AlpacaBook } from './alpaca/book.ts'
import { type Checks, createChecks } from './alpaca/checks.ts'
import { createDataRoutes } from './alpaca/data-routes.ts'
import { createDataStream, type DataStream } from './alpaca/data-stream.ts'
import { type Conduct, createDesk } from './alpaca/desk.ts'
import { createFaults, type Faults } from './alpaca/faults.ts'
import { createHandler, type RecordedRequest } from './alpaca/http.ts'
import { Market } from './alpaca/market.ts'
import { createRateLimit, type RateLimit } from './alpaca/rate-limit.ts'
import type { EmulatedOrder } from './alpaca/records.ts'
import { createClock, createQueue, createWaits, refuseKeys } from './alpaca/runtime.ts'
import { serveSockets } from './alpaca/sockets.ts'
import { tally } from './alpaca/tally.ts'
import { createTell } from './alpaca/telling.ts'
import { createTradeStream, type TradeStream } from './alpaca/trade-stream.ts'
import { createOrderRoutes, createPositionRoutes } from './alpaca/trading-routes.ts'
import { barOf, createVenue } from './alpaca/venue.ts'
import { createWorld, type World } from './alpaca/world.ts'

export interface AlpacaEmulatorOptions {
  /** Which environment this is: its keys are good here, the other's are refused with 403. Default paper. */
  readonly environment?: 'paper' | 'live'
  /** The moment it starts at, epoch milliseconds. Default 2026-03-03T15:00:00Z, a Tuesday, 10:00 in New York. */
  readonly startAt?: number
  /** Follows this clock (`advance` then adds to it); by default time stands still until a test moves it. */
  readonly now?: () => number
  /** Opening cash, USD. Default 100000. */
  readonly cash?: string
  /** Requests of the account; null: none are counted. Default 200 a minute of real time, trading and data apart. */
  readonly rateLimit?: RateLimit | null
  /** How many orders fill in parts, 0 to 1 (paper: 0.1). Default 0, so that tests say themselves what is filled. */
  readonly partialFillRate?: number
  readonly seed?: number
  /** Booked as FEE activities when the day ends. Default none, as in paper. */
  readonly fees?: FeeSchedule | null
  /** The market-data plan: free has IEX alone, 30 symbols and no recent SIP. Default free. */
  readonly plan?: 'free' | 'paid'
  /** Longer addresses meet a 414. Default 8192. */
  readonly maxUrlBytes?: number
  readonly conduct?: Partial<Conduct>
  /** Whether `status=open&nested=true` shows a filled entry whose legs still work. Default true. */
  readonly showsFamilies?: boolean
}

export interface AlpacaEmulator {
  /** What the environment says, by the names of the variables. */
  readonly access: {
    readonly APCA_API_KEY_ID: string
    readonly APCA_API_SECRET_KEY: string
    readonly APCA_API_BASE_URL: string
    readonly APCA_API_DATA_URL: string
    readonly APCA_API_STREAM_URL: string
    readonly APCA_DATA_STREAM_URL: string
  }
  /** Keys of the other environment: well-formed, and of no use here. */
  readonly otherKeys: { readonly keyId: string; readonly secret: string }
  readonly book: AlpacaBook
  readonly world: World
  readonly conduct: Conduct
  readonly faults: Faults
  /** What the market-data APIs know: history, trades, bars, halts, articles. Quotes come from `world.setQuote`. */
  readonly market: Market
  readonly trades: TradeStream
  readonly data: DataStream
  readonly news: DataStream
  readonly requests: readonly RecordedRequest[]
  readonly checks: Checks
  /** May be changed while it runs. */
  rateLimit: RateLimit | null
  /** The next `count` orders that arrive cannot be looked up for `ms` of the emulator's time. */
  hideOrders(ms: number, count?: number): void
  /** The orders of one symbol, or all, oldest first. */
  orders(symbol?: string): readonly EmulatedOrder[]
  /** Resolves true once it holds, false after `ms` of real time. */
  until(holds: () => boolean, ms?: number): Promise<boolean>
  stop(): Promise<void>
}

const keys = {
  paper: { keyId: 'PKS3CR3TPAPER0000001', secret: 'paper-s3cr3t-of-the-emulator-0000000000' },
  live: { keyId: 'AKS3CR3TLIVE00000001', secret: 'live-s3cr3t-of-the-emulator-00000000000' },
} as const

/** Alpaca's trading and market-data APIs in this process, on real sockets. */
export async function startAlpacaEmulator(options: AlpacaEmulatorOptions = {}): Promise<AlpacaEmulator> {
  const { environment = 'paper', startAt = Date.parse('2026-03-03T15:00:00Z'), fees = null } = options
  const clock = createClock(options.now ?? (() => startAt))
  const conduct: Conduct = { fills: 'auto', accepts: 'auto', cancels: 'auto', replaces: 'auto', ...options.conduct }
  const book = new AlpacaBook(options.cash ?? '100000')
  if (environment === 'live') book.accountNumber = '123456781'
  const faults = createFaults()
  const checks = createChecks()
  tally.add(checks)
  const requests: RecordedRequest[] = []
  const waits = createWaits()
  const own = keys[environment]
  const other = keys[environment === 'paper' ? 'live' : 'paper']
  const knows = (key: unknown, secret: unknown): boolean => key === own.keyId && secret === own.secret
  const trades = createTradeStream({ knows, onChange: waits.look })
  const account = { plan: options.plan ?? 'free' }
  const plan = (): 'free' | 'paid' => account.plan
  const data = createDataStream({ path: /^\/v2\/(iex|sip|delayed_sip)$/, knows, plan, onChange: waits.look })
  const news = createDataStream({ path: /^\/v1beta1\/news$/, channels: ['news'], knows, plan, onChange: waits.look })
  const market = new Market(data.publish, news.publishNews, clock.now)
  const limits = { rateLimit: options.rateLimit === undefined ? { limit: 200, windowMs: 60_000 } : options.rateLimit }
  const hidden = { ms: 0, left: 0 }

  const tell = createTell(book, clock.now, (message) => {
    trades.tell(message)
    waits.look()
  })
  const venue = createVenue(book, tell)
  const queue = createQueue()
  const desk = createDesk({
    book,
    venue,
    tell,
    conduct,
    now: clock.now,
    later: queue.later,
    options: () => ({ partialFillRate: options.partialFillRate ?? 0, seed: options.seed ?? 1 }),
    meetMarket(order) {
      const quote = book.quotes.get(order.symbol)
      if (quote) venue.meet(order.symbol, barOf({ ...quote, at: clock.now() }), clock.now(), (o) => o === order)
    },
    isTaking(order) {
      const session = sessionAt(clock.now())
      return session === 'regular' || (order.extendedHours && session !== 'closed')
    },
    hiddenFor() {
      if (hidden.left === 0) return 0
      hidden.left -= 1
      return hidden.ms
    },
  })
  const world = createWorld({
    book,
    venue,
    desk,
    conduct,
    tell,
    clock,
    fees: () => fees,
    market,
  })

  const server = createServer()
  const trading = { book, desk, now: clock.now, showsFamilies: () => options.showsFamilies ?? true }
  const allowance = createRateLimit(() => limits.rateLimit)
  const handler = createHandler({
    routes: [
      ...createOrderRoutes(trading),
      ...createPositionRoutes(trading),
      ...createAccountRoutes({ book, now: clock.now }),
      ...createDataRoutes({ market, now: clock.now, plan }),
    ],
    maxUrlBytes: options.maxUrlBytes ?? 8_192,
    faults,
    checks,
    requests,
    authorize: (key, secret) => refuseKeys(key, secret, own, other),
    allowance: (path) => allowance(/^\/(v2\/stocks|v1beta1|v1\/)/.test(path) ? 'data' : 'trading'),
    settle: world.settle,
    afterwards() {
      queue.run()
      waits.look()
    },
  })
  server.on('request', handler)
  serveSockets(server, [trades.socket, data.socket, news.socket])
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const [http, ws] = [`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`]

  return {
    access: {
      APCA_API_KEY_ID: own.keyId,
      APCA_API_SECRET_KEY: own.secret,
      APCA_API_BASE_URL: http,
      APCA_API_DATA_URL: http,
      APCA_API_STREAM_URL: `${ws}/stream`,
      APCA_DATA_STREAM_URL: ws,
    },
    otherKeys: other,
    book,
    world,
    conduct,
    faults,
    market,
    trades,
    data,
    news,
    requests,
    checks,
    get rateLimit() {
      return limits.rateLimit
    },
    set rateLimit(rule) {
      limits.rateLimit = rule
    },
    hideOrders(ms, count = 1) {
      Object.assign(hidden, { ms, left: count })
    },
    orders: (symbol) =>
      [...book.orders.values()].filter((o) => symbol === undefined || o.symbol === symbol).sort((a, b) => a.place - b.place),
    until: waits.until,
    async stop() {
      for (const stream of [trades, data, news]) stream.cut()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
