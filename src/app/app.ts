import type { AlertContent } from '../domain/alert.ts'
import type { Price, Quantity, Usd } from '../domain/decimal.ts'
import type { Refusal } from '../domain/decision.ts'
import type { Denial, Warning } from '../domain/denial.ts'
import type { Role } from '../domain/people.ts'
import type { ExitReason, Position } from '../domain/position.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { EntryRequest } from '../domain/risk/check.ts'
import type { ApprovalMode, TradingState } from '../domain/trading-state.ts'
import type { Actor } from '../ports/chat.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { WantedTerms } from './change-proposal.ts'
import type { AppContext } from './context.ts'
import type { RefusedAccess } from './refusals.ts'

/** What became of a tap. `proposal` is always its true state after it. */
export type DecisionOutcome =
  | { readonly outcome: 'approved' | 'armed' | 'declined' | 'revised' | 'snoozed'; readonly proposal: Proposal }
  /** Two people are needed; this was the first. Nothing is sent. */
  | { readonly outcome: 'first_of_two'; readonly proposal: Proposal }
  /** Beyond the ceiling: a new version now asks again. */
  | { readonly outcome: 'repriced'; readonly proposal: Proposal; readonly movedPercent: string }
  | { readonly outcome: 'denied'; readonly proposal: Proposal; readonly denials: readonly Denial[] }
  /** Decided before, of another version, expired, or out of range. */
  | { readonly outcome: 'refused'; readonly proposal: Proposal; readonly refusal: Refusal }
  | { readonly outcome: 'not_found' }

/** What became of a wish to move a stop. unsure: the broker did not answer; its lists will tell. */
export type StopMove =
  | { readonly outcome: 'moved'; readonly position: Position }
  | { readonly outcome: 'unsure'; readonly position: Position }
  | { readonly outcome: 'refused'; readonly position: Position; readonly refusal: Refusal }
  | { readonly outcome: 'not_found' }

export interface KillReport {
  readonly trading: TradingState
  /** Working entries, all to be canceled. */
  readonly canceledOrders: number
  /** Of them, how many cancels still waited for the broker when this was said: they follow by themselves. */
  readonly waitingCancels: number
  readonly voidedProposals: number
  readonly openPositions: number
  /** Real milliseconds from the call to HALTED committed and every cancel answered that did not have to wait. */
  readonly elapsedMs: number
}

export interface CloseReport {
  readonly closing: readonly { readonly positionId: string; readonly symbol: string; readonly orderId: string }[]
  /** Positions that could not be closed yet, with why: say HALTED, NOT FLAT. */
  readonly left: readonly { readonly positionId: string; readonly symbol: string; readonly reason: string }[]
}

export type StateChange = { readonly ok: true; readonly trading: TradingState } | { readonly ok: false; readonly refusal: Refusal }

export interface RiskOpinion {
  readonly approved: boolean
  /** |entry - stop| x quantity; null without a stop. */
  readonly riskAmount: Usd | null
  /** 0..1: the largest share of any limit that is used. */
  readonly riskScore: number
  readonly denials: readonly Denial[]
  /** What passes, and should be known all the same. */
  readonly warnings: readonly Warning[]
}

/** Account figures for people: one consistent look. All USD. */
export interface AccountSummary {
  readonly equity: Usd
  readonly cash: Usd
  readonly buyingPower: Usd
  /** Since the last exchange day's last snapshot (or the day's first). */
  readonly dayPnl: Usd
  readonly unrealizedPnl: Usd
  readonly openPositions: number
  /** The broker did not answer: equity, cash and buying power are what it told last. */
  readonly old: boolean
}

/** The use cases. Authorization comes before: see `authorize`. */
export interface App extends AppContext {
  /** Stores an alert before it returns; judging it into a proposal follows by itself. */
  raiseAlert(
    content: AlertContent,
    meta: EventMeta,
  ): Promise<{ readonly alertId: string; readonly duplicate: boolean; readonly conflict: boolean }>
  approve(
    proposalId: string,
    tap: { readonly version: number; readonly quantity?: Quantity | undefined },
    meta: EventMeta,
  ): Promise<DecisionOutcome>
  /** A reason may come along, or later from the same person or an owner. */
  decline(proposalId: string, reason: string | null, meta: EventMeta): Promise<DecisionOutcome>
  /** Why it was rejected; refused for a card that was not, or by anybody else. Never decides anything. */
  giveReason(proposalId: string, reason: string, meta: EventMeta): Promise<DecisionOutcome>
  /** A person's own terms: the next version, with less at risk. */
  revise(proposalId: string, wanted: WantedTerms, meta: EventMeta): Promise<DecisionOutcome>
  /** Reminds whoever asks for it shortly before the card expires. */
  snooze(proposalId: string, meta: EventMeta): Promise<DecisionOutcome>
  closePosition(positionId: string, reason: ExitReason, meta: EventMeta): Promise<CloseReport>
  /** Half of it, rounded down to whole shares. @param held what the asker saw; null: whatever it is. */
  closeHalf(positionId: string, held: Quantity | null, meta: EventMeta): Promise<CloseReport>
  /** Toward profit only; the broker's answer decides. */
  moveStop(positionId: string, stop: Price, meta: EventMeta): Promise<StopMove>
  /**
   * A person looked, and an order whose answer was lost is not at the broker: its reservation ends. found: it is there, and was taken
   * up; settled: its fate is known already.
   */
  giveUpOrder(orderId: string, meta: EventMeta): Promise<'given_up' | 'found' | 'settled'>
  flatten(reason: ExitReason, meta: EventMeta): Promise<CloseReport>
  pause(cause: string, options: { readonly cancelEntries: boolean }, meta: EventMeta): Promise<StateChange>
  kill(cause: string, meta: EventMeta): Promise<KillReport>
  resume(reason: string, meta: EventMeta): Promise<StateChange>
  changeMode(mode: ApprovalMode, meta: EventMeta): Promise<StateChange>
  /** Nothing but what is critical rings for so many minutes; 0 ends it. @returns until when (ISO, real time), or null. */
  mute(minutes: number, meta: EventMeta): Promise<string | null>
  /** What risk would say; stores nothing. */
  validateEntry(request: EntryRequest): Promise<RiskOpinion>
  /** @param options `lastKnown`: rather old figures than none. @throws BrokerError */
  accountSummary(options?: { readonly lastKnown?: boolean }): Promise<AccountSummary>
  /** The role of an actor, or null for nobody. */
  roleOf(actor: Actor): Promise<Role | null>
  /** Puts on the record that somebody was refused. Never throws. */
  recordRefusal(refused: RefusedAccess): Promise<void>
  /** Redeems the one-time code that the log and the console show while there is no owner. */
  claim(code: string, actor: Actor, meta: EventMeta): Promise<{ readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }>
}
