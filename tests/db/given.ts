import type { AlertEvent } from '../../src/domain/alert.ts'
import type { DecimalString } from '../../src/domain/decimal.ts'
import type { OrderEvent } from '../../src/domain/order.ts'
import type { ExitReason, PositionEvent } from '../../src/domain/position.ts'
import type { ProposalEvent } from '../../src/domain/proposal.ts'
import type { EventOf, StreamKind } from '../../src/domain/streams.ts'
import type { EventMeta, EventStore } from '../../src/ports/event-store.ts'

/** A time on the second day of a week in October 2013, that many seconds after 15:00 UTC (11:00 in New York). */
export const at = (seconds: number): string => new Date(Date.UTC(2013, 9, 8, 15, 0, seconds)).toISOString()

export const meta = (over: Partial<EventMeta> = {}): EventMeta => ({
  actor: 'console:local',
  correlationId: 'occasion-1',
  causationId: null,
  occurredAt: at(0),
  ...over,
})

/** Appends events to a stream, in a transaction of its own. */
export const given = <K extends StreamKind>(
  store: EventStore,
  kind: K,
  id: string,
  events: readonly EventOf<K>[],
  over?: Partial<EventMeta>,
) => store.transact(meta(over), async (tx) => tx.append(await tx.load(kind, id), events))

export const alertReceived = (seconds = 0, over: Partial<Extract<AlertEvent, { type: 'AlertReceived' }>> = {}): AlertEvent => ({
  type: 'AlertReceived',
  at: at(seconds),
  sourceId: `s${seconds}`,
  source: 'wire',
  symbol: 'ACME',
  headline: 'Acme wins a contract',
  summary: null,
  category: 'contract',
  side: 'buy',
  confidence: 0.8,
  catalystScore: 0.7,
  factors: [{ name: 'novelty', value: 0.4, explain: 'first of its kind' }],
  entryPrice: '10.00',
  stopLoss: null,
  takeProfit: null,
  url: null,
  publishedAt: at(seconds),
  ...over,
})

export const proposalOffered = (seconds = 0, over: Partial<Extract<ProposalEvent, { type: 'ProposalOffered' }>> = {}): ProposalEvent => ({
  type: 'ProposalOffered',
  alertId: 'a1',
  symbol: 'ACME',
  side: 'buy',
  intent: 'entry',
  terms: {
    version: 1,
    quantity: '100',
    limitPrice: '10.00',
    ceilingPrice: '10.15',
    stopLoss: '9.50',
    takeProfit: '11.00',
    riskAmount: '50',
    sizedBy: '5 % of equity',
    pricedAt: at(seconds),
  },
  headline: 'Acme wins a contract',
  source: 'wire',
  category: 'contract',
  url: null,
  publishedAt: at(seconds),
  factors: [],
  context: { strategy: 'catalyst', signalConfidence: 0.8, catalystScore: 0.7, rvol: null, atr: 0.31 },
  storyKey: 'ACME buy acme wins a contract',
  at: at(seconds),
  expiresAt: at(seconds + 1800),
  ...over,
})

export const orderPrepared = (seconds = 0, over: Partial<Extract<OrderEvent, { type: 'OrderPrepared' }>> = {}): OrderEvent => ({
  type: 'OrderPrepared',
  ticket: {
    clientOrderId: `c${seconds}`,
    symbol: 'ACME',
    side: 'buy',
    type: 'limit',
    quantity: '100',
    limitPrice: '10.15',
    stopPrice: null,
    trailPercent: null,
    extendedHours: false,
    timeInForce: 'day',
    bracket: { stopLoss: '9.50', takeProfit: '11.00' },
  },
  role: 'entry',
  proposalId: 'p1',
  positionId: null,
  expectedPrice: '10.00',
  reason: null,
  at: at(seconds),
  ...over,
})

export const orderFilled = (executionId: string, seconds: number, price: DecimalString = '10.02'): OrderEvent => ({
  type: 'OrderFilled',
  executionId,
  quantity: '100',
  price,
  fees: '0.35',
  at: at(seconds),
})

const fill = (side: 'buy' | 'sell', executionId: string, price: DecimalString, seconds: number, quantity = '100') => ({
  orderId: `order-${executionId}`,
  executionId,
  side,
  quantity,
  price,
  fees: '0.35',
  at: at(seconds),
})

export const positionOpened = (seconds = 0, symbol = 'ACME'): PositionEvent => ({
  type: 'PositionOpened',
  symbol,
  side: 'long',
  fill: fill('buy', `in-${symbol}-${seconds}`, '10.00', seconds),
  stopLoss: '9.50',
  takeProfit: '11.00',
  context: { strategy: 'catalyst', signalConfidence: 0.8, catalystScore: 0.7, rvol: null, atr: 0.31 },
  category: 'contract',
  proposalId: 'p1',
})

export const positionReduced = (seconds: number, price: DecimalString, quantity: DecimalString): PositionEvent => ({
  type: 'PositionChanged',
  fill: fill('sell', `part-${seconds}`, price, seconds, quantity),
})

export const positionClosed = (
  seconds: number,
  price: DecimalString,
  exitReason: ExitReason = 'stop_loss',
  quantity = '100',
): PositionEvent => ({
  type: 'PositionClosed',
  fill: fill('sell', `out-${seconds}`, price, seconds, quantity),
  exitReason,
  mae: '-50',
  mfe: '25',
})
