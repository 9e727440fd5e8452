import { afterEach, expect, test } from 'vitest'
import { createMetrics, type Looks } from '../../src/adapters/metrics.ts'
import type { DomainEvent } from '../../src/domain/streams.ts'
import type { EventStore, StoredEvent } from '../../src/ports/event-store.ts'

type Listener = Parameters<EventStore['onCommitted']>[0]
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const simulated: Looks = { exchange: () => null, unknownOrders: async () => 0 }

function measured(looks: Looks = simulated) {
  const listeners = new Set<Listener>()
  const metrics = createMetrics(
    {
      onCommitted(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    { name: 'alpaca', mode: 'paper', connected: () => true },
    looks,
  )
  stops.push(metrics.stop)
  const commit = (...events: readonly DomainEvent[]) => {
    for (const listener of listeners) listener(events.map((event) => ({ event }) as StoredEvent))
  }
  return { metrics, commit, listeners }
}
const at = '2024-03-05T14:30:00.000Z'

test('what happens to orders, proposals and alerts is counted by its outcome', async () => {
  const { metrics, commit } = measured()
  commit(
    { type: 'OrderRejected', reason: 'no', at },
    { type: 'OrderRejected', reason: 'no', at },
    { type: 'ProposalExpired', at, reason: 'time' },
  )
  commit({ type: 'AlertFiltered', code: 'STALE', reason: 'old' })
  const { body, contentType } = await metrics.render()
  expect(contentType).toContain('text/plain')
  expect(body).toContain('catalyst_orders_total{outcome="rejected"} 2')
  expect(body).toContain('catalyst_orders_total{outcome="filled"} 0')
  expect(body).toContain('catalyst_proposals_total{outcome="expired"} 1')
  expect(body).toContain('catalyst_alerts_total{outcome="filtered"} 1')
})

test('the trading state in force is 1, every other 0', async () => {
  const { metrics, commit } = measured()
  commit({ type: 'TradingHalted', by: 'me', cause: 'test', at, epoch: 1 })
  const { body } = await metrics.render()
  expect(body).toContain('catalyst_trading_state{state="halted"} 1')
  expect(body).toContain('catalyst_trading_state{state="active"} 0')
  metrics.setTradingState('paused')
  expect((await metrics.render()).body).toContain('catalyst_trading_state{state="paused"} 1')
})

test('whose money it is about stands beside the figures', async () => {
  const { metrics } = measured()
  expect((await metrics.render()).body).toContain('catalyst_broker_info{broker="alpaca",mode="paper"} 1')
})

test('equity follows the last look at the account', async () => {
  const { metrics, commit } = measured()
  const rest = { cash: '1', longValue: '0', shortValue: '0', unrealizedPnl: '0', openPositions: 0 }
  commit({ type: 'PortfolioMarked', at, equity: '100250.75', ...rest })
  expect((await metrics.render()).body).toContain('catalyst_equity_usd 100250.75')
})

test('event loop lag is measured, and two of them do not disturb each other', async () => {
  const first = measured()
  const second = measured()
  first.commit({ type: 'OrderCanceled', at })
  expect((await second.metrics.render()).body).toContain('catalyst_orders_total{outcome="canceled"} 0')
  expect((await first.metrics.render()).body).toContain('nodejs_eventloop_lag_p99_seconds')
})

test('after stop nothing listens any more', () => {
  const { metrics, listeners } = measured()
  metrics.stop()
  expect(listeners.size).toBe(0)
})

test('the line to the exchange is looked at when the figures are asked for', async () => {
  const line = { budget: { limit: 200, used: 150, left: 50 }, marketStream: false, streamedSymbols: 15 }
  const { metrics } = measured({ exchange: () => line, unknownOrders: async () => 2 })
  const { body } = await metrics.render()
  for (const figure of [
    'catalyst_broker_requests_limit 200',
    'catalyst_broker_requests_used 150',
    'catalyst_broker_requests_left 50',
    'catalyst_market_stream_up 0',
    'catalyst_market_streamed_symbols 15',
    'catalyst_broker_connected 1',
    'catalyst_unknown_orders 2',
  ])
    expect(body).toContain(`\n${figure}\n`)
})

test('where there is no line to an exchange, nothing is said of one', async () => {
  const { body } = await measured().metrics.render()
  expect(body).not.toMatch(/^catalyst_(broker_requests|market_stream)\w* \d/m)
})
