import type { Price } from '../domain/decimal.ts'
import type { Bar, Quote, Security, Split } from './market-data.ts'

/** What one symbol traded between two moments; `bar.at` is its start. A halted symbol has no bars. */
export interface FeedBar {
  readonly symbol: string
  readonly bar: Bar
  /** Epoch milliseconds at which the bar is complete. */
  readonly end: number
  /** From the middle to bid and ask, USD. */
  readonly halfSpread: Price
  /** Whole shares that one more participant could trade in this bar. */
  readonly available: number
}

/** Time has come to `at`, and these bars are complete. Ticks without bars still tell the time. */
export interface FeedTick {
  readonly at: number
  readonly bars: readonly FeedBar[]
}

export interface FeedFollower {
  /** The symbols whose bars matter now; others may be left out. */
  wanted(): ReadonlySet<string>
  /** Ticks come in the order of time; the promise is awaited before the next. */
  tick(tick: FeedTick): Promise<void>
}

/** How a simulated or replayed market drives a simulated broker. Synchronous look-ups, because both live in one process. */
export interface MarketFeed {
  /** True when time moves in steps and waits for all: then a follower finishes telling its own listeners before a tick ends. */
  readonly manual: boolean
  follow(follower: FeedFollower): () => void
  lastQuote(symbol: string): Quote | null
  knownSecurity(symbol: string): Security | null
  /** Splits that took effect in (after, upTo], oldest first. */
  splitsBetween(symbol: string, after: number, upTo: number): readonly Split[]
}
