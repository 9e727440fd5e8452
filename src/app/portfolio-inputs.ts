import { exchangeDate, regularHours, sessionAt } from '../domain/calendar.ts'
import { approximate, maximum, minimum, type Price } from '../domain/decimal.ts'
import type { DayRange } from '../domain/risk/check.ts'
import { check as correlationCheck } from '../domain/risk/checks/correlation.ts'
import { type DailyReturns, dailyReturns } from '../domain/risk/correlation.ts'
import { limitsOf } from '../domain/risk/limits.ts'
import type { AppContext, Log } from './context.ts'

/** Whatever cannot be had is noted and missing. */
export const orNull = <T>(log: Log, what: string, symbol: string, answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    log.warn({ symbol, error }, `${what} could not be had`)
    return null
  })

/** What the market knows of everything that is held or on its way. What is not in it could not be had. */
export interface Surroundings {
  /** Last trades. */
  readonly lasts: ReadonlyMap<string, Price>
  /** Those of the asked symbol as well, when there is anything to compare it with. */
  readonly returns: ReadonlyMap<string, DailyReturns>
}
export const nothingAround: Surroundings = { lasts: new Map(), returns: new Map() }

/** Asked before the books are locked; what is bought meanwhile is valued at its entry and compared with nothing. */
export async function lookAround(context: AppContext, symbol: string): Promise<Surroundings> {
  const { read, market, log } = context
  const [positions, entries] = await Promise.all([read.openPositions(), read.workingEntries()])
  const held = [...new Set([...positions, ...entries].map((one) => one.symbol))]
  if (held.length === 0) return nothingAround
  const compared = held.every((one) => one === symbol) ? [] : [...new Set([symbol, ...held])]
  const [quotes, returns] = await Promise.all([
    orNull(log, 'quotes of what is held', symbol, market.quotes(held)),
    Promise.all(compared.map(async (one) => [one, await returnsOf(context, one)] as const)),
  ])
  const lasts = held.flatMap((one, i) => (quotes?.[i] ? [[one, quotes[i].last] as const] : []))
  return { lasts: new Map(lasts), returns: new Map(returns.flatMap(([one, known]) => (known ? [[one, known] as const] : []))) }
}

/** Daily returns change once a day: they are looked up once a day. */
async function returnsOf(context: AppContext, symbol: string): Promise<DailyReturns | null> {
  const { clock, market, log, status } = context
  const { days } = limitsOf(context.checks(), correlationCheck)
  const stamp = `${exchangeDate(clock.now())}, ${days} days`
  if (status.returns.stamp !== stamp) {
    status.returns.stamp = stamp
    status.returns.bySymbol.clear()
  }
  const known = status.returns.bySymbol.get(symbol)
  if (known) return known
  const bars = await orNull(log, 'daily bars', symbol, market.bars(symbol, '1d', days + 1))
  if (bars === null) return null
  const found = dailyReturns(bars.map(({ at, close }) => ({ at, close: approximate(close) })))
  // Nothing is asked for again: the feed may not have caught up with the new day yet.
  if (found.values.length > 0) status.returns.bySymbol.set(symbol, found)
  return found
}

/** Of the minutes of this session that are complete; null outside of it and in its first minute. */
export async function rangeOfToday({ clock, market, log }: AppContext, symbol: string): Promise<DayRange | null> {
  const now = clock.now()
  if (sessionAt(now) !== 'regular') return null
  const { open } = regularHours(exchangeDate(now))
  const bars = await orNull(log, "today's range", symbol, market.bars(symbol, '1m', Math.ceil((now - open) / 60_000)))
  const [first, ...rest] = bars?.filter(({ at }) => at >= open) ?? []
  if (!first) return null
  return {
    low: minimum(first.low, ...rest.map(({ low }) => low)) as Price,
    high: maximum(first.high, ...rest.map(({ high }) => high)) as Price,
  }
}
