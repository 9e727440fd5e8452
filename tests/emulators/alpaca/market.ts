import { randomUUID } from 'node:crypto'
import { exchangeDate } from '../../../src/domain/calendar.ts'
import type { EmulatedQuote } from './records.ts'

/** Prices of market data are numbers, as they are on that wire. Times are epoch milliseconds. */
export interface MarketBar {
  readonly at: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly trades?: number
  readonly vwap?: number
}
export interface MarketTrade {
  readonly id: number
  readonly at: number
  readonly price: number
  readonly size: number
  readonly conditions: readonly string[]
}
export interface MarketNews {
  readonly id: number
  readonly headline: string
  readonly summary: string
  readonly author: string
  /** HTML. */
  readonly content: string
  readonly url: string | null
  readonly symbols: readonly string[]
  readonly source: string
  readonly createdAt: number
  readonly updatedAt: number
}
export interface CorporateSplit {
  readonly id: string
  readonly symbol: string
  readonly oldRate: number
  readonly newRate: number
  readonly date: string
}
/** Trades and quotes happen between milliseconds: these are their last nanoseconds. */
export const tickTail = 211

/** The channels a message may belong to. */
export type Channel = 'trades' | 'quotes' | 'bars' | 'updatedBars' | 'dailyBars' | 'statuses' | 'lulds' | 'corrections' | 'cancelErrors'
export type Publish = (channel: Channel, symbol: string, message: Readonly<Record<string, unknown>>) => void

/** What the market-data APIs know, and what they say of it while it happens. */
export class Market {
  readonly quotes = new Map<string, EmulatedQuote[]>()
  readonly trades = new Map<string, MarketTrade[]>()
  readonly minutes = new Map<string, MarketBar[]>()
  readonly days = new Map<string, MarketBar[]>()
  readonly news = new Map<number, MarketNews>()
  readonly splits: CorporateSplit[] = []
  readonly #publish: Publish
  readonly #publishNews: (item: MarketNews) => void
  readonly #now: () => number
  #tradeIds = 0
  #newsIds = 24_000_000

  constructor(publish: Publish, publishNews: (item: MarketNews) => void, now: () => number) {
    this.#publish = publish
    this.#publishNews = publishNews
    this.#now = now
  }

  quote(symbol: string, quote: EmulatedQuote): void {
    listOf(this.quotes, symbol).push(quote)
    this.#publish('quotes', symbol, { T: 'q', S: symbol, ...quoteOf(quote), t: quote.at })
  }
  trade(symbol: string, price: number, size: number, at = this.#now()): MarketTrade {
    this.#tradeIds += 1
    const trade = { id: this.#tradeIds, at, price, size, conditions: ['@'] }
    listOf(this.trades, symbol).push(trade)
    this.#publish('trades', symbol, { T: 't', S: symbol, ...tradeOf(trade), t: at })
    return trade
  }
  /** The exchange corrects a trade that was told before. */
  correct(symbol: string, original: MarketTrade, price: number, size: number): void {
    this.#tradeIds += 1
    const corrected = { ...original, id: this.#tradeIds, price, size }
    const list = listOf(this.trades, symbol)
    list[list.indexOf(original)] = corrected
    const [before, after] = [tradeOf(original), tradeOf(corrected)]
    const told = { oi: before.i, op: before.p, os: before.s, oc: before.c, ci: after.i, cp: after.p, cs: after.s, cc: after.c }
    this.#publish('corrections', symbol, { T: 'c', S: symbol, x: 'V', ...told, z: 'C', t: this.#now() })
  }
  cancelTrade(symbol: string, trade: MarketTrade): void {
    const list = listOf(this.trades, symbol)
    list.splice(list.indexOf(trade), 1)
    const told = { i: trade.id, x: 'V', p: trade.price, s: trade.size, a: 'C', z: 'C', t: this.#now() }
    this.#publish('cancelErrors', symbol, { T: 'x', S: symbol, ...told })
  }
  /** A minute that is over. */
  minute(symbol: string, bar: MarketBar): void {
    put(listOf(this.minutes, symbol), bar)
    this.#publish('bars', symbol, { T: 'b', S: symbol, ...barOf(bar), t: bar.at })
  }
  /** Late trades changed a minute that was told before. */
  updateMinute(symbol: string, bar: MarketBar): void {
    put(listOf(this.minutes, symbol), bar)
    this.#publish('updatedBars', symbol, { T: 'u', S: symbol, ...barOf(bar), t: bar.at })
  }
  day(symbol: string, bar: MarketBar): void {
    put(listOf(this.days, symbol), bar)
    this.#publish('dailyBars', symbol, { T: 'd', S: symbol, ...barOf(bar), t: bar.at })
  }
  /** History as it is found, without a word on the sockets. */
  history(symbol: string, timeframe: '1Min' | '1Day', bars: readonly MarketBar[]): void {
    const list = listOf(timeframe === '1Min' ? this.minutes : this.days, symbol)
    list.push(...bars)
    list.sort((a, b) => a.at - b.at)
  }
  status(symbol: string, halted: boolean, at = this.#now()): void {
    const words = halted
      ? { sc: 'H', sm: 'Trading Halt', rc: 'T1', rm: 'Halt News Pending' }
      : { sc: 'T', sm: 'Trading Resumption', rc: '', rm: '' }
    this.#publish('statuses', symbol, { T: 's', S: symbol, ...words, z: 'C', t: at })
  }
  luld(symbol: string, up: number, down: number, at = this.#now()): void {
    this.#publish('lulds', symbol, { T: 'l', S: symbol, u: up, d: down, i: 'B', z: 'C', t: at })
  }
  /** A new article, or with the `id` of a known one its revision. */
  article(facts: Partial<MarketNews> & Pick<MarketNews, 'headline' | 'symbols'>): MarketNews {
    const known = facts.id === undefined ? undefined : this.news.get(facts.id)
    this.#newsIds += 1
    const at = this.#now()
    const empty = { id: this.#newsIds, summary: '', author: 'Emulated Newsdesk', content: '', url: null, source: 'benzinga', createdAt: at }
    const item: MarketNews = { ...empty, ...known, updatedAt: at, ...facts }
    this.news.set(item.id, item)
    this.#publishNews(item)
    return item
  }
  split(symbol: string, newRate: number, oldRate: number, at: number): void {
    this.splits.push({ id: randomUUID(), symbol, newRate, oldRate, date: exchangeDate(at) })
  }
}

export function listOf<T>(map: Map<string, T[]>, symbol: string): T[] {
  const known = map.get(symbol)
  if (known) return known
  const list: T[] = []
  map.set(symbol, list)
  return list
}
function put(bars: MarketBar[], bar: MarketBar): void {
  const same = bars.findIndex(({ at }) => at === bar.at)
  if (same >= 0) bars[same] = bar
  else bars.push(bar)
}

/** The fields of the wire but for the time, which REST writes as text and the sockets as a msgpack timestamp. */
export const quoteOf = ({ bid, ask, bidSize, askSize }: EmulatedQuote) => ({
  bx: 'V',
  bp: Number(bid.toFixed()),
  bs: bidSize,
  ax: 'V',
  ap: Number(ask.toFixed()),
  as: askSize,
  c: ['R'],
  z: 'C',
})
export const tradeOf = ({ id, price, size, conditions }: MarketTrade) => ({ i: id, x: 'V', p: price, s: size, c: conditions, z: 'C' })
export const barOf = ({ open, high, low, close, volume, trades, vwap }: MarketBar) => ({
  o: open,
  h: high,
  l: low,
  c: close,
  v: volume,
  n: trades ?? 1,
  vw: vwap ?? close,
})
