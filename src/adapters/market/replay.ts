import { closeOf, exchangeDate } from '../../domain/calendar.ts'
import { approximate, type Decimal, decimal, divide, fromNumber, maximum, type Price } from '../../domain/decimal.ts'
import { participation } from '../../domain/matching/fill-rules.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bar, MarketData, Quote, Security, Split } from '../../ports/market-data.ts'
import type { FeedBar, FeedFollower, MarketFeed } from '../../ports/market-feed.ts'
import { createReplayClock } from './replay/clock.ts'
import { barFiles, readBars, readSplits } from './replay/csv.ts'
import { aggregateDays, joinDays } from './replay/daily.ts'
import { createPacer } from './replay/pacer.ts'

const minuteMs = 60_000

export interface ReplayMarketOptions {
  /** Minute bars: `<SYMBOL>.csv` with `time,open,high,low,close,volume`, times in UTC; and optionally `splits.csv`. */
  readonly folder: string
  /** Daily bars of the same shape, with dates; they may be adjusted, and are used for days before the minutes only. */
  readonly dailyFolder?: string
  /** ISO 8601; bars outside are left out. */
  readonly from?: string
  readonly to?: string
  /** Running milliseconds in a real one, or time moves only through `advanceTo`. */
  readonly pace: number | 'manual'
  readonly splits?: readonly Split[]
  /** Basis points of the price, at least half a cent. */
  readonly halfSpreadBps?: number
  /** Where time begins, epoch milliseconds; default: the first bar. */
  readonly startAt?: number
  readonly log: { info(facts: object, message: string): void; error(facts: object, message: string): void }
}
export interface ReplayMarket extends MarketData, MarketFeed {
  readonly clock: Clock
  /** Start of the first bar and end of the last, epoch milliseconds. */
  readonly firstAt: number
  readonly lastAt: number
  /** Passes every minute's end up to a moment, in order; followers are awaited at each. */
  advanceTo(ms: number): Promise<void>
  /** Begins to move by itself, when it has a pace. */
  open(): void
  close(): Promise<void>
}

interface Series {
  readonly minutes: readonly Bar[]
  readonly days: readonly Bar[]
  readonly security: Security
}

/** How many bars of a sorted list start before a moment. */
function countBefore(bars: readonly Bar[], ms: number): number {
  let low = 0
  let high = bars.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((bars[middle]?.at ?? 0) < ms) low = middle + 1
    else high = middle
  }
  return low
}

const unknownSecurity = (symbol: string, minutes: readonly Bar[]): Security => {
  const days = Math.max(1, new Set(minutes.map((bar) => exchangeDate(bar.at))).size)
  const volume = minutes.reduce((sum, bar) => sum + bar.volume, 0)
  const averageDailyVolume = Math.round(volume / days)
  return {
    symbol,
    name: symbol,
    exchange: 'REPLAY',
    sector: 'Unknown',
    tradable: true,
    shortable: true,
    averageDailyVolume,
    marketCap: null,
  }
}

async function load(options: ReplayMarketOptions): Promise<ReadonlyMap<string, Series>> {
  const from = options.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(options.from)
  const to = options.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(options.to)
  if (Number.isNaN(from) || Number.isNaN(to)) throw new RangeError(`from and to must be ISO times, not ${options.from} and ${options.to}`)
  const daily = options.dailyFolder === undefined ? new Map<string, string>() : await barFiles(options.dailyFolder)
  const series = new Map<string, Series>()
  const known: number[] = []
  for (const [symbol, path] of await barFiles(options.folder)) {
    const all = await readBars(path, '1m')
    known.push(...[all[0], all.at(-1)].flatMap((bar) => bar?.at ?? []))
    const minutes = all.filter((bar) => bar.at >= from && bar.at < to)
    if (minutes.length === 0) continue
    const dailyPath = daily.get(symbol)
    const earlier = dailyPath === undefined ? [] : await readBars(dailyPath, '1d')
    series.set(symbol, { minutes, days: joinDays(earlier, aggregateDays(minutes)), security: unknownSecurity(symbol, minutes) })
  }
  if (series.size === 0)
    throw new RangeError(
      `no bars in ${options.folder} between ${options.from ?? 'the beginning'} and ${options.to ?? 'the end'}; ${extentOf(known)}`,
    )
  return series
}

/** A bar in the shares after a split, to a millionth of a dollar. */
const restated = (bar: Bar, ratio: Decimal): Bar => {
  const less = (before: Price): Price => divide(before, ratio).round(6) as Price
  const volume = bar.volume * approximate(ratio)
  return { at: bar.at, open: less(bar.open), high: less(bar.high), low: less(bar.low), close: less(bar.close), volume }
}

const extentOf = (times: readonly number[]): string => {
  if (times.length === 0) return 'its files are empty'
  const [first, last] = [Math.min(...times), Math.max(...times)].map((ms) => new Date(ms).toISOString())
  return `there are some from ${first} to ${last}`
}

