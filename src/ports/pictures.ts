import type { DecimalString } from '../domain/decimal.ts'
import type { Card, CardPicture } from './chat.ts'

/** Draws what cards show. Slow (a few hundred milliseconds) and never on the main loop. */
export interface Pictures {
  /**
   * A PNG of 1600 x 900 pixels; null when there is nothing to draw, or it failed or took too long: a card does without.
   * Drawn once for equal names within a minute. Never rejects.
   */
  render(picture: CardPicture): Promise<Uint8Array | null>
}

/** Finds out what a picture's name stands for; null: nothing that can be drawn. Names may come from outside: anything at all. */
export type FindDrawing = (name: string) => Promise<Drawing | null>

/** Plain data, so that it travels between threads. Prices in USD a share; times epoch milliseconds. */
export type Drawing = CandlesDrawing | EquityDrawing | SizingDrawing

export interface CandlesDrawing {
  readonly kind: 'candles'
  readonly banner: Card['banner']
  readonly symbol: string
  /** What is or would be held, in a few words: `Buy 41`. At most 24 characters; may be empty. */
  readonly trade: string
  readonly last: DecimalString | null
  /** Since yesterday's close, in percent. */
  readonly dayChange: DecimalString | null
  /** Oldest first, a minute each. */
  readonly bars: readonly DrawnBar[]
  readonly levels: readonly DrawnLevel[]
  /** When the catalyst was published; null: there is none. */
  readonly newsAt: number | null
  readonly asOf: number
}
export interface DrawnBar {
  readonly at: number
  readonly open: DecimalString
  readonly high: DecimalString
  readonly low: DecimalString
  readonly close: DecimalString
}
export interface DrawnLevel {
  readonly kind: 'entry' | 'ceiling' | 'stop' | 'target' | 'last'
  readonly at: DecimalString
}

export interface EquityDrawing {
  readonly kind: 'equity'
  readonly banner: Card['banner']
  /** Of which time: `today`, `this week`. */
  readonly period: string
  /** Realized less fees, USD. */
  readonly net: DecimalString
  /** Oldest first, USD. */
  readonly points: readonly { readonly at: number; readonly equity: DecimalString }[]
  readonly asOf: number
}

/** The same trades by several ways of sizing, the best first. */
export interface SizingDrawing {
  readonly kind: 'sizing'
  readonly banner: Card['banner']
  readonly trades: number
  /** Equity after each trade, the start first, USD. */
  readonly lines: readonly { readonly method: string; readonly equity: readonly DecimalString[] }[]
  readonly asOf: number
}
