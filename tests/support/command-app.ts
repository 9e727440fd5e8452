import { z } from 'zod'
import type { App } from '../../src/app/app.ts'
import type { Command } from '../../src/app/command.ts'
import { freshStatus } from '../../src/app/context.ts'
import { settingsShape } from '../../src/config/settings.ts'
import type { Alert } from '../../src/domain/alert.ts'
import type { BooksState } from '../../src/domain/books.ts'
import { price, usd } from '../../src/domain/decimal.ts'
import type { Order } from '../../src/domain/order.ts'
import type { Role } from '../../src/domain/people.ts'
import type { Position } from '../../src/domain/position.ts'
import type { Proposal } from '../../src/domain/proposal.ts'
import { evolutions, singleton } from '../../src/domain/streams.ts'
import type { TradingState } from '../../src/domain/trading-state.ts'
import type { Card } from '../../src/ports/chat.ts'
import type { StoredEvent } from '../../src/ports/event-store.ts'
import type { Quote, Security } from '../../src/ports/market-data.ts'
import type { ClosedTrade, DayResult, DecisionRow, FillRow, PortfolioSnapshot, RiskEventRow, ScoreRow } from '../../src/ports/read-model.ts'
import { iso, noon } from './samples.ts'

/** What the books hold in a test. */
export interface Books {
  readonly alerts: readonly Alert[]
  readonly proposals: readonly Proposal[]
  readonly orders: readonly Order[]
  readonly positions: readonly Position[]
  readonly fills: readonly FillRow[]
  readonly trades: readonly ClosedTrade[]
  readonly days: readonly DayResult[]
  readonly snapshots: readonly PortfolioSnapshot[]
  readonly events: readonly StoredEvent[]
  readonly scores: { readonly reason: readonly ScoreRow[]; readonly person: readonly ScoreRow[] }
  readonly decisions: readonly DecisionRow[]
  readonly riskEvents: readonly RiskEventRow[]
  readonly trading: TradingState
  readonly own: BooksState
  readonly killedAt: string | null
  readonly mode: App['broker']['mode']
  readonly roles: Readonly<Record<string, Role>>
  /** Last prices; a missing symbol has no quote. */
  readonly prices: Readonly<Record<string, string>>
}

const active: TradingState = { state: 'active', mode: 'supervised', epoch: 0, cause: null, by: null, since: null }
const page = <T>(items: readonly T[], limit: number) => ({ items: items.slice(0, limit), next: items.length > limit ? 'more' : null })
const named = <T extends { readonly id: string }>(items: readonly T[], id: string): T | null => items.find((item) => item.id === id) ?? null

/**
 * An App over plain arrays for what commands and buttons ask of it: reads, and use cases that note their call.
 * Any other member throws, so a command that reaches further fails its test by name.
 */
export function commandApp(over: Partial<Books> = {}, useCases: Partial<App> = {}) {
  const books: Books = {
    alerts: [],
    proposals: [],
    orders: [],
    positions: [],
    fills: [],
    trades: [],
    days: [],
    snapshots: [],
    events: [],
    scores: { reason: [], person: [] },
    decisions: [],
    riskEvents: [],
    trading: active,
    own: evolutions.books.initial(singleton),
    killedAt: null,
    mode: 'sim',
    roles: {},
    prices: {},
    ...over,
  }
  const calls: { readonly name: string; readonly args: readonly unknown[] }[] = []
  const noted =
    <Args extends unknown[], T>(name: string, answer: (...args: Args) => T) =>
    async (...args: Args): Promise<T> => {
      calls.push({ name, args })
      return answer(...args)
    }
  const flat = { closing: books.positions.map((p) => ({ positionId: p.id, symbol: p.symbol, orderId: `close-${p.id}` })), left: [] }
  const halted: TradingState = { ...books.trading, state: 'halted' }
  const app = only<App>('App', {
    clock: { now: () => noon, speed: 1 },
    settings: () => ({ ...z.object(settingsShape).parse({}), risk: {}, sizing: { method: 'fixed-percent' } }),
    status: { ...freshStatus(), reconciling: false, startedAt: noon },
    names: { note: () => undefined, of: (id) => id },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined },
    broker: only<App['broker']>('Broker', {
      name: 'simulated',
      mode: books.mode,
      account: async () => ({ equity: usd('100000'), cash: usd('0'), buyingPower: usd('0') }),
    }),
    market: only<App['market']>('MarketData', {
      name: 'simulated',
      feed: 'sim',
      quote: async (symbol) => quoteOf(books, symbol),
      // The last close of yesterday is 100 flat.
      bars: async (_, timeframe, count) =>
        Array.from({ length: count }, (_, i) => {
          const [open, high, low, close] = [price('100'), price('101'), price('99'), price('100')]
          return { at: noon - (count - i) * (timeframe === '1d' ? 86_400_000 : 60_000), open, high, low, close, volume: 1_000 }
        }),
      quotes: async (symbols: readonly string[]) => symbols.map((symbol) => quoteOf(books, symbol)),
    }),
    read: reads(books),
    roleOf: async (actor) => books.roles[actor.id] ?? null,
    accountSummary: async () => ({
      equity: usd('100000'),
      cash: usd('100000'),
      buyingPower: usd('200000'),
      dayPnl: usd('0'),
      unrealizedPnl: usd('12.5'),
      openPositions: books.positions.length,
      old: false,
    }),
    kill: noted('kill', () => ({
      trading: halted,
      canceledOrders: 2,
      waitingCancels: 0,
      voidedProposals: 1,
      openPositions: books.positions.length,
      old: false,
      elapsedMs: 83.6,
    })),
    flatten: noted('flatten', () => flat),
    closePosition: noted('closePosition', () => flat),
    closeHalf: noted('closeHalf', () => flat),
    pause: noted('pause', () => ({ ok: true as const, trading: { ...books.trading, state: 'paused' as const } })),
    resume: noted('resume', () => ({ ok: true as const, trading: active })),
    changeMode: noted('changeMode', (mode: TradingState['mode']) => ({ ok: true as const, trading: { ...books.trading, mode } })),
    mute: noted('mute', (minutes: number) => (minutes === 0 ? null : iso(minutes * 60_000))),
    recordRefusal: noted('recordRefusal', () => undefined),
    claim: noted('claim', () => ({ ok: true as const })),
    ...useCases,
  })
  return { app, calls }
}

