import { type DecimalString, divide, fromNumber, text } from '../../domain/decimal.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MarketData, Quote, Security } from '../../ports/market-data.ts'
import { type AlpacaAccess, endpoints } from '../alpaca/access.ts'
import { type BudgetSnapshot, createRateBudget, type RateBudget } from '../alpaca/rate-budget.ts'
import { createDataApi } from './alpaca/api.ts'
import { createBars } from './alpaca/bars.ts'
import { createQuoteBook } from './alpaca/book.ts'
import { createHalts } from './alpaca/halts.ts'
import type { WireAsset } from './alpaca/schema.ts'
import { createSlots } from './alpaca/slots.ts'
import { createDataStream, type DataTiming } from './alpaca/stream.ts'

export interface AlpacaMarketOptions {
  readonly access: AlpacaAccess
  readonly mode: 'paper' | 'live'
  readonly feed: 'iex' | 'sip'
  readonly clock: Clock
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
  /** The account's budget of trading requests: the list of assets counts there. By default one of its own. */
  readonly tradingBudget?: RateBudget
  /** Data requests; by default 200 a minute with iex, as the free plan has, and 1,000 with sip. */
  readonly dataBudget?: RateBudget
  readonly timing?: Partial<DataTiming> & { readonly firstPauseMs?: number; readonly askedMs?: number; readonly backstopMs?: number }
}

export interface AlpacaMarketStatus {
  readonly connected: boolean
  /** Symbols whose prices come by themselves. */
  readonly streamed: readonly string[]
  /** Epoch milliseconds; 0: nothing yet. */
  readonly lastHeardAt: number
  readonly budget: BudgetSnapshot
}
export interface AlpacaMarket extends MarketData {
  readonly feed: 'iex' | 'sip'
  /** Prices begin to come in; nothing waits for them. */
  open(): void
  close(): Promise<void>
  /** New shares for one old, of a split around a day (`2026-03-02`); null when none is known. */
  splitRatio(symbol: string, day: string): Promise<DecimalString | null>
  status(): AlpacaMarketStatus
}

/** The free plan counts trades and quotes together, thirty in all; sip has no bound, and nobody watches more. */
const slotsOf = { iex: 15, sip: 200 } as const
const requestsOf = { iex: 200, sip: 1_000 } as const
const dayMs = 86_400_000
const securitiesKeptMs = 6 * 3_600_000
/** Anything else would make Alpaca refuse the whole list. */
const wellFormed = /^[A-Z]{1,6}([./-][A-Z]{1,4})?$/

/**
 * Prices from Alpaca: symbols that were asked for lately are streamed, up to what the plan allows; the others are asked for by
 * snapshot, many at once. Whatever it says is as old as it says.
 *
 * Deliberately absent: sectors and volumes of securities (Alpaca has none, or only for thousands of requests), and guesses at
 * prices where there is no quote.
 */
