import { sessionAt } from '../domain/calendar.ts'
import { text } from '../domain/decimal.ts'
import type { Role } from '../domain/people.ts'
import { check as quoteStale } from '../domain/risk/checks/quote-stale.ts'
import { limitsOf } from '../domain/risk/limits.ts'
import type { Actor } from '../ports/chat.ts'
import { isoNow } from '../ports/clock.ts'
import type { App } from './app.ts'
import { closingOrder } from './close-position.ts'
import type { Operations } from './operations.ts'
import { lossBudget } from './risk-usage.ts'

/** The state of everything in one glance, apart from who is looking. Money in USD as strings. */
export async function stateView(app: App, operations: Omit<Operations, 'live'>) {
  const [account, trading, open, claimCode] = await Promise.all([
    // What is left after a kill must be seen above all when the broker is down.
    app.accountSummary({ lastKnown: true }),
    app.read.tradingState(),
    app.read.openProposals(),
    operations.claimCode(),
  ])
  const budget = await lossBudget(app, account.equity)
  return {
    mode: app.broker.mode.toUpperCase(),
    approval_mode: trading.mode,
    trading_state: trading.state,
    cause: trading.cause,
    equity: account.equity.toFixed(2),
    cash: account.cash.toFixed(2),
    buying_power: account.buyingPower.toFixed(2),
    account_old: account.old,
    day_pnl: account.dayPnl.toFixed(2),
    unrealized_pnl: account.unrealizedPnl.toFixed(2),
    loss_budget: budget.whole?.toFixed(2) ?? null,
    loss_budget_left: budget.left?.toFixed(2) ?? null,
    open_positions: account.openPositions,
    not_flat: trading.state === 'halted' ? await openAfterHalt(app) : [],
    pending: open.length,
    now: isoNow(app.clock),
    session: sessionAt(app.clock.now()),
    speed: app.clock.speed,
    market: app.market.name,
    database: operations.database,
    reconciling: app.status.reconciling,
    quote_max_age_seconds: quoteMaxAge(app),
    claim_code: claimCode,
    version: operations.version,
  }
}
/** While halted nobody may believe that all is sold: what is still held, and whether it is being closed. */
export async function openAfterHalt(app: Pick<App, 'read'>) {
  const [positions, working] = await Promise.all([app.read.openPositions(), app.read.workingOrders()])
  return positions.map((position) => ({
    position_id: position.id,
    symbol: position.symbol,
    side: position.side,
    quantity: text(position.quantity),
    closing: closingOrder(working, position) !== undefined,
  }))
}
export type SharedState = Awaited<ReturnType<typeof stateView>>

/** What one person sees: the claim code is for owners' eyes. */
export const personalState = (shared: SharedState, actor: Actor, role: Role | null) => ({
  ...shared,
  claim_code: role === 'owner' ? shared.claim_code : null,
  you: { id: actor.id, name: actor.name, role },
})

/** The limit of the check that refuses old quotes, for the feed in use. */
const quoteMaxAge = (app: Pick<App, 'checks' | 'market'>): number => limitsOf(app.checks(), quoteStale)[`${app.market.feed}_seconds`]
