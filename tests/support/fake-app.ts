import { z } from 'zod'
import type { App, DecisionOutcome } from '../../src/app/app.ts'
import { freshStatus, type Log } from '../../src/app/context.ts'
import { alertIdOf } from '../../src/app/ids.ts'
import { createLive } from '../../src/app/live.ts'
import type { Operations } from '../../src/app/operations.ts'
import type { RefusedAccess } from '../../src/app/refusals.ts'
import { settingsShape } from '../../src/config/settings.ts'
import type { Alert, AlertContent } from '../../src/domain/alert.ts'
import { price, quantity, usd } from '../../src/domain/decimal.ts'
import type { Role } from '../../src/domain/people.ts'
import { type Position, positionEvolution } from '../../src/domain/position.ts'
import { type Proposal, proposalEvolution } from '../../src/domain/proposal.ts'
import { check as positionTooLarge } from '../../src/domain/risk/checks/position-too-large.ts'
import { check as quoteStale } from '../../src/domain/risk/checks/quote-stale.ts'
import { emptyStanding } from '../../src/domain/risk/portfolio.ts'
import { evolutions, singleton } from '../../src/domain/streams.ts'
import type { TradingState } from '../../src/domain/trading-state.ts'
import type { Broker } from '../../src/ports/broker.ts'
import type { EventMeta, StoredEvent } from '../../src/ports/event-store.ts'
import type { Quote, Security } from '../../src/ports/market-data.ts'
import type { ClosedTrade } from '../../src/ports/read-model.ts'
import { inboundWith } from './samples.ts'
import { soleLeader } from './sole-leader.ts'

/** Monday 2024-03-11, 10:00 in New York. */
export const fakeNow = Date.parse('2024-03-11T14:00:00.000Z')
const at = new Date(fakeNow).toISOString()

/** What a test looks into and sets; every use case of the real interface works on it, in memory. */
export interface FakeBooks {
  mode: Broker['mode']
  readonly roles: Map<string, Role>
  readonly alerts: Map<string, Alert>
  readonly proposals: Map<string, Proposal>
  readonly positions: Map<string, Position>
  readonly securities: Map<string, Security>
  readonly quotes: Map<string, Quote>
  readonly trades: ClosedTrade[]
  readonly events: StoredEvent[]
  readonly refusals: RefusedAccess[]
  readonly log: { readonly level: string; readonly facts: object; readonly message: string }[]
  trading: TradingState
  /** What the next approval answers; null: the proposal becomes approved. */
  nextDecision: DecisionOutcome | null
  readonly calls: { readonly name: string; readonly meta: EventMeta; readonly detail: unknown }[]
  /** As the store does after a commit. */
  commit(events: readonly StoredEvent[]): void
}

export function offered(id: string, symbol = 'ACME'): Proposal {
  const content = { symbol, side: 'buy', headline: `${symbol} wins a contract`, source: 'wire', category: 'contract', url: null } as const
  return proposalEvolution.evolve(proposalEvolution.initial(id), {
    ...content,
    type: 'ProposalOffered',
    alertId: `alert-${id}`,
    intent: 'entry',
    terms: {
      version: 1,
      quantity: '41',
      limitPrice: '100',
      ceilingPrice: '101.5',
      stopLoss: '95',
      takeProfit: '110',
      riskAmount: '205',
      sizedBy: '5 % of equity',
      pricedAt: at,
    },
    publishedAt: at,
    factors: [],
    context: { strategy: 'catalyst', signalConfidence: 0.9, catalystScore: 0.8, rvol: null, atr: null },
    storyKey: `${symbol} buy`,
    at,
    expiresAt: new Date(fakeNow + 60_000).toISOString(),
  })
}

export const held = (id: string, symbol = 'ACME'): Position =>
  positionEvolution.evolve(positionEvolution.initial(id), {
    type: 'PositionOpened',
    symbol,
    side: 'long',
    fill: { orderId: 'o1', executionId: 'e1', side: 'buy', quantity: '40', price: '100', fees: '0.10', at },
    stopLoss: '95',
    takeProfit: '110',
    context: null,
    category: 'contract',
    proposalId: null,
  })

