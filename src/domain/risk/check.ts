import type { z } from 'zod'
import type { Side } from '../alert.ts'
import type { Decimal, Price, Quantity, Usd } from '../decimal.ts'
import type { Denial } from '../denial.ts'
import type { Order } from '../order.ts'
import type { Position } from '../position.ts'
import type { TradingState } from '../trading-state.ts'
import type { HeldCorrelation } from './correlation.ts'
import type { PortfolioState } from './portfolio.ts'

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
  /** ISO 4217; left out where there is no other than USD. */
  readonly currency?: string
  /** What the pattern day trader rule looks at; left out where the broker does not say. */
  readonly dayTrading?: {
    /** Day trades of the last five sessions. */
    readonly trades: number
    /** Whether the account is marked as one of a pattern day trader. */
    readonly flagged: boolean
  }
}

/** Lowest and highest trade of a day so far. */
export interface DayRange {
  readonly low: Price
  readonly high: Price
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
  /** Everything that is at stake, of the same moment as `positions` and `workingOrders`. */
  readonly portfolio: PortfolioState
  /** With each other symbol that is held or on its way. */
  readonly correlations: readonly HeldCorrelation[]
  /** The most that this day may lose, USD (DAILY_LOSS sets it); null when nobody knows where the day began. */
  readonly dayLossLimit: Usd | null
  /** Of today's session; null: not known, which says nothing. */
  readonly dayRange: DayRange | null
  /** When anything at all last came from the feed, epoch milliseconds on the running clock; null: nothing yet. */
  readonly feedHeardAt: number | null
  /** When the broker failed to answer lately, epoch milliseconds on the running clock, oldest first. */
  readonly brokerFailures: readonly number[]
  readonly mode: 'sim' | 'paper' | 'live'
  /** Whether somebody switched live trading on, with the typed phrase. */
  readonly liveEnabled: boolean
}

/** A check's denial; `code` and `transient` are the check's own unless said otherwise (a halt is not a pause). */
export type CheckDenial = Omit<Denial, 'code' | 'transient'> & Partial<Pick<Denial, 'code' | 'transient'>>

/** It passes, but whoever approves should know: neutral words for the card. */
export interface CheckWarning {
  readonly warning: string
}

/** The most shares of the request's symbol that a check would let through, and words for its limit ("the 50 % exposure limit"). */
export interface Room {
  readonly shares: Decimal
  readonly because: string
}

/** How much of a limit is used, for people. `used` and `limit` are in `unit`. */
export interface LimitUse {
  readonly label: string
  readonly used: Decimal
  readonly limit: Decimal
  readonly unit: 'usd' | 'percent' | 'seconds' | 'count'
  readonly explain: string
  /** True where more is better used up by time than by trading (the age of a quote): it never counts as tripping next. */
  readonly passing?: boolean
}

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
  evaluate(context: RiskContext, limits: Limits): CheckDenial | CheckWarning | null
  /** Caps what is proposed, so that a proposal does not deny itself; null: no bound. Its request has no quantity yet. */
  room?(context: RiskContext, limits: Limits): Room | null
  /** Of its limit, how much is used with nothing more asked for (the request has no shares); null: there is nothing to show. */
  usage?(context: RiskContext, limits: Limits): LimitUse | null
}

/** Keeps a check's limits typed where it is written, and uniform where it is run. */
export const defineCheck = <Limits>(check: RiskCheck<Limits>): RiskCheck<Limits> => check

/** A figure for people, in the smallest form that is true. */
export const money = (value: Decimal): string => `$${value.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')}`
