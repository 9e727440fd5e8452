import type { Settings } from '../../../config/settings.ts'
import { fromNumber, type Price } from '../../../domain/decimal.ts'
import { uniform } from '../../../domain/random.ts'
import type { Bar, Quote } from '../../../ports/market-data.ts'
import { dayAt, firstLiveDay, type Moment, momentOf } from './days.ts'
import type { Prices } from './prices.ts'
import type { Company } from './universe.ts'

const topics = { size: 51, lag: 52, volume: 53 } as const
const staleWindowMs = 15_000
const preMs = 5.5 * 3_600_000
const postMs = 4 * 3_600_000

const cents = (value: number): Price => fromNumber(value, value < 1 ? 4 : 2) as Price

type QuoteSettings = Pick<Settings['simulation'], 'seed' | 'half_spread_bps' | 'stale_quote_rate'>

export interface Quotes {
  quote(company: Company, moment: Moment): Quote
  /** Unrounded figures between two moments of one session, sampled every `step` seconds. */
  span(
    company: Company,
    dayIndex: number,
    from: number,
    to: number,
    step: number,
  ): { open: number; high: number; low: number; close: number }
  halfSpread(company: Company, price: number): number
  /** Shares on offer at the best price; odd-lot free. */
  size(company: Company, ms: number, side: 0 | 1): number
  minuteBars(company: Company, count: number, end: number): readonly Bar[]
  dayBars(company: Company, count: number, end: number): readonly Bar[]
}

export function createQuotes(settings: QuoteSettings, prices: Prices): Quotes {
  const { seed, half_spread_bps: halfSpreadBps, stale_quote_rate: staleRate } = settings
  const halfSpread = (company: Company, price: number): number => Math.max(0.005, (price * halfSpreadBps * company.spreadFactor) / 10_000)
  const size = (company: Company, ms: number, side: 0 | 1): number => {
    const usual = Math.max(2, Math.sqrt(company.volume) / 100)
    return 100 * Math.ceil(usual * (0.3 + 1.4 * uniform(seed, topics.size, company.index, Math.floor(ms / 1_000), side)))
  }

  /** Quotes are up to two seconds old; now and then, for a quarter of a minute, the feed of a symbol stands still. */
  const quotedAt = (company: Company, { ms, day, phase }: Moment): number => {
    if (phase === 'after') return day.close + postMs
    if (phase === 'before') return day.open - preMs
    if (uniform(seed, topics.lag, company.index, Math.floor(ms / staleWindowMs)) < staleRate) return ms - (ms % staleWindowMs)
    return ms - Math.floor(1_500 * uniform(seed, topics.lag, company.index, Math.floor(ms / 1_000), 1))
  }

  const quote = (company: Company, moment: Moment): Quote => {
    const at = Math.min(moment.ms, prices.haltedSince(company, moment) ?? quotedAt(company, moment))
    const price = prices.at(company, at === moment.ms ? moment : withinDay(moment, at))
    const half = halfSpread(company, price) * (moment.phase === 'regular' ? 1 : 3)
    const bid = Math.max(0.01, Math.floor((price - half) * 100 + 1e-6) / 100)
    const ask = Math.max(bid + 0.01, Math.ceil((price + half) * 100 - 1e-6) / 100)
    return {
      symbol: company.security.symbol,
      bid: cents(bid),
      ask: cents(ask),
      last: cents(Math.min(ask, Math.max(bid, price))),
      at,
      bidSize: size(company, at, 0),
      askSize: size(company, at, 1),
    }
  }

  const span = (company: Company, dayIndex: number, from: number, to: number, step: number) => {
    const open = prices.inSession(company, dayIndex, from)
    const close = prices.inSession(company, dayIndex, to)
    let high = Math.max(open, close)
    let low = Math.min(open, close)
    for (let second = from + step; second < to; second += step) {
      const price = prices.inSession(company, dayIndex, second)
      if (price > high) high = price
      else if (price < low) low = price
    }
    return { open, high, low, close }
  }

  const minuteVolume = (company: Company, dayIndex: number, minute: number): number => {
    const { minutes } = dayAt(dayIndex)
    const shape = 0.6 + 4.8 * (minute / minutes - 0.5) ** 2
    const luck = 0.4 + 1.2 * uniform(seed, topics.volume, company.index, dayIndex, minute)
    return Math.max(100, Math.round((company.volume / minutes) * shape * luck))
  }

  const minuteBar = (company: Company, dayIndex: number, minute: number): Bar => {
    const at = dayAt(dayIndex).open + minute * 60_000
    return { at, ...rounded(span(company, dayIndex, minute * 60, minute * 60 + 60, 1)), volume: minuteVolume(company, dayIndex, minute) }
  }

  const dayBar = (company: Company, dayIndex: number): Bar => {
    const day = dayAt(dayIndex)
    const { open, close } = prices.shape(company, dayIndex)
    const live = dayIndex >= firstLiveDay().index
    const range = live
      ? span(company, dayIndex, 0, day.minutes * 60, 60)
      : { open: Math.exp(open), close: Math.exp(close), ...prices.historyRange(company, dayIndex) }
    const luck = 0.7 + 0.6 * uniform(seed, topics.volume, company.index, dayIndex)
    return {
      at: Date.parse(`${day.date}T00:00:00Z`),
      ...rounded(range),
      volume: Math.round(company.volume * luck * (1 + 12 * Math.abs(close - open))),
    }
  }

  return {
    quote,
    span,
    halfSpread,
    size,
    minuteBars(company, count, end) {
      const bars: Bar[] = []
      const { day, phase, second } = momentOf(end)
      let index = day.index
      let minute = phase === 'before' || phase === 'pre' ? 0 : Math.floor(second / 60)
      while (bars.length < count && index >= firstLiveDay().index) {
        if (minute === 0) minute = dayAt(--index).minutes
        else bars.push(minuteBar(company, index, --minute))
        if (index < firstLiveDay().index) break
      }
      return bars.reverse()
    },
    dayBars(company, count, end) {
      const { day } = momentOf(end)
      const newest = end >= day.close ? day.index : day.index - 1
      const oldest = Math.max(0, newest - count + 1)
      return Array.from({ length: Math.max(0, newest - oldest + 1) }, (_, n) => dayBar(company, oldest + n))
    },
  }
}

const rounded = (b: { open: number; high: number; low: number; close: number }) => ({
  open: cents(b.open),
  high: cents(b.high),
  low: cents(b.low),
  close: cents(b.close),
})

/** A moment of the same day, a little earlier. */
function withinDay(moment: Moment, ms: number): Moment {
  if (moment.phase !== 'regular') return { ...moment, ms }
  return ms < moment.day.open ? momentOf(ms) : { ...moment, ms, second: Math.floor((ms - moment.day.open) / 1000) }
}
