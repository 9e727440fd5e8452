import type { Alert, Side } from '../domain/alert.ts'
import type { BooksState } from '../domain/books.ts'
import type { Price, Quantity, Usd } from '../domain/decimal.ts'
import type { Denial } from '../domain/denial.ts'
import type { Horizon } from '../domain/horizons.ts'
import type { Order } from '../domain/order.ts'
import type { People } from '../domain/people.ts'
import type { Position } from '../domain/position.ts'
import type { Proposal, ProposalStatus } from '../domain/proposal.ts'
import type { Standing } from '../domain/risk/portfolio.ts'
import type { TradingState } from '../domain/trading-state.ts'
import type { StoredEvent } from './event-store.ts'
import type { Security } from './market-data.ts'

/** A page of a list, newest first. `next` goes back in as `cursor`. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}
export interface PageRequest {
  readonly cursor?: string | undefined
  /** 1..200 */
  readonly limit: number
}

/** One exchange day of results. Realized figures are before fees; net = realized - fees. */
export interface DayResult {
  readonly date: string
  readonly realizedPnl: Usd
  readonly fees: Usd
  readonly wins: number
  readonly losses: number
  readonly trades: number
}
export interface GroupResult {
  readonly name: string
  readonly realizedPnl: Usd
  readonly fees: Usd
  readonly trades: number
  readonly wins: number
}
/** Trades not made, by why or by who. Sums in USD before fees; null: none of them could be looked at yet. */
export interface ScoreRow {
  readonly name: string
  readonly cards: number
  readonly pnl: Readonly<Record<Horizon, Usd | null>>
}
export interface ClosedTrade {
  readonly positionId: string
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly quantity: Quantity
  readonly entryPrice: Price
  readonly exitPrice: Price
  readonly realizedPnl: Usd
  readonly fees: Usd
  readonly mae: Usd
  readonly mfe: Usd
  readonly exitReason: string
  readonly category: string | null
  readonly openedAt: string
  readonly closedAt: string
  readonly proposalId: string | null
}
export interface FillRow {
  readonly executionId: string
  readonly orderId: string
  readonly symbol: string
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fees: Usd
  readonly at: string
}
export interface PortfolioSnapshot {
  readonly at: string
  readonly equity: Usd
  readonly cash: Usd
  readonly unrealizedPnl: Usd
  readonly openPositions: number
}
export interface RiskEventRow {
  readonly at: string
  readonly kind: string
  readonly symbol: string | null
  readonly proposalId: string | null
  readonly explain: string
  readonly denials: readonly Denial[]
}

/** What somebody, or risk, made of a proposal. */
export interface DecisionRow {
  readonly at: string
  readonly by: string
  readonly outcome: 'approved' | 'armed' | 'declined' | 'denied'
  readonly symbol: string
  readonly proposalId: string
  readonly reason: string | null
}

