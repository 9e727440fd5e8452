import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createQuoteBook } from '../../src/adapters/market/alpaca/book.ts'
import { exchangeDate, regularHours } from '../../src/domain/calendar.ts'
import { approximate } from '../../src/domain/decimal.ts'
import type { MarketData } from '../../src/ports/market-data.ts'

const folder = join(import.meta.dirname, '../../../shared/data/bars/minute')
export const hasRealBars = existsSync(folder)

/** Of all shares that trade in the United States, those that trade on IEX. */
const shareOfVolume = 0.025
const sharesPerTrade = 100
/** How often the best bid or ask changes for each trade there. */
const quotesPerTrade = 4
const minuteMs = 60_000
const minutesOfDay = 390

interface Minute {
  readonly volume: number
  readonly low: number
  readonly high: number
  readonly close: number
}
/** The regular minutes of one day of one real symbol; null: nothing traded. */
type Day = readonly (Minute | null)[]

function readDays(): readonly Day[] {
  return readdirSync(folder).flatMap((file) => {
    const days = new Map<string, (Minute | null)[]>()
    for (const line of readFileSync(join(folder, file), 'utf8').trim().split('\n').slice(1)) {
      const [time = '', , high, low, close, volume] = line.split(',')
      const at = Date.parse(time)
      const date = exchangeDate(at)
      const { open } = regularHours(date)
      const index = Math.floor((at - open) / minuteMs)
      if (index < 0 || index >= minutesOfDay) continue
      const day = days.get(date) ?? Array.from({ length: minutesOfDay }, () => null)
      day[index] = { volume: Number(volume), low: Number(low), high: Number(high), close: Number(close) }
      days.set(date, day)
    }
    return [...days.values()]
  })
}

/**
 * A market seen through IEX: prices are those of another market, but quotes, trades and minute bars are as old as they would be there.
 * Each symbol trades as one real symbol did on one real day; of its volume, minute by minute, IEX has its share, and its trades and
 * quotes come at random at the rate that follows, so that ages are exponential. The adapter's own book makes a quote of them.
 * @param volume a factor on the real volumes
 * @param random between 0 and 1
 */
export function seenThroughIex(market: MarketData, volume: number, random: () => number): MarketData {
  const days = readDays()
  const chosen = new Map<string, Day>()
  const dayOf = (symbol: string): Day => {
    const day = chosen.get(symbol) ?? days[chosen.size % days.length] ?? []
    chosen.set(symbol, day)
    return day
  }
  /** When the last of something that comes so often per trade came before a moment; null: not today. Minutes count from the open. */
  function lastBefore(day: Day, moment: number, perTrade: number): number | null {
    let patience = -Math.log(1 - random())
    for (let end = moment; end > 0; ) {
      const start = Math.ceil(end) - 1
      const rate = ((day[start]?.volume ?? 0) * volume * shareOfVolume * perTrade) / sharesPerTrade
      if (rate * (end - start) >= patience) return end - patience / rate
      patience -= rate * (end - start)
      end = start
    }
    return null
  }
  return {
    ...market,
    feed: 'iex',
    async quote(symbol) {
      const real = await market.quote(symbol)
      if (real === null) return null
      const now = real.at
      const { open } = regularHours(exchangeDate(now))
      const moment = (now - open) / minuteMs
      const day = dayOf(symbol)
      const book = createQuoteBook('iex')
      const clock = (minute: number): number => Math.floor(open + minute * minuteMs)
      const [bid, ask, last] = [approximate(real.bid), approximate(real.ask), approximate(real.last)]
      const quoted = lastBefore(day, moment, quotesPerTrade)
      if (quoted !== null) book.quote(symbol, { bid, ask, bidSize: 100, askSize: 100, at: clock(quoted) })
      const traded = lastBefore(day, moment, 1)
      if (traded !== null) book.trade(symbol, { price: last, at: clock(traded) })
      // The minute that is not over yet has no bar.
      const inBar = traded === null || traded < Math.floor(moment) ? traded : lastBefore(day, Math.floor(moment), 1)
      const minute = inBar === null ? null : day[Math.floor(inBar)]
      if (inBar !== null && minute) {
        const scale = last / minute.close
        const range = { low: minute.low * scale, high: minute.high * scale, close: last }
        book.bar(symbol, { ...range, at: clock(Math.floor(inBar)) })
      }
      return book.view(symbol, now)
    },
  }
}