const listed = (symbol: string): Security => ({
  symbol,
  name: `${symbol} Incorporated`,
  exchange: 'SIM',
  sector: 'Industrials',
  tradable: true,
  shortable: true,
  averageDailyVolume: null,
  marketCap: null,
})

function quoteOf({ prices }: Books, symbol: string): Quote | null {
  const last = prices[symbol]
  return last === undefined ? null : { symbol, bid: price(last), ask: price(last), last: price(last), at: noon, bidSize: 1, askSize: 1 }
}

const reads = (books: Books): App['read'] =>
  only<App['read']>('ReadModel', {
    tradingState: async () => books.trading,
    alert: async (id) => named(books.alerts, id),
    alerts: async ({ limit }) => page(books.alerts, limit),
    proposal: async (id) => named(books.proposals, id),
    proposals: async (_, { limit }) => page(books.proposals, limit),
    openProposals: async () => books.proposals.filter((p) => p.status === 'pending' || p.status === 'armed'),
    order: async (id) => named(books.orders, id),
    orders: async ({ open, proposalId }, { limit }) =>
      page(
        books.orders.filter((o) => (!open || o.endedAt === null) && (proposalId === undefined || o.proposalId === proposalId)),
        limit,
      ),
    workingOrders: async () => books.orders.filter((o) => o.endedAt === null),
    workingEntries: async () => books.orders.filter((o) => o.endedAt === null && o.role === 'entry'),
    position: async (id) => named(books.positions, id),
    openPositions: async () => books.positions.filter((p) => p.status === 'open'),
    openPosition: async (symbol) => books.positions.find((p) => p.symbol === symbol && p.status === 'open') ?? null,
    security: async (symbol) => (symbol in books.prices ? listed(symbol) : null),
    trades: async ({ symbol }, { limit }) =>
      page(
        books.trades.filter((t) => symbol === undefined || t.symbol === symbol),
        limit,
      ),
    fills: async (ids) => books.fills.filter((f) => ids.includes(f.orderId)),
    books: async () => books.own,
    lastKilledAt: async () => books.killedAt,
    firstFillAt: async () => books.fills.at(-1)?.at ?? null,
    lastFillAt: async () => books.fills[0]?.at ?? null,
    dayResults: async (since) => books.days.filter((d) => d.date >= since),
    resultsBy: async () => [],
    scorecard: async (group, _, limit) => books.scores[group].slice(0, limit),
    snapshots: async () => books.snapshots,
    decisions: async (limit) => books.decisions.slice(0, limit),
    riskEvents: async ({ limit }) => page(books.riskEvents, limit),
    events: async ({ stream, newest }) =>
      newest ? books.events.slice(-1) : books.events.filter((e) => `${e.kind}:${e.streamId}` === stream || e.streamId === stream),
  })

/** A stand-in that has these members and throws at any other. */
function only<T extends object>(what: string, members: Partial<T>): T {
  return new Proxy(members, {
    get(target, name) {
      if (Reflect.has(target, name)) return Reflect.get(target, name)
      throw new Error(`this test's ${what} has no ${String(name)}`)
    },
  }) as T
}

export const me = { id: 'discord:1', name: 'Ada', via: 'discord' }
export const meta = { actor: me.id, correlationId: 'c1', causationId: null, occurredAt: iso() }

/** Runs a command as a chat would: arguments through its schema, then the work. */
export const run = (command: Command, app: App, args: object = {}, commands: readonly Command[] = [command]): Promise<Card> =>
  command.run({ app, actor: me, args: command.args.parse(args), meta, commands })

/** Widest line of a card's table when columns are set one space apart. */
export function tableWidth({ table }: Card): number {
  if (!table) return 0
  const lines = [table.columns, ...table.rows, ...(table.total ? [table.total] : [])]
  const widths = table.columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  return widths.reduce((sum, width) => sum + width, 0) + widths.length - 1
}
