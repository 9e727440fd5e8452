import { closeOf, nextOpen, sessionAt } from '../domain/calendar.ts'
import { approximate, type Price, quantity } from '../domain/decimal.ts'
import type { Refusal } from '../domain/decision.ts'
import { cardExpiry } from '../domain/half-life.ts'
import { lastAtr } from '../domain/indicators/atr.ts'
import type { ProposalTerms } from '../domain/proposal.ts'
import { inFirstLiveWeek } from '../domain/readiness.ts'
import type { RiskContext } from '../domain/risk/check.ts'
import { size } from '../domain/sizing/size.ts'
import { plan, planTerms, type TradePlan } from '../domain/trade-plan.ts'
import { isoNow } from '../ports/clock.ts'
import type { AppContext } from './context.ts'
import { recentRelativeVolume } from './recent-volume.ts'
import { type MarketLook, readBooks, riskContext } from './risk-context.ts'

/** What a price is needed for: an alert that asks for the first time, or a proposal that asks again. */
export interface Wanted {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly version: number
  readonly confidence: number
  /** The source's own levels, when it gave any. */
  readonly stopLoss: Price | null
  readonly takeProfit: Price | null
}
export type PricedTerms =
  | { readonly ok: true; readonly terms: ProposalTerms; readonly atr: number | null; readonly rvol: number | null }
  | { readonly ok: false; readonly refusal: Refusal }

const atrDays = 14

/** Plan (stop, target, ceiling) and size for the market of now. Missing account or quote refuses: nothing is guessed. */
export async function priceTerms(context: AppContext, wanted: Wanted, look: MarketLook): Promise<PricedTerms> {
  const { account, quote } = look
  if (!account || !quote)
    return { ok: false, refusal: { code: 'DATA_INVALID', explain: `no ${account ? 'quote' : 'account'} for ${wanted.symbol}` } }
  const entry = wanted.side === 'buy' ? quote.ask : quote.bid
  const [range, rvol] = await Promise.all([dailyRange(context, wanted.symbol), recentRelativeVolume(context, wanted.symbol)])
  const settings = context.settings()
  const planned = plan(
    {
      side: wanted.side,
      entry,
      atr: range,
      stopLoss: wanted.stopLoss,
      takeProfit: wanted.takeProfit,
      exits: settings.exits,
      ceilingPercent: settings.approvals.ceiling_percent,
    },
    context.checks(),
  )
  const request = {
    entry: planned.limitPrice,
    stop: planned.stopLoss,
    confidence: wanted.confidence,
    atr: range,
    rvol,
    context: await sizingContext(context, wanted, planned, look),
    halvedBecause: (await isFirstLiveWeek(context)) ? 'first live week: half' : null,
  }
  const sized = size(request, context.sizing(), context.checks())
  if (!sized.ok) return { ok: false, refusal: { code: sized.code, explain: sized.reason } }
  return { ok: true, terms: planTerms(planned, sized, wanted.version, isoNow(context.clock)), atr: range, rvol }
}

async function isFirstLiveWeek({ broker, read, clock }: AppContext): Promise<boolean> {
  if (broker.mode !== 'live') return false
  const first = await read.firstFillAt()
  return inFirstLiveWeek(broker.mode, first === null ? null : Date.parse(first), clock.now())
}

/** A request for nothing yet, at the worst price that the card will cover. */
async function sizingContext(context: AppContext, wanted: Wanted, planned: TradePlan, look: MarketLook): Promise<RiskContext> {
  const request = {
    proposalId: null,
    symbol: wanted.symbol,
    side: wanted.side,
    quantity: quantity('0'),
    price: planned.ceilingPrice,
    stopLoss: planned.stopLoss,
    takeProfit: planned.takeProfit,
    confidence: wanted.confidence,
  }
  return riskContext(context, request, look, await readBooks(context, wanted.symbol, context.read))
}

/** ATR(14) of complete daily bars, USD; null when there is too little history, and the plan then uses its fallback. */
async function dailyRange(context: AppContext, symbol: string): Promise<number | null> {
  const bars = await context.market.bars(symbol, '1d', 4 * atrDays)
  const ranges = bars.map(({ high, low, close }) => ({ high: approximate(high), low: approximate(low), close: approximate(close) }))
  return lastAtr(ranges, atrDays)
}

/** When an unanswered card lapses: see `cardExpiry`; with the market shut, its time begins at the next open. */
export function expiryOf(context: AppContext, category: string | null): string {
  const now = context.clock.now()
  const { expiry_minutes: expiryMinutes, half_life_minutes: overrides } = context.settings().approvals
  const from = sessionAt(now) === 'regular' ? now : nextOpen(now)
  return new Date(cardExpiry({ from, closeAt: closeOf(from), category, expiryMinutes, overrides })).toISOString()
}
