import { nextOpen } from '../../../domain/calendar.ts'
import { fromNumber, type Price } from '../../../domain/decimal.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { FeedBar, FeedFollower } from '../../../ports/market-feed.ts'
import { momentOf } from './days.ts'
import type { Prices } from './prices.ts'
import type { Quotes } from './quotes.ts'
import type { Company } from './universe.ts'

const everyRealMs = 200
/** The longest stretch that one bar covers, running milliseconds. */
const longestBarMs = 60_000

export interface TickerOptions {
  readonly clock: Clock
  readonly prices: Prices
  readonly quotes: Quotes
  readonly company: (symbol: string) => Company | undefined
  readonly log: { error(facts: object, message: string): void }
}
export interface Ticker {
  follow(follower: FeedFollower): () => void
  open(): void
  close(): Promise<void>
}

/** Tells followers what their symbols traded since the last tick. Time only moves here as fast as followers take it in. */
export function createTicker({ clock, prices, quotes, company, log }: TickerOptions): Ticker {
  const followers = new Set<FeedFollower>()
  let last = clock.now()
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<void> = Promise.resolve()
  let open = false

  const barOf = (symbol: string, from: number, to: number): FeedBar | null => {
    const found = company(symbol)
    const start = momentOf(from)
    if (!found || start.phase !== 'regular' || prices.haltedSince(found, start) !== null) return null
    const end = Math.min(to, start.day.close)
    const first = start.second
    const final = Math.floor((end - start.day.open) / 1000)
    const range = quotes.span(found, start.day.index, first, final, 1)
    const figure = (value: number): Price => fromNumber(value, 2) as Price
    const available = quotes.size(found, from, 1) * Math.max(1, Math.round((end - from) / 5_000))
    return {
      symbol,
      bar: {
        at: from,
        open: figure(range.open),
        high: figure(range.high),
        low: figure(range.low),
        close: figure(range.close),
        volume: available * 10,
      },
      end,
      halfSpread: fromNumber(quotes.halfSpread(found, range.open), 6) as Price,
      available,
    }
  }

  const tick = async (): Promise<void> => {
    const now = clock.now()
    while (last < now && open) {
      const from = last
      // In closed hours nothing trades: they are passed in one step.
      last = Math.min(now, momentOf(from).phase === 'regular' ? from + longestBarMs : nextOpen(from))
      const to = last
      for (const follower of followers) {
        const bars = [...follower.wanted()].map((symbol) => barOf(symbol, from, to)).filter((bar) => bar !== null)
        await follower.tick({ at: to, bars })
      }
    }
  }
  const schedule = (): void => {
    timer = setTimeout(() => {
      running = tick()
        .catch((error: unknown) => log.error({ error }, 'a tick of the simulated market failed'))
        .then(() => {
          if (open) schedule()
        })
    }, everyRealMs)
  }
  return {
    follow(follower) {
      followers.add(follower)
      return () => followers.delete(follower)
    },
    open() {
      if (open) return
      open = true
      last = clock.now()
      schedule()
    },
    async close() {
      open = false
      if (timer) clearTimeout(timer)
      await running
    },
  }
}
