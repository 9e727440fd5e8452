import { sessionAt } from '../domain/calendar.ts'
import type { AccountView, EntryRequest, QuoteView, RiskContext, SecurityView } from '../domain/risk/check.ts'
import type { ReadModel } from '../ports/read-model.ts'
import type { AppContext, Log } from './context.ts'

/** What only the outside knows, fetched before the books are locked. Whatever cannot be had is null, and null denies. */
export interface MarketLook {
  readonly account: AccountView | null
  readonly quote: QuoteView | null
  readonly security: SecurityView | null
}

/** Whatever cannot be had is noted and missing. */
export const orNull = <T>(log: Log, what: string, symbol: string, answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    log.warn({ symbol, error }, `${what} could not be had`)
    return null
  })

export async function lookAtMarket(context: AppContext, symbol: string): Promise<MarketLook> {
  const [account, quote, security, halted] = await Promise.all([
    orNull(context.log, 'account', symbol, context.broker.account()),
    orNull(context.log, 'quote', symbol, context.market.quote(symbol)),
    orNull(context.log, 'security', symbol, context.read.security(symbol)),
    orNull(context.log, 'halt status', symbol, context.market.isHalted(symbol)),
  ])
  // Whether it is halted must be known: an unknown status counts as missing data.
  return { account, quote, security: security && halted !== null ? { ...security, halted } : null }
}

const recentMs = 10 * 60_000

/** One consistent snapshot for the checks. @param read the transaction's, when the verdict is about to be acted on. */
export async function riskContext(context: AppContext, request: EntryRequest, look: MarketLook, read: ReadModel): Promise<RiskContext> {
  const now = context.clock.now()
  const settings = context.settings()
  // Sent together and answered in order, also on the one connection of a transaction: a tap waits for one answer instead of five.
  const [trading, positions, workingOrders, recent, stopOut] = await Promise.all([
    read.tradingState(),
    read.openPositions(),
    read.workingEntries(request.symbol),
    read.entriesSince(new Date(now - recentMs).toISOString()),
    read.lastStopOut(request.symbol),
  ])
  return {
    ...look,
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
  }
}
