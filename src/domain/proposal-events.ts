import type { ScoreFactor, Side } from './alert.ts'
import type { DecimalString } from './decimal.ts'
import type { Denial, Warning } from './denial.ts'
import type { Horizon } from './horizons.ts'
import type { EntryContext, StoredTerms } from './proposal-terms.ts'

export interface FirstApproval {
  readonly by: string
  readonly quantity: DecimalString
  readonly at: string
}
/** Whom silence leads to: the configured backup, then everybody who may approve. */
export type EscalationStep = 'backup' | 'all'

export type ProposalEvent =
  | {
      readonly type: 'ProposalOffered'
      readonly alertId: string
      readonly symbol: string
      readonly side: Side
      readonly intent: 'entry' | 'reduce'
      readonly terms: StoredTerms
      readonly headline: string
      readonly source: string
      readonly category: string | null
      readonly url: string | null
      readonly publishedAt: string
      readonly factors: readonly ScoreFactor[]
      readonly context: EntryContext
      readonly storyKey: string
      readonly at: string
      readonly expiresAt: string
      /** Left out when there were none. */
      readonly warnings?: readonly Warning[]
    }
  | { readonly type: 'ProposalAlsoReported'; readonly source: string }
  | { readonly type: 'ProposalRepriced'; readonly terms: StoredTerms; readonly movedPercent: DecimalString; readonly expiresAt: string }
  | { readonly type: 'ProposalArmed'; readonly version: number; readonly quantity: DecimalString; readonly by: string; readonly at: string }
  | {
      readonly type: 'ProposalApproved'
      readonly version: number
      readonly quantity: DecimalString
      readonly by: string
      readonly at: string
      readonly orderId: string
    }
  | { readonly type: 'ProposalDeclined'; readonly by: string; readonly at: string; readonly reason: string | null }
  | { readonly type: 'DeclineReasonGiven'; readonly by: string; readonly reason: string }
  /** An approval that risk refused. `final` ends the proposal; otherwise it stays open and shows why. */
  | {
      readonly type: 'ProposalDenied'
      readonly by: string
      readonly at: string
      readonly denials: readonly Denial[]
      readonly final: boolean
    }
  | { readonly type: 'ProposalExpired'; readonly at: string; readonly reason: string }
  | { readonly type: 'ProposalSuperseded'; readonly at: string; readonly by: string }
  | { readonly type: 'ProposalVoided'; readonly at: string; readonly cause: string }
  /** Somebody's own terms; the risk is smaller. */
  | {
      readonly type: 'ProposalRevised'
      readonly terms: StoredTerms
      readonly by: string
      readonly at: string
      readonly expiresAt: string
    }
  /** The first of the two people that it takes. */
  | { readonly type: 'ApprovalGiven'; readonly version: number; readonly quantity: DecimalString; readonly by: string; readonly at: string }
  | { readonly type: 'ProposalSnoozed'; readonly by: string; readonly at: string; readonly until: string }
  | { readonly type: 'ProposalReminded'; readonly at: string }
  | { readonly type: 'ProposalEscalated'; readonly step: EscalationStep; readonly people: readonly string[]; readonly at: string }
  /** What the trade that was not made would have come to; nulls: no prices could be had. USD before fees. */
  | {
      readonly type: 'ProposalMeasured'
      readonly horizon: Horizon
      readonly at: string
      readonly price: DecimalString | null
      readonly movePercent: DecimalString | null
      readonly pnl: DecimalString | null
      readonly exit: 'open' | 'stop' | 'target' | null
    }
