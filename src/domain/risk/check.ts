import type { z } from 'zod'
import type { Side } from '../alert.ts'
import type { Decimal, Price, Quantity, Usd } from '../decimal.ts'
import type { Denial } from '../denial.ts'
import type { Order } from '../order.ts'
import type { Position } from '../position.ts'
import type { TradingState } from '../trading-state.ts'

export type Tier = 'position' | 'portfolio' | 'system'

/** The order somebody wants, before anyone said yes. */
export interface EntryRequest {
  readonly proposalId: string | null
  readonly symbol: string
  readonly side: Side
  readonly quantity: Quantity
  /** The most it may pay (sell: the least it may get). */
  readonly price: Price
  readonly stopLoss: Price | null
  readonly takeProfit: Price | null
  readonly confidence: number
}

/** What the market shows now. Any of it may be missing: then the check that needs it denies. */
export interface QuoteView {
  readonly bid: Price
  readonly ask: Price
  readonly last: Price
  /** Epoch milliseconds, on the running clock. */
  readonly at: number
}

export interface SecurityView {
  readonly symbol: string
  readonly sector: string
  readonly tradable: boolean
  readonly shortable: boolean
  readonly halted: boolean
}

export interface AccountView {
  readonly equity: Usd
  readonly cash: Usd
  readonly buyingPower: Usd
}

/** One consistent snapshot; checks are pure functions of it. */
export interface RiskContext {
  readonly now: number
  readonly request: EntryRequest
  readonly account: AccountView | null
  readonly quote: QuoteView | null
  readonly security: SecurityView | null
  readonly session: 'pre' | 'regular' | 'post' | 'closed'
  readonly trading: TradingState
  /** True from start-up until our books agree with the broker's. */
  readonly reconciling: boolean
  readonly shortingEnabled: boolean
  readonly blockedSymbols: readonly string[]
  /** The only symbols that may be entered; null: any. */
  readonly allowedSymbols: readonly string[] | null
  readonly positions: readonly Position[]
  readonly workingOrders: readonly Order[]
  /** Entries of the last minutes, newest first: for duplicates and rates. */
  readonly recentEntries: readonly { readonly symbol: string; readonly side: Side; readonly at: number }[]
  /** Positions of this symbol that a stop closed lately: epoch milliseconds of the latest, or null. */
  readonly lastStopOutAt: number | null
  /** Real milliseconds for which nobody could be told of a proposal, in any chat; null while somebody can, or no chat is meant to. */
  readonly unreachableMs: number | null
  /** The feed the quote came from, for its age limit. */
  readonly feed: 'sip' | 'iex' | 'sim'
}

/** A check's denial; `code` and `transient` are the check's own unless said otherwise (a halt is not a pause). */
export type CheckDenial = Omit<Denial, 'code' | 'transient'> & Partial<Pick<Denial, 'code' | 'transient'>>

/**
 * One risk check. `evaluate` returns null to pass. Several codes may share a file only when they share the arithmetic;
 * then `code` of the returned denial says which.
 */
export interface RiskCheck<Limits = unknown> {
  /** SCREAMING_SNAKE; its lower-case form is the key of its limits in config.yaml under `risk`. */
  readonly code: string
  readonly tier: Tier
  /** A zod object whose every field has a default; `.meta({ description })` with the unit on each field documents config.example.yaml. */
  readonly limits: z.ZodType<Limits>
  /** True when time alone can lift the denial. */
  readonly transient: boolean
  evaluate(context: RiskContext, limits: Limits): CheckDenial | null
}

/** Keeps a check's limits typed where it is written, and uniform where it is run. */
export const defineCheck = <Limits>(check: RiskCheck<Limits>): RiskCheck<Limits> => check

/** A figure for people, in the smallest form that is true. */
export const money = (value: Decimal): string => `$${value.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')}`
