import type { z } from 'zod'
import type { Decimal, Price, Usd } from '../decimal.ts'

export interface SizingInput {
  readonly equity: Usd
  readonly entry: Price
  readonly stop: Price
  readonly confidence: number
}

/** One way to size a position. Pure; the caps are applied afterwards, the same for all. */
export interface SizingMethod<Settings = unknown> {
  /** kebab-case; its name in config.yaml under `sizing.method`. */
  readonly name: string
  readonly settings: z.ZodType<Settings>
  /** Shares wanted, not rounded, with words for what set the size ("5 % of equity"). */
  size(input: SizingInput, settings: Settings): { readonly shares: Decimal; readonly because: string }
}
export const defineSizing = <Settings>(method: SizingMethod<Settings>): SizingMethod<Settings> => method
