import { approximate, type Decimal, divide, notional, price, quantity, type Usd, zero } from '../domain/decimal.ts'
import type { EntryRequest, LimitUse, RiskContext } from '../domain/risk/check.ts'
import { check as dailyLoss, dayLossLimit } from '../domain/risk/checks/daily-loss.ts'
import { limitsOf } from '../domain/risk/limits.ts'
import { lossOf, type PortfolioState } from '../domain/risk/portfolio.ts'
import type { ArmedCheck } from '../domain/risk/verdict.ts'
import type { App } from './app.ts'
import type { AppContext, Log } from './context.ts'
import { type PricedPosition, pricedPositions } from './current-prices.ts'
import { nothingAround, orNull } from './portfolio-inputs.ts'
import { lookAtMarket, type MarketLook, readBooks, readStanding, riskContext } from './risk-context.ts'

/** One limit and how much of it is used; `share` is 0 to 1 and beyond. */
export interface UsedLimit extends LimitUse {
  readonly code: string
  readonly tier: string
  readonly share: number
}

export interface RiskUsage {
  readonly items: readonly UsedLimit[]
  /** The fullest limit that trading, not time, fills; null when nothing is used of any. */
  readonly tripsNext: UsedLimit | null
  readonly portfolio: PortfolioState
}

/** Every limit that can be shown as a bar, with nothing more asked for: those of one position are of the largest that is open. */
export async function riskUsage(app: App): Promise<RiskUsage> {
  // At what they would fetch now: a mark is only as new as the last one that was stored.
  const priced = await pricedPositions(app, await app.read.openPositions())
  const most = priced.reduce<PricedPosition | null>((max, p) => (max === null || worth(p).gt(worth(max)) ? p : max), null)
  const request = most ? nothingMoreOf(most) : nothing
  const [look, books] = await Promise.all([
    most ? lookAtMarket(app, request.symbol) : accountOnly(app),
    readBooks(app, request.symbol, app.read),
  ])
  const context = riskContext(app, request, look, books)
  const items = usedLimits(context, app.checks(), app.log)
  const next = items
    .filter(({ passing }) => passing !== true)
    .reduce<UsedLimit | null>((max, i) => (i.share > (max?.share ?? 0) ? i : max), null)
  return { items, tripsNext: next, portfolio: context.portfolio }
}

/** What each check shows of its limit. One that fails to is left out, and noted: what it denies is not its display's to decide. */
export const usedLimits = (context: RiskContext, checks: readonly ArmedCheck[], log: Log): readonly UsedLimit[] =>
  checks.flatMap(({ check: { code, tier, usage }, limits }) => {
    try {
      const use = usage?.(context, limits)
      return use ? [{ ...use, code, tier, share: shareOf(use) }] : []
    } catch (error) {
      log.warn({ code, error }, 'the use of a limit could not be shown')
      return []
    }
  })

/** As it leaves over HTTP. */
export function riskUsageView({ items, tripsNext, portfolio }: RiskUsage) {
  return {
    items: items.map(limitView),
    trips_next: tripsNext?.code ?? null,
    open_risk: portfolio.openRisk.toFixed(2),
    open_risk_on_its_way: portfolio.reservedRisk.toFixed(2),
    day_pnl: portfolio.dayPnl?.toFixed(2) ?? null,
    high_water: portfolio.highWater?.toFixed(2) ?? null,
    losing_trades: portfolio.losingTrades,
    losing_days: portfolio.losingDays,
  }
}

function limitView({ code, tier, label, used, limit, unit, share, explain }: UsedLimit) {
  const places = unit === 'usd' ? 2 : undefined
  const left = limit.gt(used) ? limit.minus(used) : zero
  return { code, tier, label, used: used.toFixed(places), limit: limit.toFixed(places), left: left.toFixed(places), unit, share, explain }
}

const shareOf = ({ used, limit }: LimitUse): number => (limit.gt(zero) ? approximate(divide(used, limit).round(4)) : 1)
const worth = ({ position, at }: PricedPosition): Decimal => notional(at, position.quantity)

const nothing: EntryRequest = {
  proposalId: null,
  symbol: '',
  side: 'buy',
  quantity: quantity('0'),
  price: price('0'),
  stopLoss: null,
  takeProfit: null,
  confidence: 1,
}
const nothingMoreOf = ({ position, at }: PricedPosition): EntryRequest => ({
  ...nothing,
  symbol: position.symbol,
  side: position.side === 'long' ? 'buy' : 'sell',
  price: at,
  stopLoss: position.stopLoss,
})

async function accountOnly(app: AppContext): Promise<MarketLook> {
  const account = await orNull(app.log, 'account', '', app.broker.account())
  return { account, quote: null, halted: null, around: nothingAround, dayRange: null }
}

/** What a day may lose, and what is left of it, USD; nulls when nobody knows where the day began. */
export async function lossBudget(app: App, equity: Usd): Promise<{ readonly whole: Usd | null; readonly left: Usd | null }> {
  const { dayStart } = await readStanding(app.clock.now(), app.read)
  if (dayStart === null) return { whole: null, left: null }
  const whole = dayLossLimit(dayStart, limitsOf(app.checks(), dailyLoss))
  const loss = lossOf(equity.minus(dayStart) as Usd)
  return { whole, left: (loss.gt(whole) ? zero : whole.minus(loss)) as Usd }
}