export function createAlpacaMarket(options: AlpacaMarketOptions): AlpacaMarket {
  const { access, mode, feed, clock, log, tradingBudget = createRateBudget(), timing = {} } = options
  const { dataBudget = createRateBudget({ limit: requestsOf[feed] }) } = options
  const { firstPauseMs, askedMs = 1_000, backstopMs = 10_000, ...streamTiming } = timing
  const urls = endpoints(access, mode)
  const api = createDataApi({
    access,
    feed,
    data: { url: urls.data, budget: dataBudget },
    trading: { url: urls.trading, budget: tradingBudget },
    ...(firstPauseMs !== undefined && { firstPauseMs }),
  })
  const book = createQuoteBook(feed)
  const halts = createHalts()
  const slots = createSlots(slotsOf[feed])
  const bars = createBars(api)
  /** When a symbol was last asked for, or is being asked for; real time. */
  const asked = new Map<string, { readonly at: number; readonly done: Promise<void> }>()
  /** When prices that were asked for last came; real time, 0: never. */
  let answeredAt = 0
  let securities: { readonly until: number; readonly list: Promise<readonly Security[]> } | null = null

  const stream = createDataStream({
    access,
    url: urls.dataStream,
    feed,
    log,
    hear: { quote: book.quote, trade: book.trade, bar: book.bar, status: halts.status },
    onBack: () => asked.clear(),
    onRefused: slots.refuse,
    timing: streamTiming,
  })

  function want(symbol: string, now: number): void {
    const unused = slots.expire(now)
    const { add, drop } = slots.use(symbol, now)
    const leave = drop === null ? unused : [...unused, drop]
    if (leave.length > 0) stream.unsubscribe(leave)
    if (add !== null) stream.subscribe([add])
  }

  /** Asks for those whose prices do not come by themselves, in one request; a streamed one too, now and then, should the stream say nothing. */
  async function refresh(symbols: readonly string[]): Promise<void> {
    const now = Date.now()
    const due = symbols.filter((symbol) => {
      const flowing = stream.alive() && stream.streams(symbol)
      const last = asked.get(symbol)
      return last === undefined || now - last.at >= (flowing ? backstopMs : askedMs)
    })
    if (due.length > 0) {
      const done = api.snapshots(due).then((found) => {
        answeredAt = Date.now()
        for (const [symbol, snapshot] of found) book.snapshot(symbol, snapshot)
      })
      done.catch(() => {
        for (const symbol of due) asked.delete(symbol)
      })
      for (const symbol of due) asked.set(symbol, { at: now, done })
    }
    await Promise.all([...new Set(symbols.flatMap((symbol) => asked.get(symbol)?.done ?? []))])
  }

  async function quotes(symbols: readonly string[]): Promise<readonly (Quote | null)[]> {
    const known = [...new Set(symbols.filter((symbol) => wellFormed.test(symbol)))]
    const now = Date.now()
    for (const symbol of known) want(symbol, now)
    const problem = await refresh(known).then(
      () => null,
      (error: unknown) => ({ error }),
    )
    const found = symbols.map((symbol) => book.view(symbol, clock.now()))
    // What is known is shown, as old as it is; with nothing at all to show, the failure is the answer.
    if (problem && found.every((quote) => quote === null)) throw problem.error
    if (problem) log.warn({ error: problem.error }, 'quotes could not be brought up to date')
    return found
  }

  return {
    name: 'alpaca',
    feed,
    open: () => stream.open(),
    close: async () => stream.close(),
    securities() {
      if (securities && securities.until > Date.now()) return securities.list
      const list = api.assets().then((assets) => assets.map(toSecurity))
      securities = { until: Date.now() + securitiesKeptMs, list }
      list.catch(() => {
        securities = null
      })
      return list
    },
    quote: async (symbol) => (await quotes([symbol]))[0] ?? null,
    quotes,
    bars: (symbol, timeframe, count, end = clock.now()) => bars.read(symbol, timeframe, count, end),
    async isHalted(symbol) {
      if (!stream.alive()) throw new Error(`whether ${symbol} is halted is not known: the market-data stream is down`)
      return halts.isHalted(symbol, book.lastTradeAt(symbol))
    },
    heardAt() {
      const heard = Math.max(stream.lastHeardAt(), answeredAt)
      return heard === 0 ? null : clock.now() - (Date.now() - heard)
    },
    async splitRatio(symbol, day) {
      const at = Date.parse(day)
      const distance = ({ date }: { readonly date: string }): number => Math.abs(Date.parse(date) - at)
      const found = await api.splits(symbol, new Date(at - 5 * dayMs), new Date(at + 5 * dayMs))
      const [nearest] = [...found].sort((a, b) => distance(a) - distance(b))
      if (!nearest) return null
      const [fresh, old] = nearest.ratio
      return text(divide(fromNumber(fresh, 6), fromNumber(old, 6)))
    },
    status: () => ({
      connected: stream.alive(),
      streamed: slots.all().filter(stream.streams),
      lastHeardAt: stream.lastHeardAt(),
      budget: dataBudget.snapshot(),
    }),
  }
}

/** New short sales need shares that are easily borrowed. */
function toSecurity(asset: WireAsset): Security {
  const { symbol, name, exchange, status, tradable, shortable, borrow_status: borrow, easy_to_borrow: easy } = asset
  return {
    symbol,
    name: name ?? symbol,
    exchange: exchange ?? 'unknown',
    sector: 'Unknown',
    tradable: tradable && status === 'active',
    shortable: shortable === true && (borrow === null ? easy === true : borrow === 'easy_to_borrow'),
    averageDailyVolume: null,
    marketCap: null,
  }
}
