import type { Settings } from '../../config/settings.ts'
import { decimal, text } from '../../domain/decimal.ts'
import type { CatalystSource } from '../../ports/catalyst-source.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyValueStore } from '../../ports/key-value.ts'
import type { MarketData, Quote, Security, Split } from '../../ports/market-data.ts'
import type { MarketFeed } from '../../ports/market-feed.ts'
import { dayAt, firstLiveDay, type Moment, momentOf } from './simulated/days.ts'
import { createFactors } from './simulated/factors.ts'
import { createNews } from './simulated/news.ts'
import { createPrices } from './simulated/prices.ts'
import { createQuotes } from './simulated/quotes.ts'
import { createSchedule } from './simulated/schedule.ts'
import { createTicker } from './simulated/ticker.ts'
import { buildUniverse, type Company } from './simulated/universe.ts'

export interface SimulatedMarketOptions {
  readonly clock: Clock
  readonly store: KeyValueStore
  readonly settings: Settings['simulation']
  readonly log: { error(facts: object, message: string): void }
}
export interface SimulatedMarket extends MarketData, MarketFeed, CatalystSource {
  /** Begins to tell followers what trades; call it when they are ready. */
  open(): void
  close(): Promise<void>
}

/** New York 10:00 on the first simulated day: where a new world's clock begins, epoch milliseconds. */
export const simulationStart: number = firstLiveDay().open + 30 * 60_000

/** A split takes effect when the first trading of its day begins. */
const preMs = 5.5 * 3_600_000

/**
 * An invented market. Every price, quote, story and split is a pure function of the settings and the time, so a restart
 * finds the same world without anything being stored or replayed. Settings are read once: a running world keeps its laws.
 */
export function createSimulatedMarket({ clock, store, settings, log }: SimulatedMarketOptions): SimulatedMarket {
  const { seed } = settings
  const companies = buildUniverse(seed, settings.symbols)
  const bySymbol = new Map(companies.map((c) => [c.security.symbol, c]))
  const schedule = createSchedule(seed, companies, settings.catalysts_per_hour)
  const prices = createPrices(seed, createFactors(seed), schedule, companies.length)
  const quotes = createQuotes(settings, prices)
  const company = (symbol: string): Company | undefined => bySymbol.get(symbol)
  const ticker = createTicker({ clock, prices, quotes, company, log })
  const news = createNews({ clock, store, schedule, companies, log })

  const quoteAt = (symbol: string, moment: Moment): Quote | null => {
    const found = company(symbol)
    return found ? quotes.quote(found, moment) : null
  }
  const splitsBetween = (symbol: string, after: number, upTo: number): readonly Split[] => {
    const found = company(symbol)
    if (!found) return []
    const splits: Split[] = []
    for (let index = momentOf(after).day.index; index <= momentOf(upTo).day.index; index++) {
      const at = dayAt(index).open - preMs
      const { split } = prices.shape(found, index)
      if (split !== 1 && at > after && at <= upTo) splits.push({ symbol, ratio: text(decimal(String(split))), at })
    }
    return splits
  }

  return {
    name: 'simulated',
    feed: 'sim',
    manual: false,
    securities: async (): Promise<readonly Security[]> => companies.map((c) => c.security),
    quote: async (symbol) => quoteAt(symbol, momentOf(clock.now())),
    async quotes(symbols) {
      const moment = momentOf(clock.now())
      const found: (Quote | null)[] = []
      for (const [index, symbol] of symbols.entries()) {
        // A day's first look at a large universe takes a second: a kill must not wait for it.
        if (index % 100 === 99) await new Promise((resolve) => setImmediate(resolve))
        found.push(quoteAt(symbol, moment))
      }
      return found
    },
    async bars(symbol, timeframe, count, end = clock.now()) {
      const found = company(symbol)
      if (!found) return []
      const until = Math.min(end, clock.now())
      return timeframe === '1m' ? quotes.minuteBars(found, count, until) : quotes.dayBars(found, count, until)
    },
    async isHalted(symbol) {
      const found = company(symbol)
      return found !== undefined && prices.haltedSince(found, momentOf(clock.now())) !== null
    },
    // Prices are reckoned here: there is no line that could fall silent.
    heardAt: () => clock.now(),
    lastQuote: (symbol) => quoteAt(symbol, momentOf(clock.now())),
    knownSecurity: (symbol) => company(symbol)?.security ?? null,
    splitsBetween,
    follow: ticker.follow,
    open: ticker.open,
    close: ticker.close,
    start: news.start,
    stop: news.stop,
  }
}