/** Everything that is asked of the books. Costs must not grow with history: every query is bounded and indexed. */
export interface ReadModel {
  tradingState(): Promise<TradingState>
  people(): Promise<People>
  books(): Promise<BooksState>
  /** When a person last halted trading; ISO or null. */
  lastKilledAt(): Promise<string | null>
  alert(id: string): Promise<Alert | null>
  alerts(page: PageRequest): Promise<Page<Alert>>
  /** Stored but not yet judged, oldest first. */
  unjudgedAlerts(limit: number): Promise<readonly Alert[]>
  proposal(id: string): Promise<Proposal | null>
  proposals(filter: { readonly status?: ProposalStatus | undefined }, page: PageRequest): Promise<Page<Proposal>>
  /** Pending and armed, of one symbol or of all, soonest expiry first. */
  openProposals(symbol?: string): Promise<readonly Proposal[]>
  openProposalCount(): Promise<number>
  /** Open ones whose time was up at a moment (ISO), soonest expiry first. */
  overdueProposals(at: string, limit: number): Promise<readonly Proposal[]>
  /** Armed ones, soonest expiry first; `after` is the last one of the list before. */
  armedProposals(limit: number, after?: Pick<Proposal, 'expiresAt' | 'id'>): Promise<readonly Proposal[]>
  /** Those whose snoozer is to be reminded by a moment (ISO), earliest first. */
  dueReminders(at: string, limit: number): Promise<readonly Proposal[]>
  /** Pending ones that nobody put off, offered before the cutoff (ISO) of how many escalation steps they have behind them. */
  unansweredProposals(cutoffs: readonly string[], limit: number): Promise<readonly Proposal[]>
  /** Ended ones whose next look is due by a moment (ISO), earliest first. */
  unmeasuredProposals(at: string, limit: number): Promise<readonly Proposal[]>
  /** What trades that were not made would have come to, of cards offered at or after a time (ISO), largest group first. */
  scorecard(group: 'reason' | 'person', since: string, limit: number): Promise<readonly ScoreRow[]>
  /** The newest proposal that told this story at or after a time (ISO). */
  proposalByStory(storyKey: string, since: string): Promise<Proposal | null>
  order(id: string): Promise<Order | null>
  orderByBrokerId(brokerOrderId: string): Promise<Order | null>
  /** Orders that go by any of these ids, the broker's or ours, newest first. */
  ordersKnownAs(brokerOrderIds: readonly string[], clientOrderIds: readonly string[]): Promise<readonly Order[]>
  orders(filter: { readonly open?: boolean | undefined; readonly proposalId?: string | undefined }, page: PageRequest): Promise<Page<Order>>
  /** Every order that has not ended, ready and unknown ones included. */
  workingOrders(): Promise<readonly Order[]>
  /** Of those the entries, and whatever else works in one symbol: what bears on a further entry. */
  workingEntries(alsoOf?: string): Promise<readonly Order[]>
  /** Stored, and not sent yet. */
  readyOrders(): Promise<readonly Order[]>
  /** Entry orders prepared at or after a time (ISO), newest first. */
  entriesSince(since: string): Promise<readonly Order[]>
  position(id: string): Promise<Position | null>
  openPositions(): Promise<readonly Position[]>
  openPosition(symbol: string): Promise<Position | null>
  positions(filter: { readonly status?: 'open' | 'closed' | undefined }, page: PageRequest): Promise<Page<Position>>
  /** When a stop last closed a position of this symbol; ISO or null. */
  lastStopOut(symbol: string): Promise<string | null>
  trades(filter: { readonly symbol?: string | undefined }, page: PageRequest): Promise<Page<ClosedTrade>>
  fills(orderIds: readonly string[]): Promise<readonly FillRow[]>
  /** Fills newest first. */
  recentFills(page: PageRequest): Promise<Page<FillRow>>
  firstFillAt(): Promise<string | null>
  lastFillAt(): Promise<string | null>
  /** Days from `since` (YYYY-MM-DD, exchange time), oldest first. */
  dayResults(since: string): Promise<readonly DayResult[]>
  /** Sums over closed trades since a day. */
  resultsBy(group: 'symbol' | 'category', since: string): Promise<readonly GroupResult[]>
  /** Equity over time, oldest first, thinned to at most `points`. */
  snapshots(since: string, points: number): Promise<readonly PortfolioSnapshot[]>
  lastSnapshotBefore(at: string): Promise<PortfolioSnapshot | null>
  /** Where the day began, the peak, the last results, and the sectors of everything held. @param dayStart ISO; @param date the same day in New York */
  standing(dayStart: string, date: string): Promise<Standing>
  /** Newest first. */
  decisions(limit: number): Promise<readonly DecisionRow[]>
  riskEvents(page: PageRequest): Promise<Page<RiskEventRow>>
  /** Events of one stream (`proposal:<id>`), of one correlation, or of all; ascending by sequence unless newest is set. */
  events(
    filter: {
      readonly stream?: string | undefined
      readonly correlationId?: string | undefined
      readonly after?: number | undefined
      readonly newest?: boolean | undefined
    },
    limit: number,
  ): Promise<readonly StoredEvent[]>
  security(symbol: string): Promise<Security | null>
  /** Fresh instead of stale: the newest sequence in the store. */
  lastSequence(): Promise<number>
}

/** Reference data, written by the market adapter's list at start. */
export interface SecurityStore {
  saveSecurities(securities: readonly Security[]): Promise<void>
}
