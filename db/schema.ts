import { sql } from 'drizzle-orm'
import { bigint, bigserial, boolean, date, doublePrecision, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { AlertStatus, ScoreFactor, Side } from '../src/domain/alert.ts'
import type { Denial, Warning } from '../src/domain/denial.ts'
import type { Horizon } from '../src/domain/horizons.ts'
import type { OrderRole, OrderStatus, OrderType, TimeInForce } from '../src/domain/order.ts'
import type { ExitReason, PositionSide } from '../src/domain/position.ts'
import type { EntryContext, FirstApproval, ProposalStatus } from '../src/domain/proposal.ts'
import type { DomainEvent, StreamKind } from '../src/domain/streams.ts'
import { decimalColumn, instant, json, word } from './columns.ts'

/** The truth. Append-only: a trigger refuses everything but INSERT. */
export const events = pgTable(
  'events',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    /** `<kind>:<stream id>` */
    stream: text('stream').notNull(),
    kind: word<StreamKind>()('kind').notNull(),
    streamId: text('stream_id').notNull(),
    version: integer('version').notNull(),
    type: text('type').notNull(),
    data: json<DomainEvent>()('data').notNull(),
    actor: text('actor').notNull(),
    correlationId: text('correlation_id').notNull(),
    causationId: text('causation_id'),
    occurredAt: instant('occurred_at').notNull(),
    recordedAt: instant('recorded_at').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [unique('events_stream_version').on(t.stream, t.version), index('events_correlation').on(t.correlationId, t.sequence)],
)

/**
 * Below are projections: what the events add up to, for queries. A row that shows the state of a stream carries the version it
 * was made from, so that a rebuild that runs beside the trading never overwrites a newer row with an older one.
 */
const streamVersion = () => integer('stream_version').notNull()

export const alerts = pgTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    streamVersion: streamVersion(),
    sourceId: text('source_id').notNull(),
    source: text('source').notNull(),
    symbol: text('symbol').notNull(),
    headline: text('headline').notNull(),
    summary: text('summary'),
    category: text('category'),
    side: word<Side>()('side').notNull(),
    confidence: doublePrecision('confidence').notNull(),
    catalystScore: doublePrecision('catalyst_score').notNull(),
    factors: json<readonly ScoreFactor[]>()('factors').notNull(),
    /** Kept as the source wrote them. */
    entryPrice: text('entry_price'),
    stopLoss: text('stop_loss'),
    takeProfit: text('take_profit'),
    url: text('url'),
    publishedAt: instant('published_at').notNull(),
    status: word<AlertStatus>()('status').notNull(),
    receivedAt: instant('received_at').notNull(),
    reason: text('reason'),
    proposalId: text('proposal_id'),
  },
  (t) => [index('alerts_received').on(t.receivedAt, t.id), index('alerts_unjudged').on(t.receivedAt, t.id).where(sql`status = 'received'`)],
)

