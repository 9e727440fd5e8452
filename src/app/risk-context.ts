import { exchangeDate, sessionAt } from '../domain/calendar.ts'
import type { AccountView, DayRange, EntryRequest, QuoteView, RiskContext } from '../domain/risk/check.ts'
import { check as correlationCheck } from '../domain/risk/checks/correlation.ts'
import { check as dailyLoss, dayLossLimit } from '../domain/risk/checks/daily-loss.ts'
import { heldCorrelations } from '../domain/risk/correlation.ts'
import { limitsOf } from '../domain/risk/limits.ts'
import { portfolioState, type Standing } from '../domain/risk/portfolio.ts'
import type { ReadModel } from '../ports/read-model.ts'
import type { AppContext } from './context.ts'
import { startOfExchangeDay } from './mark-to-market.ts'
import { lookAround, nothingAround, orNull, rangeOfToday, type Surroundings } from './portfolio-inputs.ts'

/** What only the outside knows, fetched before the books are locked. Whatever cannot be had is null, and null denies. */
export interface MarketLook {
  readonly account: AccountView | null
  readonly quote: QuoteView | null
  readonly halted: boolean | null
  readonly around: Surroundings
  readonly dayRange: DayRange | null
}

/** @param options.range with today's range, which takes a while: for cards, not for taps. */
export async function lookAtMarket(context: AppContext, symbol: string, options: { readonly range?: boolean } = {}): Promise<MarketLook> {
  const [account, quote, halted, around, dayRange] = await Promise.all([
    orNull(context.log, 'account', symbol, context.broker.account()),
    orNull(context.log, 'quote', symbol, context.market.quote(symbol)),
    orNull(context.log, 'halt status', symbol, context.market.isHalted(symbol)),
    orNull(context.log, 'what is held', symbol, lookAround(context, symbol)),
    options.range ? rangeOfToday(context, symbol) : null,
  ])
  return { account, quote, halted, around: around ?? nothingAround, dayRange }
}

const recentMs = 10 * 60_000

/** What our books know of everything that bears on an entry in one symbol. */
export type Books = Awaited<ReturnType<typeof readBooks>>

/** @param read the transaction's, when the verdict is about to be acted on: then it is read under that one's locks. */
export async function readBooks(context: AppContext, symbol: string, read: ReadModel) {
  const now = context.clock.now()
  // Sent together and answered in order, also on the one connection of a transaction: a tap waits for one answer instead of seven.
  // Orders before positions: a fill that comes in between is counted twice rather than not at all.
  const [trading, workingOrders, positions, recent, stopOut, security, standing] = await Promise.all([
    read.tradingState(),
    read.workingEntries(symbol),
    read.openPositions(),
    read.entriesSince(new Date(now - recentMs).toISOString()),
    read.lastStopOut(symbol),
    read.security(symbol),
    readStanding(now, read),
  ])
  return { trading, positions, workingOrders, recent, stopOut, security, standing }
}

/** One consistent snapshot for the checks. @param books those of the request's symbol */
export function riskContext(context: AppContext, request: EntryRequest, look: MarketLook, books: Books): RiskContext {
  const now = context.clock.now()
  const settings = context.settings()
  const { account, quote, halted } = look
  const { trading, positions, workingOrders, recent, stopOut, security } = books
  return {
    account,
    quote,
    // Whether it is halted must be known: an unknown status counts as missing data.
    security: security && halted !== null ? { ...security, halted } : null,
    dayRange: look.dayRange,
    ...portfolioPart(context, request, look, books),
    now,
    request,
    session: sessionAt(now),
    trading,
    positions,
    workingOrders,
    reconciling: context.status.reconciling,
    shortingEnabled: settings.shorting,
    blockedSymbols: settings.blocked_symbols,
    allowedSymbols: settings.allowed_symbols,
    recentEntries: recent.map((order) => ({ symbol: order.symbol, side: order.side, at: Date.parse(order.preparedAt) })),
    lastStopOutAt: stopOut === null ? null : Date.parse(stopOut),
    unreachableMs: context.status.unreachableSince === null ? null : Date.now() - context.status.unreachableSince,
    feed: context.market.feed,
    feedHeardAt: context.market.heardAt(),
    brokerFailures: context.status.brokerFailures,
    mode: context.broker.mode,
    liveEnabled: context.status.liveEnabled,
  }
}

/** The day's beginning, the peak and the record, as the books have them. */
export const readStanding = (now: number, read: ReadModel): Promise<Standing> => {
  const date = exchangeDate(now)
  return read.standing(startOfExchangeDay(date), date)
}

/** All that is at stake, from what the books and the market said. */
export function portfolioPart(
  context: Pick<AppContext, 'checks'>,
  request: Pick<EntryRequest, 'symbol' | 'side'>,
  { account, around }: Pick<MarketLook, 'account' | 'around'>,
  books: Pick<RiskContext, 'positions' | 'workingOrders'> & { readonly standing: Standing },
): Pick<RiskContext, 'portfolio' | 'correlations' | 'dayLossLimit'> {
  const { positions, workingOrders: orders, standing } = books
  const checks = context.checks()
  return {
    portfolio: portfolioState({ equity: account?.equity ?? null, positions, orders, lasts: around.lasts, standing }),
    correlations: heldCorrelations(request, { positions, orders }, around.returns, limitsOf(checks, correlationCheck).days),
    dayLossLimit: standing.dayStart && dayLossLimit(standing.dayStart, limitsOf(checks, dailyLoss)),
  }
}