const dayEnd = (bar: Bar): number => {
  const noon = bar.at + 17 * 3_600_000
  return closeOf(noon) ?? noon
}

/** Real prices as they once were. Its quotes are the closes of completed minutes; nothing later can be seen. */
export async function createReplayMarket(options: ReplayMarketOptions): Promise<ReplayMarket> {
  const series = await load(options)
  const splits = [...(await readSplits(options.folder)), ...(options.splits ?? [])].sort((a, b) => a.at - b.at)
  const all = [...series.values()]
  const firstAt = Math.min(...all.map((s) => s.minutes[0]?.at ?? Number.POSITIVE_INFINITY))
  const lastAt = Math.max(...all.map((s) => s.minutes.at(-1)?.at ?? 0)) + minuteMs
  const clock = createReplayClock(options.startAt ?? firstAt, options.pace === 'manual' ? 1 : options.pace)
  const followers = new Set<FeedFollower>()

  const halfSpread = (price: Price): Price => {
    const wide = price.times(fromNumber(options.halfSpreadBps ?? 2, 4)).times(decimal('0.0001'))
    return maximum(decimal('0.005'), wide.round(6)) as Price
  }
  const completed = (symbol: string, now: number): Bar | undefined => {
    const minutes = series.get(symbol)?.minutes ?? []
    return minutes[countBefore(minutes, now - minuteMs + 1) - 1]
  }
  /** In the shares of a moment: what traded before a split is told as if it had always been so. */
  const inSharesOf = (symbol: string, bar: Bar, now: number): Bar => {
    const since = splits.filter((s) => s.symbol === symbol && s.at > bar.at && s.at <= now)
    return since.reduce((before, { ratio }) => restated(before, decimal(ratio)), bar)
  }
  const lastQuote = (symbol: string): Quote | null => {
    const traded = completed(symbol, clock.now())
    if (!traded) return null
    const bar = inSharesOf(symbol, traded, clock.now())
    const half = halfSpread(bar.close)
    const size = Math.max(100, participation(bar.volume))
    const around = { bid: bar.close.minus(half) as Price, ask: bar.close.plus(half) as Price, bidSize: size, askSize: size }
    return { symbol, ...around, last: bar.close, at: bar.at + minuteMs }
  }
  const barsEnding = (at: number, symbols: ReadonlySet<string>): readonly FeedBar[] =>
    [...symbols].flatMap((symbol) => {
      const bar = completed(symbol, at)
      if (!bar || bar.at !== at - minuteMs) return []
      return [{ symbol, bar, end: at, halfSpread: halfSpread(bar.open), available: participation(bar.volume) }]
    })

  const advanceTo = async (ms: number): Promise<void> => {
    while (clock.now() < ms) {
      const boundary = Math.floor(clock.now() / minuteMs) * minuteMs + minuteMs
      const at = Math.min(boundary, ms)
      clock.moveTo(at)
      for (const follower of followers) await follower.tick({ at, bars: at === boundary ? barsEnding(at, follower.wanted()) : [] })
    }
  }
  const pacer = createPacer({ pace: options.pace, clock, lastAt, advanceTo, log: options.log })

  return {
    name: 'replay',
    feed: 'sim',
    manual: true,
    clock,
    firstAt,
    lastAt,
    advanceTo,
    open: pacer.open,
    close: pacer.close,
    securities: async () => all.map((s) => s.security),
    quote: async (symbol) => lastQuote(symbol),
    quotes: async (symbols) => symbols.map(lastQuote),
    async bars(symbol, timeframe, count, end = clock.now()) {
      const found = series.get(symbol)
      if (!found) return []
      const until = Math.min(end, clock.now())
      if (timeframe === '1m') {
        const complete = countBefore(found.minutes, until - minuteMs + 1)
        return found.minutes.slice(Math.max(0, complete - count), complete).map((bar) => inSharesOf(symbol, bar, until))
      }
      // Days of the file may be adjusted already; those of the minutes are not.
      const firstDay = found.minutes[0] ? Date.parse(exchangeDate(found.minutes[0].at)) : 0
      const days = found.days.filter((bar) => dayEnd(bar) <= until).slice(-count)
      return days.map((bar) => (bar.at < firstDay ? bar : inSharesOf(symbol, bar, until)))
    },
    isHalted: async () => false,
    // A recording that plays is never silent: what it does not hold did not trade.
    heardAt: () => clock.now(),
    lastQuote,
    knownSecurity: (symbol) => series.get(symbol)?.security ?? null,
    splitsBetween: (symbol, after, upTo) => splits.filter((s) => s.symbol === symbol && s.at > after && s.at <= upTo),
    follow(follower) {
      followers.add(follower)
      return () => followers.delete(follower)
    },
  }
}
