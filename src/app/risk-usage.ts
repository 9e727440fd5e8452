import { approximate, type Decimal, decimal, divide, fromNumber, notional, zero } from '../domain/decimal.ts'
import type { Position } from '../domain/position.ts'
import { money } from '../domain/risk/check.ts'
import { positionCap, check as tooLarge } from '../domain/risk/checks/position-too-large.ts'
import { check as quoteStale } from '../domain/risk/checks/quote-stale.ts'
import { check as spreadTooWide } from '../domain/risk/checks/spread-too-wide.ts'
import { check as stopTooWide } from '../domain/risk/checks/stop-too-wide.ts'
import { limitsOf } from '../domain/risk/limits.ts'
import type { Quote } from '../ports/market-data.ts'
import type { App } from './app.ts'
import { type PricedPosition, pricedPositions } from './current-prices.ts'

/** One limit and how much of it is used; `share` is 0 to 1 and beyond. */
export interface LimitUse {
  readonly code: string
  readonly tier: string
  readonly label: string
  readonly used: string
  readonly limit: string
  readonly unit: 'usd' | 'percent' | 'seconds'
  readonly share: number
  readonly explain: string
}

/** The limits that have a number, for the largest open position; with none open, nothing is used. */
export async function riskUsage(app: App): Promise<{ readonly items: readonly LimitUse[]; readonly trips_next: string | null }> {
  const [account, positions] = await Promise.all([app.broker.account(), app.read.openPositions()])
  // At what they would fetch now: a mark is only as new as the last one that was stored.
  const priced = await pricedPositions(app, positions)
  const most = priced.reduce<PricedPosition | null>((max, p) => (max === null || worth(p).gt(worth(max)) ? p : max), null)
  const largest = most?.position ?? null
  const quote = largest && (await app.market.quote(largest.symbol))
  const about = (words: string): string => (largest ? `${largest.symbol}: ${words}` : 'No position is open')
  const checks = app.checks()
  const { cap, because } = positionCap(account.equity, limitsOf(checks, tooLarge))
  const held = most ? worth(most) : zero
  const stop = largest ? stopPercent(largest) : zero
  const widest = limitsOf(checks, stopTooWide).percent
  const spread = quote ? spreadPercent(quote) : zero
  const widestSpread = limitsOf(checks, spreadTooWide).percent
  const oldest = limitsOf(checks, quoteStale)[`${app.market.feed}_seconds`]
  const age = quote ? fromNumber(Math.max(0, (app.clock.now() - quote.at) / 1000), 1) : zero
  const items = [
    use(tooLarge, 'Largest position', held, cap, 'usd', about(`${money(held)} of the ${because}`)),
    use(stopTooWide, 'Stop distance', stop, decimal(widest), 'percent', about(`stop ${stop.toFixed(2)} % away; at most ${widest} %`)),
    use(spreadTooWide, 'Spread', spread, decimal(widestSpread), 'percent', about(`${spread.toFixed(2)} %; at most ${widestSpread} %`)),
    use(quoteStale, 'Quote age', age, fromNumber(oldest, 0), 'seconds', about(`${age.toFixed()} s old; at most ${oldest} s`)),
  ]
  const next = items.reduce((most, item) => (item.share > most.share ? item : most))
  return { items, trips_next: next.share > 0 ? next.code : null }
}

function use(
  check: { readonly code: string; readonly tier: string },
  label: string,
  used: Decimal,
  limit: Decimal,
  unit: LimitUse['unit'],
  explain: string,
): LimitUse {
  const share = limit.gt(zero) ? approximate(divide(used, limit).round(4)) : 1
  const places = unit === 'usd' ? 2 : undefined
  return { code: check.code, tier: check.tier, label, used: used.toFixed(places), limit: limit.toFixed(places), unit, share, explain }
}

const worth = ({ position, at }: PricedPosition): Decimal => notional(at, position.quantity)
const stopPercent = (p: Position): Decimal =>
  p.stopLoss === null || p.entryPrice.eq(zero)
    ? zero
    : divide(p.entryPrice.minus(p.stopLoss).abs().times(decimal('100')), p.entryPrice).round(2)
function spreadPercent(quote: Quote): Decimal {
  const both = quote.ask.plus(quote.bid)
  return both.lte(zero) ? zero : divide(quote.ask.minus(quote.bid).times(decimal('200')), both).round(2)
}
