import { exchangeDate } from '../domain/calendar.ts'
import { type Decimal, divide, fromNumber, type Usd, zero } from '../domain/decimal.ts'
import { isoNow } from '../ports/clock.ts'
import type { DayResult, GroupResult } from '../ports/read-model.ts'
import type { App } from './app.ts'

export const pnlPeriods = ['today', 'week', 'month', 'year', 'all'] as const
export type PnlPeriod = (typeof pnlPeriods)[number]
export const periodWords = {
  today: 'today',
  week: 'this week',
  month: 'this month',
  year: 'this year',
  all: 'since the start',
} as const satisfies { readonly [K in PnlPeriod]: string }

const dayMs = 86_400_000
const curvePoints = 400

/** First exchange date of a period that ends now: this day, week (from Monday), month, year, or ever. */
export function periodStart(period: PnlPeriod, now: number): string {
  const today = exchangeDate(now)
  if (period === 'today') return today
  if (period === 'month') return `${today.slice(0, 8)}01`
  if (period === 'year') return `${today.slice(0, 5)}01-01`
  if (period === 'all') return '1970-01-01'
  const midnight = Date.parse(`${today}T00:00:00Z`)
  const sinceMonday = (new Date(midnight).getUTCDay() + 6) % 7
  return new Date(midnight - sinceMonday * dayMs).toISOString().slice(0, 10)
}

/** Results of a period. Realized figures are before fees, which are a line of their own; net = realized - fees. All USD. */
export async function pnlReport(app: App, period: PnlPeriod) {
  const since = periodStart(period, app.clock.now())
  const [days, bySymbol, byCategory, snapshots, account] = await Promise.all([
    app.read.dayResults(since),
    app.read.resultsBy('symbol', since),
    app.read.resultsBy('category', since),
    // New York's midnight is 04:00 or 05:00 UTC; nothing is marked in the hour between.
    app.read.snapshots(`${since}T04:00:00.000Z`, curvePoints),
    app.accountSummary(),
  ])
  const realized = sum(days.map((d) => d.realizedPnl))
  const fees = sum(days.map((d) => d.fees))
  const [trades, wins, losses] = [count(days, 'trades'), count(days, 'wins'), count(days, 'losses')]
  return {
    period,
    since,
    realized_pnl: realized.toFixed(2),
    unrealized_pnl: account.unrealizedPnl.toFixed(2),
    fees: fees.toFixed(2),
    net_pnl: realized.minus(fees).toFixed(2),
    trades,
    wins,
    losses,
    win_rate: trades === 0 ? null : divide(fromNumber(wins, 0), fromNumber(trades, 0)).toFixed(4),
    days: days.map(dayView),
    // The curve ends now, not at the last snapshot: a fall of the last minute is not left out.
    equity: [...snapshots, { at: isoNow(app.clock), equity: account.equity }].map((s) => ({ at: s.at, equity: s.equity.toFixed(2) })),
    by_symbol: bySymbol.map(groupView),
    by_category: byCategory.map(groupView),
  }
}

export type PnlReport = Awaited<ReturnType<typeof pnlReport>>

const dayView = (d: DayResult) => ({
  date: d.date,
  realized_pnl: d.realizedPnl.toFixed(2),
  fees: d.fees.toFixed(2),
  net_pnl: d.realizedPnl.minus(d.fees).toFixed(2),
  trades: d.trades,
})
const groupView = (g: GroupResult) => ({
  name: g.name,
  realized_pnl: g.realizedPnl.toFixed(2),
  fees: g.fees.toFixed(2),
  trades: g.trades,
  wins: g.wins,
})
const sum = (values: readonly Usd[]): Decimal => values.reduce<Decimal>((total, value) => total.plus(value), zero)
const count = (days: readonly DayResult[], figure: 'trades' | 'wins' | 'losses'): number => days.reduce((n, d) => n + d[figure], 0)