export const quoted = (symbol: string, last: string): Quote => ({
  symbol,
  bid: price(last),
  ask: price(last).plus(price('0.02')),
  last: price(last),
  at: fakeNow,
  bidSize: 100,
  askSize: 100,
})

export const stored = (sequence: number, kind: StoredEvent['kind'], streamId: string, event: StoredEvent['event']): StoredEvent => ({
  sequence,
  kind,
  streamId,
  version: 1,
  event,
  actor: 'system',
  correlationId: 'test',
  causationId: null,
  occurredAt: at,
  recordedAt: at,
  hash: '',
})

const nobodyHome = (name: string) => () => Promise.reject(new Error(`the fake has no ${name}`))

export function fakeApp(): { readonly app: App; readonly books: FakeBooks } {
  const listeners = new Set<(events: readonly StoredEvent[]) => void>()
  const books: FakeBooks = {
    mode: 'sim',
    roles: new Map<string, Role>([
      ['console:local', 'owner'],
      ['http:owner', 'owner'],
    ]),
    alerts: new Map(),
    proposals: new Map(),
    positions: new Map(),
    securities: new Map(),
    quotes: new Map(),
    trades: [],
    events: [],
    refusals: [],
    log: [],
    trading: { state: 'active', mode: 'supervised', epoch: 0, cause: null, by: null, since: null },
    nextDecision: null,
    calls: [],
    commit(events) {
      books.events.push(...events)
      for (const listener of listeners) listener(events)
    },
  }
  for (const symbol of ['ACME', 'BETA'])
    books.securities.set(symbol, {
      symbol,
      name: `${symbol} Inc`,
      exchange: 'NYSE',
      sector: 'Industrials',
      tradable: true,
      shortable: true,
      averageDailyVolume: null,
      marketCap: null,
    })
  const tell =
    (level: string) =>
    (facts: object, message: string): void => {
      books.log.push({ level, facts, message })
    }
  const log: Log = { info: tell('info'), warn: tell('warn'), error: tell('error'), debug: tell('debug') }
  const called = (name: string, meta: EventMeta, detail: unknown = null) => books.calls.push({ name, meta, detail })
  const settings = z.object(settingsShape).parse({})

  const app: App = {
    clock: { now: () => fakeNow, speed: 1 },
    log,
    names: { note: () => undefined, of: (id) => id },
    lead: soleLeader,
    watermark: { at: () => null, opening: () => null, advance: async () => undefined, open: async () => undefined },
    settings: () => ({ ...settings, risk: {}, sizing: { method: 'fixed-percent' } }),
    checks: () => [positionTooLarge, quoteStale].map((check) => ({ check, limits: check.limits.parse({}) })),
    sizing: () => {
      throw new Error('the fake sizes nothing')
    },
    status: { ...freshStatus(), reconciling: false },
    store: {
      transact: nobodyHome('transactions'),
      onCommitted(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    broker: fakeBroker(books),
    market: fakeMarket(books),
    read: fakeReads(books),
    async raiseAlert(content, meta) {
      const alertId = alertIdOf(content)
      called('raiseAlert', meta, content)
      const known = books.alerts.get(alertId)
      if (known) return { alertId, duplicate: true, conflict: known.headline !== content.headline }
      books.alerts.set(alertId, received(alertId, content))
      return { alertId, duplicate: false, conflict: false }
    },
    async approve(id, tap, meta) {
      called('approve', meta, tap)
      const proposal = books.proposals.get(id)
      if (!proposal) return { outcome: 'not_found' }
      if (books.nextDecision) return books.nextDecision
      const approved: Proposal = { ...proposal, status: 'approved', decidedBy: meta.actor, decidedAt: meta.occurredAt }
      books.proposals.set(id, approved)
      return { outcome: 'approved', proposal: approved }
    },
    async decline(id, reason, meta) {
      called('decline', meta, reason)
      const proposal = books.proposals.get(id)
      if (!proposal) return { outcome: 'not_found' }
      if (proposal.status !== 'pending')
        return { outcome: 'refused', proposal, refusal: { code: 'ALREADY_DECIDED', explain: `already ${proposal.status}` } }
      const declined: Proposal = { ...proposal, status: 'declined', reason, decidedBy: meta.actor }
      books.proposals.set(id, declined)
      return { outcome: 'declined', proposal: declined }
    },
    giveReason: nobodyHome('reasons'),
    revise: nobodyHome('edits'),
    snooze: nobodyHome('snoozing'),
    moveStop: nobodyHome('moving of stops'),
    async closePosition(positionId, reason, meta) {
      called('closePosition', meta, reason)
      return { closing: [{ positionId, symbol: 'ACME', orderId: 'c1' }], left: [] }
    },
    async closeHalf(positionId, _held, meta) {
      called('closeHalf', meta, positionId)
      return { closing: [{ positionId, symbol: 'ACME', orderId: 'c1' }], left: [] }
    },
    giveUpOrder: nobodyHome('giving up of orders'),
    async flatten(reason, meta) {
      called('flatten', meta, reason)
      return { closing: [], left: [{ positionId: 'p1', symbol: 'ACME', reason: 'the market is shut' }] }
    },
    async pause(cause, options, meta) {
      called('pause', meta, { cause, ...options })
      if (books.trading.state === 'halted') return { ok: false, refusal: { code: 'HALTED', explain: 'trading is halted' } }
      books.trading = { ...books.trading, state: 'paused', cause }
      return { ok: true, trading: books.trading }
    },
    async kill(cause, meta) {
      called('kill', meta, cause)
      books.trading = { ...books.trading, state: 'halted', cause }
      return { trading: books.trading, canceledOrders: 2, waitingCancels: 0, voidedProposals: 1, openPositions: 3, elapsedMs: 12 }
    },
    async resume(reason, meta) {
      called('resume', meta, reason)
      if (reason === '') return { ok: false, refusal: { code: 'REASON_REQUIRED', explain: 'a reason is needed' } }
      books.trading = { ...books.trading, state: 'active', cause: null }
      return { ok: true, trading: books.trading }
    },
    mute: async () => null,
    async changeMode() {
      return { ok: true, trading: books.trading }
    },
    async validateEntry(request) {
      const denial = { code: 'POSITION_TOO_LARGE', limit: '5000', actual: '9000', wouldPass: 'max 50 shares', explain: 'too large' }
      const approved = request.quantity.lte(quantity('50'))
      return { approved, riskAmount: usd('205'), riskScore: 0.5, denials: approved ? [] : [{ ...denial, transient: false }], warnings: [] }
    },
    async accountSummary() {
      const [equity, cash] = [usd('100250.5'), usd('96250.5')]
      return {
        equity,
        cash,
        buyingPower: usd('192501'),
        dayPnl: usd('-12.345'),
        unrealizedPnl: usd('3'),
        openPositions: books.positions.size,
        old: false,
      }
    },
    roleOf: async (actor) => books.roles.get(actor.id) ?? null,
    claim: async () => ({ ok: true }),
    recordRefusal: async (refused) => {
      books.refusals.push(refused)
    },
  }
  return { app, books }
}

const received = (id: string, content: AlertContent): Alert => ({
  ...content,
  id,
  status: 'received',
  receivedAt: at,
  reason: null,
  proposalId: null,
})

const fakeBroker = (books: FakeBooks): App['broker'] => ({
  name: 'fake broker',
  lookupsAreFinal: true,
  get mode() {
    return books.mode
  },
  connect: nobodyHome('stream'),
  disconnect: nobodyHome('stream'),
  connected: () => true,
  account: async () => ({ equity: usd('100000'), cash: usd('96000'), buyingPower: usd('192000') }),
  positions: async () => [],
  openOrders: async () => [],
  orderByClientId: async () => null,
  ordersSince: async () => [],
  activitiesSince: async () => [],
  submitEntry: nobodyHome('entries'),
  submitReducing: nobodyHome('orders'),
  cancel: nobodyHome('orders'),
  cancelEverything: nobodyHome('orders'),
  replace: nobodyHome('orders'),
})

const fakeMarket = (books: FakeBooks): App['market'] => ({
  name: 'fake market',
  feed: 'sim',
  securities: async () => [...books.securities.values()],
  quote: async (symbol) => books.quotes.get(symbol) ?? null,
  quotes: async (symbols) => symbols.map((s) => books.quotes.get(s) ?? null),
  bars: async (_symbol, _timeframe, count) =>
    Array.from({ length: count }, (_, i) => {
      const level = price(String(100 + i))
      return { at: fakeNow - (count - i) * 60_000, open: level, high: level, low: level, close: level, volume: 1_000 }
    }),
  isHalted: async () => false,
  heardAt: () => fakeNow,
})

const page = <T>(items: Iterable<T>, limit: number) => ({ items: [...items].slice(0, limit), next: null })

const fakeReads = (books: FakeBooks): App['read'] => ({
  tradingState: async () => books.trading,
  people: async () => ({ roles: {} }),
  alert: async (id) => books.alerts.get(id) ?? null,
  alerts: async ({ limit }) => page(books.alerts.values(), limit),
  unjudgedAlerts: async () => [],
  proposal: async (id) => books.proposals.get(id) ?? null,
  proposals: async ({ status }, { limit }) =>
    page(
      [...books.proposals.values()].filter((p) => status === undefined || p.status === status),
      limit,
    ),
  openProposals: async () => [...books.proposals.values()].filter((p) => p.status === 'pending'),
  openProposalCount: async () => [...books.proposals.values()].filter((p) => p.status === 'pending').length,
  overdueProposals: async (at, limit) =>
    [...books.proposals.values()].filter((p) => p.status === 'pending' && p.expiresAt <= at).slice(0, limit),
  armedProposals: async () => [],
  dueReminders: async () => [],
  unansweredProposals: async () => [],
  unmeasuredProposals: async () => [],
  scorecard: async () => [],
  proposalByStory: async () => null,
  order: async () => null,
  orderByBrokerId: async () => null,
  ordersKnownAs: async () => [],
  orders: async () => page([], 0),
  workingOrders: async () => [],
  workingEntries: async () => [],
  readyOrders: async () => [],
  entriesSince: async () => [],
  position: async (id) => books.positions.get(id) ?? null,
  openPositions: async () => [...books.positions.values()].filter((p) => p.status === 'open'),
  openPosition: async () => null,
  positions: async (_, { limit }) => page(books.positions.values(), limit),
  lastStopOut: async () => null,
  async trades(_, { cursor, limit }) {
    const from = Number(cursor ?? 0)
    const items = books.trades.slice(from, from + limit)
    return { items, next: from + limit < books.trades.length ? String(from + limit) : null }
  },
  fills: async () => [],
  recentFills: async () => page([], 0),
  books: async () => evolutions.books.initial(singleton),
  lastKilledAt: async () => null,
  firstFillAt: async () => null,
  lastFillAt: async () => null,
  dayResults: async () => [
    { date: '2024-03-08', realizedPnl: usd('100'), fees: usd('1.5'), wins: 2, losses: 1, trades: 3 },
    { date: '2024-03-11', realizedPnl: usd('-40'), fees: usd('0.5'), wins: 0, losses: 1, trades: 1 },
  ],
  resultsBy: async () => [],
  standing: async () => ({ ...emptyStanding, dayStart: usd('100000'), highWater: usd('100000') }),
  snapshots: async () => [],
  lastSnapshotBefore: async () => null,
  decisions: async () => [],
  riskEvents: async () => page([], 0),
  async events({ after = 0, stream }, limit) {
    const wanted = books.events.filter((e) => e.sequence > after && (stream === undefined || `${e.kind}:${e.streamId}` === stream))
    return wanted.slice(0, limit)
  },
  security: async (symbol) => books.securities.get(symbol) ?? null,
  lastSequence: async () => books.events.at(-1)?.sequence ?? 0,
})

export function fakeOperations(app: App, change: Partial<Operations> = {}): Operations {
  const base: Omit<Operations, 'live'> = {
    version: '1.2.3',
    database: 'embedded',
    metrics: async () => '# HELP up Whether it is up\nup 1\n',
    brokerConnected: () => true,
    exchange: () => null,
    chats: () => [{ name: 'console', connected: true }],
    claimCode: async () => '12345678',
    webhookSecret: 's3cr3t-webhook',
    slackEvents: null,
    inbound: inboundWith(),
  }
  return { ...base, live: createLive(app, base), ...change }
}
