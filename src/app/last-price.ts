import { exchangeDate } from '../domain/calendar.ts'
import type { Price } from '../domain/decimal.ts'
import { percentText } from '../domain/risk/exposure.ts'
import type { AppContext } from './context.ts'
import { orNull } from './portfolio-inputs.ts'

export interface LastPrice {
  /** Last trade; null when there is no quote. */
  readonly last: Price | null
  /** Against the close of the session before the one it traded in, percent to two places, signed by a minus only; null when unknown. */
  readonly dayChange: string | null
}

/** Where a symbol stands now. What cannot be had is null and in the log. */
export async function lastPrice({ market, clock, log }: Pick<AppContext, 'market' | 'clock' | 'log'>, symbol: string): Promise<LastPrice> {
  const [quote, days] = await Promise.all([
    orNull(log, 'quote', symbol, market.quote(symbol)),
    // Two: after the close the newest day is the one that it just traded in.
    orNull(log, 'daily bars', symbol, market.bars(symbol, '1d', 2)),
  ])
  if (!quote) return { last: null, dayChange: null }
  const traded = exchangeDate(Math.min(quote.at, clock.now()))
  const before = days?.findLast((bar) => exchangeDate(bar.at) < traded)?.close
  return { last: quote.last, dayChange: before ? percentText(quote.last.minus(before), before) : null }
}

/** +1.2 %: a percentage with its sign. */
export const signedPercent = (percent: string): string => `${percent.startsWith('-') || percent === '0' ? '' : '+'}${percent} %`