export const proposals = pgTable(
  'proposals',
  {
    id: text('id').primaryKey(),
    streamVersion: streamVersion(),
    alertId: text('alert_id').notNull(),
    symbol: text('symbol').notNull(),
    side: word<Side>()('side').notNull(),
    intent: word<'entry' | 'reduce'>()('intent').notNull(),
    status: word<ProposalStatus>()('status').notNull(),
    /** The terms on the card, flattened. */
    version: integer('version').notNull(),
    quantity: decimalColumn('quantity').notNull(),
    limitPrice: decimalColumn('limit_price').notNull(),
    ceilingPrice: decimalColumn('ceiling_price').notNull(),
    stopLoss: decimalColumn('stop_loss').notNull(),
    takeProfit: decimalColumn('take_profit').notNull(),
    riskAmount: decimalColumn('risk_amount').notNull(),
    sizedBy: text('sized_by').notNull(),
    pricedAt: instant('priced_at').notNull(),
    repricings: integer('repricings').notNull(),
    headline: text('headline').notNull(),
    source: text('source').notNull(),
    category: text('category'),
    url: text('url'),
    publishedAt: instant('published_at').notNull(),
    alsoOn: json<readonly string[]>()('also_on').notNull(),
    factors: json<readonly ScoreFactor[]>()('factors').notNull(),
    context: json<EntryContext>()('context').notNull(),
    storyKey: text('story_key').notNull(),
    offeredAt: instant('offered_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    decidedBy: text('decided_by'),
    decidedAt: instant('decided_at'),
    reason: text('reason'),
    denials: json<readonly Denial[]>()('denials').notNull(),
    warnings: json<readonly Warning[]>()('warnings').notNull().default([]),
    orderId: text('order_id'),
    revisedBy: text('revised_by'),
    firstApproval: json<FirstApproval | null>()('first_approval'),
    snoozedBy: json<readonly string[]>()('snoozed_by').notNull().default([]),
    remindAt: instant('remind_at'),
    escalations: integer('escalations').notNull().default(0),
    measured: integer('measured').notNull().default(0),
    measureAt: instant('measure_at'),
  },
  (t) => [
    index('proposals_offered').on(t.offeredAt, t.id),
    index('proposals_status').on(t.status, t.offeredAt, t.id),
    index('proposals_open').on(t.expiresAt, t.id).where(sql`status in ('pending', 'armed')`),
    index('proposals_story').on(t.storyKey, t.offeredAt),
    index('proposals_remind').on(t.remindAt, t.id).where(sql`remind_at is not null`),
    index('proposals_measure').on(t.measureAt, t.id).where(sql`measure_at is not null`),
  ],
)

/** What trades that were not made would have come to. */
export const hindsights = pgTable(
  'hindsights',
  {
    /** `<stream>@<version>` of the event. */
    id: text('id').primaryKey(),
    proposalId: text('proposal_id').notNull(),
    horizon: word<Horizon>()('horizon').notNull(),
    /** Null: no prices could be had. */
    price: decimalColumn('price'),
    movePercent: decimalColumn('move_percent'),
    /** USD before fees, for the shares on the card. */
    pnl: decimalColumn('pnl'),
    exit: word<'open' | 'stop' | 'target'>()('exit'),
    at: instant('at').notNull(),
  },
  (t) => [index('hindsights_proposal').on(t.proposalId)],
)

/** Each tap that decided, and each risk verdict on one. */
export const approvals = pgTable(
  'approvals',
  {
    /** `<stream>@<version>` of the event. */
    id: text('id').primaryKey(),
    proposalId: text('proposal_id').notNull(),
    outcome: word<'approved' | 'armed' | 'declined' | 'denied'>()('outcome').notNull(),
    version: integer('version'),
    quantity: decimalColumn('quantity'),
    by: text('by').notNull(),
    reason: text('reason'),
    at: instant('at').notNull(),
  },
  (t) => [index('approvals_proposal').on(t.proposalId, t.at), index('approvals_by').on(t.by, t.at), index('approvals_at').on(t.at, t.id)],
)

export const orders = pgTable(
  'orders',
  {
    id: text('id').primaryKey(),
    streamVersion: streamVersion(),
    clientOrderId: text('client_order_id').notNull(),
    brokerOrderId: text('broker_order_id'),
    symbol: text('symbol').notNull(),
    side: word<Side>()('side').notNull(),
    type: word<OrderType>()('type').notNull(),
    role: word<OrderRole>()('role').notNull(),
    status: word<OrderStatus>()('status').notNull(),
    quantity: decimalColumn('quantity').notNull(),
    limitPrice: decimalColumn('limit_price'),
    stopPrice: decimalColumn('stop_price'),
    trailPercent: decimalColumn('trail_percent'),
    extendedHours: boolean('extended_hours').notNull().default(false),
    timeInForce: word<TimeInForce>()('time_in_force').notNull(),
    bracketStopLoss: decimalColumn('bracket_stop_loss'),
    bracketTakeProfit: decimalColumn('bracket_take_profit'),
    proposalId: text('proposal_id'),
    positionId: text('position_id'),
    parentId: text('parent_id'),
    filledQuantity: decimalColumn('filled_quantity').notNull(),
    filledAveragePrice: decimalColumn('filled_average_price'),
    fees: decimalColumn('fees').notNull(),
    sendCount: integer('send_count').notNull(),
    executions: json<readonly string[]>()('executions').notNull(),
    reason: text('reason'),
    statusWord: text('status_word'),
    expectedPrice: decimalColumn('expected_price'),
    preparedAt: instant('prepared_at').notNull(),
    submittedAt: instant('submitted_at'),
    acceptedAt: instant('accepted_at'),
    endedAt: instant('ended_at'),
  },
  (t) => [
    index('orders_prepared').on(t.preparedAt, t.id),
    index('orders_working').on(t.preparedAt, t.id).where(sql`status not in ('filled', 'canceled', 'expired', 'rejected', 'replaced')`),
    index('orders_entries').on(t.preparedAt, t.id).where(sql`role = 'entry'`),
    index('orders_broker').on(t.brokerOrderId),
    index('orders_client').on(t.clientOrderId),
    index('orders_proposal').on(t.proposalId, t.preparedAt),
  ],
)

export const fills = pgTable(
  'fills',
  {
    executionId: text('execution_id').primaryKey(),
    orderId: text('order_id').notNull(),
    symbol: text('symbol').notNull(),
    side: word<Side>()('side').notNull(),
    quantity: decimalColumn('quantity').notNull(),
    price: decimalColumn('price').notNull(),
    fees: decimalColumn('fees').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [index('fills_at').on(t.at, t.executionId), index('fills_order').on(t.orderId)],
)

/** How well orders were carried out: a row for each step of each order. */
export const executionLog = pgTable(
  'execution_log',
  {
    id: text('id').primaryKey(),
    orderId: text('order_id').notNull(),
    event: text('event').notNull(),
    /** Milliseconds since the order was submitted; null before that. */
    latencyMs: bigint('latency_ms', { mode: 'number' }),
    /** Of a fill, USD per share against the expected price; positive is worse for us. */
    slippage: decimalColumn('slippage'),
    at: instant('at').notNull(),
  },
  (t) => [index('execution_log_order').on(t.orderId, t.at), index('execution_log_at').on(t.at)],
)

export const positions = pgTable(
  'positions',
  {
    id: text('id').primaryKey(),
    streamVersion: streamVersion(),
    symbol: text('symbol').notNull(),
    side: word<PositionSide>()('side').notNull(),
    status: word<'open' | 'closed'>()('status').notNull(),
    quantity: decimalColumn('quantity').notNull(),
    peakQuantity: decimalColumn('peak_quantity').notNull(),
    entryPrice: decimalColumn('entry_price').notNull(),
    cost: decimalColumn('cost').notNull(),
    exitPrice: decimalColumn('exit_price'),
    exitQuantity: decimalColumn('exit_quantity').notNull(),
    realizedPnl: decimalColumn('realized_pnl').notNull(),
    fees: decimalColumn('fees').notNull(),
    stopLoss: decimalColumn('stop_loss'),
    takeProfit: decimalColumn('take_profit'),
    initialStop: decimalColumn('initial_stop'),
    mae: decimalColumn('mae').notNull(),
    mfe: decimalColumn('mfe').notNull(),
    markPrice: decimalColumn('mark_price'),
    unprotected: boolean('unprotected').notNull(),
    context: json<EntryContext | null>()('context'),
    category: text('category'),
    proposalId: text('proposal_id'),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at'),
    exitReason: word<ExitReason>()('exit_reason'),
  },
  (t) => [
    index('positions_opened').on(t.openedAt, t.id),
    index('positions_status').on(t.status, t.openedAt, t.id),
    index('positions_open').on(t.symbol).where(sql`status = 'open'`),
  ],
)

export const closedPositions = pgTable(
  'closed_positions',
  {
    positionId: text('position_id').primaryKey(),
    streamVersion: streamVersion(),
    symbol: text('symbol').notNull(),
    side: word<PositionSide>()('side').notNull(),
    quantity: decimalColumn('quantity').notNull(),
    entryPrice: decimalColumn('entry_price').notNull(),
    exitPrice: decimalColumn('exit_price').notNull(),
    realizedPnl: decimalColumn('realized_pnl').notNull(),
    fees: decimalColumn('fees').notNull(),
    mae: decimalColumn('mae').notNull(),
    mfe: decimalColumn('mfe').notNull(),
    exitReason: word<ExitReason>()('exit_reason').notNull(),
    category: text('category'),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at').notNull(),
    proposalId: text('proposal_id'),
    /** Exchange day of the close. */
    date: date('date', { mode: 'string' }).notNull(),
  },
  (t) => [
    index('closed_positions_closed').on(t.closedAt, t.positionId),
    index('closed_positions_symbol').on(t.symbol, t.closedAt, t.positionId),
    index('closed_positions_stopped').on(t.symbol, t.closedAt).where(sql`exit_reason in ('stop_loss', 'trailing_stop')`),
    index('closed_positions_date').on(t.date),
  ],
)

/** What each fill of a position realized: the parts that a day's result is the sum of. */
export const realizations = pgTable(
  'realizations',
  {
    /** `<stream>@<version>` of the event. */
    id: text('id').primaryKey(),
    date: date('date', { mode: 'string' }).notNull(),
    realizedPnl: decimalColumn('realized_pnl').notNull(),
    fees: decimalColumn('fees').notNull(),
    wins: integer('wins').notNull(),
    losses: integer('losses').notNull(),
    trades: integer('trades').notNull(),
  },
  (t) => [index('realizations_date').on(t.date)],
)

export const dayResults = pgTable('day_results', {
  /** Exchange day. */
  date: date('date', { mode: 'string' }).primaryKey(),
  realizedPnl: decimalColumn('realized_pnl').notNull(),
  fees: decimalColumn('fees').notNull(),
  wins: integer('wins').notNull(),
  losses: integer('losses').notNull(),
  trades: integer('trades').notNull(),
})

/**
 * What the closed trades of each day, month and year came to, by symbol and by category. A trade counts whole, on the exchange day
 * of its close. Whatever period is asked for is the sum of a few of these rows per name, however many trades there were.
 */
export const groupResults = pgTable(
  'group_results',
  {
    span: word<'day' | 'month' | 'year'>()('span').notNull(),
    /** First day of the span. */
    start: date('start', { mode: 'string' }).notNull(),
    grouping: word<'symbol' | 'category'>()('grouping').notNull(),
    name: text('name').notNull(),
    realizedPnl: decimalColumn('realized_pnl').notNull(),
    fees: decimalColumn('fees').notNull(),
    wins: integer('wins').notNull(),
    trades: integer('trades').notNull(),
  },
  (t) => [primaryKey({ columns: [t.span, t.start, t.grouping, t.name] })],
)

export const riskEvents = pgTable(
  'risk_events',
  {
    id: text('id').primaryKey(),
    at: instant('at').notNull(),
    kind: text('kind').notNull(),
    symbol: text('symbol'),
    proposalId: text('proposal_id'),
    explain: text('explain').notNull(),
    denials: json<readonly Denial[]>()('denials').notNull(),
  },
  (t) => [index('risk_events_at').on(t.at, t.id)],
)

export const portfolioSnapshots = pgTable(
  'portfolio_snapshots',
  {
    id: text('id').primaryKey(),
    at: instant('at').notNull(),
    equity: decimalColumn('equity').notNull(),
    cash: decimalColumn('cash').notNull(),
    longValue: decimalColumn('long_value').notNull(),
    shortValue: decimalColumn('short_value').notNull(),
    unrealizedPnl: decimalColumn('unrealized_pnl').notNull(),
    openPositions: integer('open_positions').notNull(),
  },
  (t) => [index('portfolio_snapshots_at').on(t.at), index('portfolio_snapshots_equity').on(t.equity)],
)

/** States of which there is only one: whether we trade, and who may do what. */
export const singletons = pgTable('singletons', {
  id: text('id').primaryKey(),
  streamVersion: streamVersion(),
  state: json<unknown>()('state').notNull(),
})

/** Not projections from here on: what has to be kept besides events. */
export const outbox = pgTable(
  'outbox',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    chat: text('chat').notNull(),
    cardKey: text('card_key').notNull(),
    card: json<unknown>()('card'),
    mention: json<readonly string[]>()('mention').notNull(),
    attempts: integer('attempts').notNull().default(0),
    retryAt: instant('retry_at'),
    problem: text('problem'),
    /** Real time of the database. */
    queuedAt: instant('queued_at').notNull().default(sql`now()`),
  },
  (t) => [index('outbox_card').on(t.chat, t.cardKey, t.sequence), index('outbox_due').on(t.chat, t.sequence)],
)

/** Where each card stands in each chat. Begun and without a reference: an attempt to post it may have come through, or not. */
export const messages = pgTable(
  'messages',
  {
    chat: text('chat').notNull(),
    cardKey: text('card_key').notNull(),
    reference: text('reference'),
    begunAt: instant('begun_at'),
  },
  (t) => [primaryKey({ columns: [t.chat, t.cardKey] })],
)

/** What was seen before, so that a redelivery changes nothing. */
export const inbox = pgTable(
  'inbox',
  {
    source: text('source').notNull(),
    key: text('key').notNull(),
    seenAt: instant('seen_at').notNull().default(sql`now()`),
    /** What was on the wire, of what a broker told; kept for a while. */
    raw: json<unknown>()('raw'),
  },
  (t) => [primaryKey({ columns: [t.source, t.key] }), index('inbox_raw').on(t.source, t.seenAt).where(sql`raw is not null`)],
)

export const sectors = pgTable('sectors', { name: text('name').primaryKey() })

export const securities = pgTable('securities', {
  symbol: text('symbol').primaryKey(),
  name: text('name').notNull(),
  exchange: text('exchange').notNull(),
  sector: text('sector')
    .notNull()
    .references(() => sectors.name),
  tradable: boolean('tradable').notNull(),
  shortable: boolean('shortable').notNull(),
  averageDailyVolume: doublePrecision('average_daily_volume'),
  marketCap: decimalColumn('market_cap'),
})

export const keyValue = pgTable(
  'key_value',
  {
    namespace: text('namespace').notNull(),
    key: text('key').notNull(),
    value: json<unknown>()('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.namespace, t.key] })],
)

/**
 * One row: which process trades. Whoever takes over raises the token, and nothing that carries an older one is stored. It is not
 * written while somebody leads, for every transaction of the leader holds it shared.
 */
export const leadership = pgTable('leadership', {
  id: integer('id').primaryKey(),
  token: integer('token').notNull(),
  /** The name that all connections of that process carry. */
  session: text('session').notNull(),
  host: text('host').notNull(),
  pid: integer('pid').notNull(),
  port: integer('port').notNull(),
  /** How long it may send an order after the claim was committed, real milliseconds. */
  sendWithinMs: integer('send_within_ms').notNull(),
  since: instant('since').notNull(),
  /** Given up in order: nothing of it is under way. */
  released: boolean('released').notNull(),
})
