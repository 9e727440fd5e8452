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
import { text } from '../../src/domain/decimal.ts'
import type { FeeSchedule } from '../../src/domain/fees.ts'
import { createAccountRoutes } from './alpaca/account-routes.ts'
import { AlpacaBook } from './alpaca/book.ts'
import { type Checks, createChecks } from './alpaca/checks.ts'
import { type Conduct, createDesk } from './alpaca/desk.ts'
import { AlpacaError } from './alpaca/errors.ts'
import { createFaults, type Faults } from './alpaca/faults.ts'
import type { Tell } from './alpaca/fills.ts'
import { createHandler, type RecordedRequest } from './alpaca/http.ts'
import { createRateLimit, type RateLimit } from './alpaca/rate-limit.ts'
import type { EmulatedOrder } from './alpaca/records.ts'
import { serveSockets } from './alpaca/sockets.ts'
import { createTradeStream, type TradeStream } from './alpaca/trade-stream.ts'
import { createOrderRoutes, createPositionRoutes } from './alpaca/trading-routes.ts'
import { barOf, createVenue } from './alpaca/venue.ts'
import { orderView, stamp } from './alpaca/views.ts'
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
  readonly trades: TradeStream
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
  paper: { keyId: 'PKEMULATEDPAPER00001', secret: 'paper-secret-of-the-emulator-0000000000' },
  live: { keyId: 'AKEMULATEDLIVE000001', secret: 'live-secret-of-the-emulator-00000000000' },
} as const

/** Alpaca's trading and market-data APIs in this process, on real sockets. */
export async function startAlpacaEmulator(options: AlpacaEmulatorOptions = {}): Promise<AlpacaEmulator> {
  const { environment = 'paper', startAt = Date.parse('2026-03-03T15:00:00Z'), fees = null } = options
  const clock = createClock(options.now ?? (() => startAt))
  const conduct: Conduct = { fills: 'auto', accepts: 'auto', cancels: 'auto', replaces: 'auto', ...options.conduct }
  const book = new AlpacaBook(options.cash ?? '100000')
  const faults = createFaults()
  const checks = createChecks()
  const requests: RecordedRequest[] = []
  const waits = createWaits()
  const own = keys[environment]
  const other = keys[environment === 'paper' ? 'live' : 'paper']
  const trades = createTradeStream({ knows: (key, secret) => key === own.keyId && secret === own.secret, onChange: waits.look })
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
    onQuote: () => undefined,
    onHalt: () => undefined,
  })

  const server = createServer()
  const trading = { book, desk, now: clock.now, showsFamilies: () => options.showsFamilies ?? true }
  const allowance = createRateLimit(() => limits.rateLimit)
  const handler = createHandler({
    routes: [...createOrderRoutes(trading), ...createPositionRoutes(trading), ...createAccountRoutes({ book, now: clock.now })],
    faults,
    checks,
    requests,
    authorize: (key, secret) => refuseKeys(key, secret, own, other),
    allowance: (path) => allowance(path.startsWith('/v2/stocks') || path.startsWith('/v1beta1') ? 'data' : 'trading'),
    settle: world.settle,
    afterwards() {
      queue.run()
      waits.look()
    },
  })
  server.on('request', handler)
  serveSockets(server, [trades.socket])
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
    trades,
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
      trades.cut()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

interface Keys {
  readonly keyId: string
  readonly secret: string
}
function refuseKeys(key: string, secret: string, own: Keys, other: Keys): AlpacaError | null {
  if (key === own.keyId && secret === own.secret) return null
  if (key === other.keyId && secret === other.secret) return new AlpacaError(403, 40310000, 'forbidden.')
  return new AlpacaError(401, 40110000, key === '' || secret === '' ? 'request is not authorized' : 'unauthorized.')
}

function createClock(base: () => number) {
  let shift = 0
  return {
    now: (): number => base() + shift,
    shift(ms: number): void {
      if (!(ms >= 0)) throw new RangeError(`time goes forward only, not by ${ms}`)
      shift += ms
    },
  }
}

/** What happens once the answer is out, in order. */
function createQueue() {
  const waiting: (() => void)[] = []
  return {
    later: (act: () => void): void => {
      waiting.push(act)
    },
    run(): void {
      for (let act = waiting.shift(); act; act = waiting.shift()) act()
    },
  }
}

function createWaits() {
  const looks = new Set<() => void>()
  const look = (): void => {
    for (const each of [...looks]) each()
  }
  const until = (holds: () => boolean, ms = 10_000): Promise<boolean> =>
    new Promise((resolve) => {
      const settle = (held: boolean): void => {
        looks.delete(check)
        clearInterval(poll)
        clearTimeout(late)
        resolve(held)
      }
      const check = (): void => {
        if (holds()) settle(true)
      }
      const poll = setInterval(check, 20)
      const late = setTimeout(() => settle(holds()), ms)
      looks.add(check)
      check()
    })
  return { look, until }
}

let events = 0
/** What is told of an order, as the stream has it: with the whole order as it is now. */
function createTell(book: AlpacaBook, now: () => number, send: TradeStream['forge']): Tell {
  return (event, order, details = {}) => {
    events += 1
    const at = stamp(now(), events)
    const { executionId, previousExecutionId, price, quantity } = details
    send({
      at,
      event_id: `01EMULATED${String(events).padStart(16, '0')}`,
      event,
      timestamp: at,
      order: orderView(order, book.legsOf(order), book.assetOf(order.symbol)),
      ...(executionId === undefined ? {} : { execution_id: executionId, position_qty: text(book.positionQuantity(order.symbol)) }),
      ...(previousExecutionId === undefined ? {} : { previous_execution_id: previousExecutionId }),
      ...(price === undefined ? {} : { price: text(price) }),
      ...(quantity === undefined ? {} : { qty: text(quantity) }),
    })
  }
}
