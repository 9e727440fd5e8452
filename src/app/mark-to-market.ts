import { exchangeDate } from '../domain/calendar.ts'
import { maximum, minimum, text, type Usd, usd, zero } from '../domain/decimal.ts'
import { excursion, marketValue, type Position, unrealizedPnl } from '../domain/position.ts'
import { markPosition } from '../domain/position-decisions.ts'
import type { AccountSummary } from './app.ts'
import { type AppContext, occasion } from './context.ts'
import { shownAccount } from './shown-account.ts'

/** The worst and best of each open position since it was last written down. */
type Extremes = Map<string, { mae: Usd; mfe: Usd }>

export interface Marker {
  /** Looks at the quotes; writes a snapshot once a running minute, or at once when asked. */
  mark(options?: { readonly now?: boolean }): Promise<void>
}

const snapshotEveryMs = 60_000

export function createMarker(context: AppContext): Marker {
  const extremes: Extremes = new Map()
  let lastSnapshot = Number.NEGATIVE_INFINITY

  return {
    async mark(options = {}) {
      const positions = await context.read.openPositions()
      const priced = await withPrices(context, positions)
      for (const { position, at } of priced) {
        const seen = excursion(position, at)
        const before = extremes.get(position.id) ?? seen
        extremes.set(position.id, { mae: minimum(before.mae, seen.mae) as Usd, mfe: maximum(before.mfe, seen.mfe) as Usd })
      }
      const now = context.clock.now()
      if (!options.now && now - lastSnapshot < snapshotEveryMs) return
      lastSnapshot = now
      await writeSnapshot(context, priced, extremes)
      const open = new Set(positions.map((position) => position.id))
      for (const id of extremes.keys()) if (!open.has(id)) extremes.delete(id)
    },
  }
}

async function withPrices(context: AppContext, positions: readonly Position[]) {
  const quotes = await context.market.quotes(positions.map((position) => position.symbol))
  return positions.flatMap((position, i) => {
    const at = quotes[i]?.last ?? position.markPrice
    return at === null ? [] : [{ position, at }]
  })
}

type Priced = Awaited<ReturnType<typeof withPrices>>
const sum = (values: readonly Usd[]): Usd => values.reduce((total, value) => total.plus(value) as Usd, usd('0'))

async function writeSnapshot(context: AppContext, priced: Priced, extremes: Extremes): Promise<void> {
  const account = await context.broker.account()
  const meta = occasion(context, 'system')
  const values = priced.map(({ position, at }) => marketValue(position, at))
  await context.store.transact(meta, async (tx) => {
    const day = await tx.load('portfolio', exchangeDate(context.clock.now()))
    tx.append(day, [
      {
        type: 'PortfolioMarked',
        at: meta.occurredAt,
        equity: text(account.equity),
        cash: text(account.cash),
        longValue: text(sum(values.filter((value) => value.gte(zero)))),
        shortValue: text(sum(values.filter((value) => value.lt(zero)))),
        unrealizedPnl: text(sum(priced.map(({ position, at }) => unrealizedPnl(position, at)))),
        openPositions: priced.length,
      },
    ])
    for (const { position, at } of priced) {
      const stream = await tx.load('position', position.id)
      const decision = markPosition(stream.state, at, extremes.get(position.id) ?? excursion(stream.state, at))
      if (decision.ok) tx.append(stream, decision.events)
    }
  })
}

/**
 * @param lastKnown whether figures of before will do when the broker does not answer.
 * @returns figures of this moment; the day's P&L counts from the last snapshot before today (New York).
 */
export async function accountSummary(
  context: AppContext,
  { lastKnown = false }: { readonly lastKnown?: boolean } = {},
): Promise<AccountSummary> {
  const [{ account, old }, positions] = await Promise.all([shownAccount(context, { lastKnown }), context.read.openPositions()])
  const priced = await withPrices(context, positions).catch((error: unknown) => {
    if (!lastKnown) throw error
    return positions.flatMap((position) => (position.markPrice === null ? [] : [{ position, at: position.markPrice }]))
  })
  const today = exchangeDate(context.clock.now())
  const baseline = await dayBaseline(context, today)
  return {
    equity: account.equity,
    cash: account.cash,
    buyingPower: account.buyingPower,
    dayPnl: account.equity.minus(baseline ?? account.equity) as Usd,
    unrealizedPnl: sum(priced.map(({ position, at }) => unrealizedPnl(position, at))),
    openPositions: positions.length,
    old,
  }
}

/** Yesterday's last equity; on the very first day, today's first. */
async function dayBaseline(context: AppContext, today: string): Promise<Usd | null> {
  const before = await context.read.lastSnapshotBefore(startOfExchangeDay(today))
  if (before) return before.equity
  const [first] = await context.read.snapshots(startOfExchangeDay(today), 1)
  return first?.equity ?? null
}

/** Midnight in New York is 04:00 or 05:00 UTC; no snapshot falls between the two. */
export const startOfExchangeDay = (date: string): string => `${date}T04:00:00.000Z`
