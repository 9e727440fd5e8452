import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { approximate, usd } from '../domain/decimal.ts'
import type { DomainEvent } from '../domain/streams.ts'
import type { TradingStateName } from '../domain/trading-state.ts'
import type { Broker } from '../ports/broker.ts'
import type { EventStore } from '../ports/event-store.ts'

export interface Metrics {
  /** The Prometheus text, and its content type. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>
  /** The state that was stored before this process began; afterwards events tell. */
  setTradingState(state: TradingStateName): void
  stop(): void
}

/** What a process tells that stands by: that it does, and how it is. */
export function createStandbyMetrics(): { render(): Promise<string> } {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  leading(registry).set(0)
  return { render: () => registry.metrics() }
}

const leading = (registry: Registry) =>
  new Gauge({ name: 'catalyst_leading', help: '1 for the process that trades, 0 for one that stands by', registers: [registry] })

/** What is looked at whenever somebody asks for the figures. */
export interface Looks {
  readonly exchange: () => {
    readonly budget: { readonly limit: number; readonly used: number; readonly left: number }
    readonly marketStream: boolean
    readonly streamedSymbols: number
  } | null
  readonly unknownOrders: () => Promise<number>
}

function lookedAt(registers: Registry[], broker: Pick<Broker, 'connected'>, { exchange, unknownOrders }: Looks): void {
  const gauge = (name: string, help: string, look: () => number | null | Promise<number | null>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const value = await look()
        if (value === null) this.remove()
        else this.set(value)
      },
    })
  gauge('catalyst_broker_connected', '1 while updates of orders can come in', () => Number(broker.connected()))
  gauge('catalyst_unknown_orders', 'Orders whose answer was lost and which are looked up', unknownOrders)
  gauge('catalyst_broker_requests_limit', 'Requests that the account may make in a minute', () => exchange()?.budget.limit ?? null)
  gauge('catalyst_broker_requests_used', 'Of them made in the last minute', () => exchange()?.budget.used ?? null)
  gauge('catalyst_broker_requests_left', 'Of them left just now', () => exchange()?.budget.left ?? null)
  gauge('catalyst_market_stream_up', '1 while prices come in by themselves', () => {
    const line = exchange()
    return line && Number(line.marketStream)
  })
  gauge('catalyst_market_streamed_symbols', 'Symbols whose prices do', () => exchange()?.streamedSymbols ?? null)
}

type EventType = DomainEvent['type']

/** What each event adds to which counter. Events that are not named here change no figure. */
const alertOutcomes: Partial<Record<EventType, string>> = {
  AlertReceived: 'received',
  AlertFiltered: 'filtered',
  AlertProposed: 'proposed',
  AlertMerged: 'merged',
}
const proposalOutcomes: Partial<Record<EventType, string>> = {
  ProposalOffered: 'offered',
  ProposalRepriced: 'repriced',
  ProposalApproved: 'approved',
  ProposalDeclined: 'declined',
  ProposalDenied: 'denied',
  ProposalExpired: 'expired',
  ProposalSuperseded: 'superseded',
  ProposalVoided: 'voided',
}
const orderOutcomes: Partial<Record<EventType, string>> = {
  OrderPrepared: 'prepared',
  OrderSubmitted: 'submitted',
  OrderOutcomeUnknown: 'unknown',
  OrderAccepted: 'accepted',
  OrderFilled: 'filled',
  OrderCanceled: 'canceled',
  OrderExpired: 'expired',
  OrderRejected: 'rejected',
}
const stateAfter: Partial<Record<EventType, TradingStateName>> = {
  TradingPaused: 'paused',
  TradingHalted: 'halted',
  TradingResumed: 'active',
}
const stateNames: readonly TradingStateName[] = ['active', 'paused', 'halted']

/** Figures for Prometheus, kept up by listening to what is committed: no query, and nothing for the use cases to remember. */
export function createMetrics(
  store: Pick<EventStore, 'onCommitted'>,
  broker: Pick<Broker, 'name' | 'mode' | 'connected'>,
  looks: Looks,
): Metrics {
  const registry = new Registry()
  // The default metrics bring event loop lag, heap and garbage collection times.
  collectDefaultMetrics({ register: registry })
  leading(registry).set(1)
  const registers = [registry]
  const count = (name: string, help: string, outcomes: Partial<Record<EventType, string>>) => {
    const counter = new Counter({ name, help, labelNames: ['outcome'] as const, registers })
    for (const outcome of Object.values(outcomes)) counter.inc({ outcome }, 0)
    return (type: EventType) => {
      const outcome = outcomes[type]
      if (outcome !== undefined) counter.inc({ outcome })
    }
  }
  const counters = [
    count('catalyst_alerts_total', 'Alerts by what became of them', alertOutcomes),
    count('catalyst_proposals_total', 'Proposals by what became of them', proposalOutcomes),
    count('catalyst_orders_total', 'Orders by what became of them', orderOutcomes),
  ]
  const trading = new Gauge({
    name: 'catalyst_trading_state',
    help: '1 for the state in force',
    labelNames: ['state'] as const,
    registers,
  })
  const labelNames = ['broker', 'mode'] as const
  // Whose money the other figures are about: alarms for real money may be louder.
  new Gauge({ name: 'catalyst_broker_info', help: 'Always 1; who trades, and in which mode', labelNames, registers }).set(
    { broker: broker.name, mode: broker.mode },
    1,
  )
  lookedAt(registers, broker, looks)
  const equity = new Gauge({ name: 'catalyst_equity_usd', help: 'Equity at the last look, USD', registers })
  const setTradingState = (state: TradingStateName) => {
    for (const name of stateNames) trading.set({ state: name }, name === state ? 1 : 0)
  }
  setTradingState('active')
  const stop = store.onCommitted((events) => {
    for (const { event } of events) {
      for (const add of counters) add(event.type)
      const state = stateAfter[event.type]
      if (state !== undefined) setTradingState(state)
      if (event.type === 'PortfolioMarked') equity.set(approximate(usd(event.equity)))
    }
  })
  return { render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }), setTradingState, stop }
}
