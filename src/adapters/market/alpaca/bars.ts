import { closeOf } from '../../../domain/calendar.ts'
import type { Bar } from '../../../ports/market-data.ts'
import type { DataApi } from './api.ts'
import { toBar } from './book.ts'

type Timeframe = '1m' | '1d'

const minuteMs = 60_000
const dayMs = 86_400_000
const sessionMinutes = 390
/** Days that are certain to hold one session more than asked for: weekends, and the longest run of holidays. */
const spareDays = 6
const dailyKeptMs = 10 * minuteMs
const mostKept = 1_000

/** The end of a bar, epoch milliseconds: a day's is the exchange's close. */
const endOf = ({ at }: Bar, timeframe: Timeframe): number => (timeframe === '1m' ? at + minuteMs : (closeOf(at) ?? at + dayMs))

/** A stretch that is long enough for so many bars. */
function startFor(timeframe: Timeframe, count: number, end: number): Date {
  const sessions = timeframe === '1d' ? count : Math.ceil(count / sessionMinutes)
  return new Date(end - (Math.ceil(sessions * 1.5) + spareDays) * dayMs)
}

export interface Bars {
  /** Complete bars before a moment, oldest first. */
  read(symbol: string, timeframe: Timeframe, count: number, end: number): Promise<readonly Bar[]>
}

/**
 * Minutes and days come from the same feed, so that volumes of the one may be compared with the other's; IEX sees a fortieth
 * of the whole. Both are adjusted for splits.
 */
export function createBars(api: DataApi): Bars {
  const daily = new Map<string, { readonly until: number; readonly bars: Promise<readonly Bar[]> }>()

  async function ask(symbol: string, timeframe: Timeframe, count: number, end: number): Promise<readonly Bar[]> {
    const wire = await api.bars({
      symbol,
      timeframe: timeframe === '1m' ? '1Min' : '1Day',
      start: startFor(timeframe, count, end),
      end: new Date(end),
      // The newest one may not be complete yet.
      count: count + 1,
    })
    const complete = wire.map(toBar).filter((bar) => endOf(bar, timeframe) <= end)
    return complete.slice(0, count).reverse()
  }

  return {
    read(symbol, timeframe, count, end) {
      if (timeframe === '1m') return ask(symbol, timeframe, count, end)
      const key = `${symbol}:${count}:${Math.floor(end / dailyKeptMs)}`
      const known = daily.get(key)
      if (known && known.until > end) return known.bars
      const bars = ask(symbol, timeframe, count, end)
      daily.set(key, { until: end + dailyKeptMs, bars })
      // What failed is asked for again at once.
      bars.catch(() => daily.delete(key))
      for (const oldest of daily.keys()) {
        if (daily.size <= mostKept) break
        daily.delete(oldest)
      }
      return bars
    },
  }
}
