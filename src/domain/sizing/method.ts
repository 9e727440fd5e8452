import type { z } from 'zod'
import { type Decimal, divide, fromNumber, type Price, type Usd, usd, zero } from '../decimal.ts'

/** What a method may go by. Whatever is null is not known: a method says what it does then. */
export interface SizingInput {
  /** Equity, not buying power: borrowed money makes no position larger. */
  readonly equity: Usd
  readonly entry: Price
  readonly stop: Price
  /** 0 to 1 */
  readonly confidence: number
  /** ATR(14, daily), USD a share. */
  readonly atr: number | null
  /** Volume lately by the usual; 1 is usual. */
  readonly rvol: number | null
  /** The highest correlation with anything that is held, -1 to 1. */
  readonly correlation: number | null
  /** Results of closed trades less fees, newest first, USD. */
  readonly results: readonly Usd[]
}

/** Shares wanted, not rounded, with words for what set the size ("5 % of equity"). */
export interface Wanted {
  readonly shares: Decimal
  readonly because: string
}

/** One way to size a position. Pure; the caps are applied afterwards, the same for all. */
export interface SizingMethod<Settings = unknown> {
  /** kebab-case; its name in config.yaml under `sizing.method`. */
  readonly name: string
  readonly settings: z.ZodType<Settings>
  size(input: SizingInput, settings: Settings): Wanted
}
export const defineSizing = <Settings>(method: SizingMethod<Settings>): SizingMethod<Settings> => method

/** What a record of closed trades says. `payOff` is the average win by the average loss; null: nothing was lost yet. */
export interface TradeRecord {
  readonly trades: number
  /** 0 to 1 */
  readonly winRate: Decimal
  readonly payOff: Decimal | null
}

export function tradeRecord(results: readonly Usd[]): TradeRecord {
  const sum = (values: readonly Usd[]): Usd => values.reduce((total, value) => total.plus(value) as Usd, usd('0'))
  const wins = results.filter((result) => result.gt(zero))
  // What came out even has not won.
  const losses = results.filter((result) => result.lte(zero))
  const [won, lost] = [sum(wins), sum(losses).abs()]
  const count = (list: readonly Usd[]): Decimal => fromNumber(list.length, 0)
  const winRate = results.length === 0 ? zero : divide(count(wins), count(results))
  const payOff = lost.eq(zero) || wins.length === 0 ? null : divide(won.times(count(losses)), lost.times(count(wins)))
  return { trades: results.length, winRate, payOff }
}
