import type { DecimalString, Price, Usd } from '../domain/decimal.ts'
import type { QuoteView } from '../domain/risk/check.ts'

/** One bar; `at` is its start, epoch milliseconds. Volume in shares. */
export interface Bar {
  readonly at: number
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  readonly volume: number
}

export interface Quote extends QuoteView {
  readonly symbol: string
  readonly bidSize: number
  readonly askSize: number
}

export interface Security {
  readonly symbol: string
  readonly name: string
  readonly exchange: string
  readonly sector: string
  readonly tradable: boolean
  readonly shortable: boolean
  readonly averageDailyVolume: number | null
  readonly marketCap: Usd | null
}

/** A corporate action that the price series has already gone through: `ratio` new shares for one old. */
export interface Split {
  readonly symbol: string
  readonly ratio: DecimalString
  readonly at: number
}

export interface MarketData {
  readonly name: string
  readonly feed: 'sip' | 'iex' | 'sim'
  /** Every symbol that may be traded. */
  securities(): Promise<readonly Security[]>
  /** The newest quote, or null when there is none (unknown symbol, nothing traded yet). */
  quote(symbol: string): Promise<Quote | null>
  /** Many at once, in the order asked; for screens that tick. */
  quotes(symbols: readonly string[]): Promise<readonly (Quote | null)[]>
  /** Complete bars before `end` (default: now), oldest first. */
  bars(symbol: string, timeframe: '1m' | '1d', count: number, end?: number): Promise<readonly Bar[]>
  isHalted(symbol: string): Promise<boolean>
  /** When anything at all last came from the feed, epoch milliseconds on the running clock; null: nothing yet. */
  heardAt(): number | null
}
