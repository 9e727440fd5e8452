/** What the server says, as it arrives: snake_case names, money as strings, times ISO 8601 UTC. */

export interface Denial {
  readonly code: string
  readonly limit: string | null
  readonly actual: string | null
  readonly would_pass: string | null
  readonly explain: string
}

export type ProposalStatus = 'pending' | 'armed' | 'approved' | 'declined' | 'expired' | 'superseded' | 'denied' | 'voided'

export interface Proposal {
  readonly id: string
  readonly version: number
  readonly symbol: string
  /** Shown beside the ticker when the server knows it. */
  readonly company?: string | null
  readonly side: 'buy' | 'sell'
  readonly intent: 'entry' | 'reduce'
  readonly quantity: string
  readonly limit_price: string
  readonly ceiling_price: string
  readonly stop_loss: string
  readonly take_profit: string
  readonly risk_amount: string
  readonly notional: string
  readonly sized_by: string
  readonly status: ProposalStatus
  readonly offered_at: string
  readonly expires_at: string
  readonly decided_by: string | null
  readonly decided_at: string | null
  readonly reason: string | null
  readonly headline: string
  readonly source: string
  readonly also_on: readonly string[]
  readonly category: string | null
  readonly url: string | null
  readonly published_at: string
  readonly confidence: number
  readonly catalyst_score: number
  readonly factors: readonly Factor[]
  readonly order_id: string | null
  readonly revised_by: string | null
  /** The first of two people, where two are needed. */
  readonly first_approval: { readonly by: string; readonly quantity: string; readonly at: string } | null
  readonly snoozed_by: readonly string[]
  readonly denials: readonly Denial[]
  /** What risk let pass, and wanted known. */
  readonly warnings?: readonly { readonly code: string; readonly explain: string }[]
}

export interface Factor {
  readonly name: string
  /** -1..1 */
  readonly value: number
  readonly explain: string
}

export interface Position {
  readonly id: string
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly quantity: string
  readonly entry_price: string
  readonly current_price: string | null
  readonly unrealized_pnl: string | null
  readonly realized_pnl: string
  readonly stop_loss: string | null
  readonly take_profit: string | null
  readonly protected: boolean
  readonly opened_at: string
  readonly closed_at: string | null
  readonly exit_reason: string | null
  readonly status: 'open' | 'closed'
  readonly proposal_id: string | null
}

export interface Order {
  readonly id: string
  readonly symbol: string
  readonly role: string
  readonly quantity: string
  readonly filled_quantity: string
  readonly filled_avg_price: string | null
  readonly status: string
  readonly reason: string | null
  readonly proposal_id: string | null
  readonly position_id: string | null
}

export interface Quote {
  readonly symbol: string
  readonly bid: string | null
  readonly ask: string | null
  readonly last: string | null
  readonly at: string
}

export interface State {
  readonly mode: 'SIM' | 'PAPER' | 'LIVE'
  readonly approval_mode: 'supervised' | 'autonomous'
  readonly trading_state: 'active' | 'paused' | 'halted'
  readonly cause: string | null
  readonly equity: string
  readonly cash: string
  readonly buying_power: string
  /** The broker does not answer: the figures of the account are what it told last. */
  readonly account_old: boolean
  readonly day_pnl: string
  readonly unrealized_pnl: string
  readonly loss_budget: string | null
  readonly loss_budget_left: string | null
  readonly open_positions: number
  readonly pending: number
  readonly now: string
  readonly session: 'pre' | 'regular' | 'post' | 'closed'
  readonly speed: number
  readonly market: string
  readonly database: 'embedded' | 'postgres'
  readonly reconciling: boolean
  readonly quote_max_age_seconds: number
  readonly you: { readonly id: string; readonly name: string; readonly role: string }
  readonly claim_code: string | null
  readonly version: string
}

export interface Bar {
  /** Epoch seconds. */
  readonly time: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: number
}

export interface FeedLine {
  readonly sequence: number
  readonly at: string
  readonly text: string
  readonly symbol: string | null
  readonly stream: string | null
  readonly tone: 'neutral' | 'good' | 'bad' | 'warning'
}

export interface Group {
  readonly name: string
  readonly realized_pnl: string
  readonly fees: string
  readonly trades: number
  readonly wins: number
}

export interface DayResult {
  readonly date: string
  readonly realized_pnl: string
  readonly fees: string
  readonly net_pnl: string
  readonly trades: number
}

export const periods = ['today', 'week', 'month', 'year', 'all'] as const
export type Period = (typeof periods)[number]

export interface Pnl {
  readonly period: string
  readonly realized_pnl: string
  readonly unrealized_pnl: string
  readonly fees: string
  readonly net_pnl: string
  readonly trades: number
  readonly wins: number
  readonly losses: number
  /** 0..1 */
  readonly win_rate: number | string | null
  readonly days: readonly DayResult[]
  readonly equity: readonly { readonly at: string; readonly equity: string }[]
  readonly by_symbol: readonly Group[]
  readonly by_category: readonly Group[]
}

export interface RiskLine {
  readonly code: string
  readonly tier: string
  readonly label: string
  readonly used: string | number | null
  readonly limit: string | number | null
  readonly left: string | null
  readonly unit: string | null
  /** 0..1, beyond when over the limit. */
  readonly share: number
  readonly explain: string
}

export interface Risk {
  readonly items: readonly RiskLine[]
  readonly trips_next: string | null
  /** USD that are lost when every stop is hit. */
  readonly open_risk: string
}

export interface CommandInfo {
  readonly name: string
  readonly summary: string
  readonly role: string
  readonly args: readonly {
    readonly name: string
    readonly description: string
    readonly required: boolean
    readonly values?: readonly string[]
  }[]
}

export interface Killed {
  readonly trading_state: string
  readonly canceled_orders: number
  readonly waiting_cancels: number
  readonly voided_proposals: number
  readonly open_positions: number
  readonly elapsed_ms: number
}

export interface Flattened {
  readonly closing: readonly unknown[]
  readonly left: readonly { readonly symbol: string; readonly reason: string }[]
}
