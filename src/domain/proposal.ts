import type { ScoreFactor, Side } from './alert.ts'
import { price, quantity, usd, withSign } from './decimal.ts'
import type { Evolution } from './decision.ts'
import type { Denial, Warning } from './denial.ts'
import { nextMeasure } from './horizons.ts'
import type { FirstApproval, ProposalEvent } from './proposal-events.ts'
import { type EntryContext, type ProposalTerms, parseTerms, resize } from './proposal-terms.ts'

export type { EscalationStep, FirstApproval, ProposalEvent } from './proposal-events.ts'
export { type EntryContext, type ProposalTerms, resize, storeTerms } from './proposal-terms.ts'

export type ProposalStatus = 'pending' | 'armed' | 'approved' | 'declined' | 'expired' | 'superseded' | 'denied' | 'voided'

export interface Proposal {
  readonly id: string
  readonly alertId: string
  readonly symbol: string
  readonly side: Side
  /** entry opens or grows a position; reduce closes or shrinks one. */
  readonly intent: 'entry' | 'reduce'
  readonly status: ProposalStatus
  readonly terms: ProposalTerms
  readonly repricings: number
  readonly headline: string
  readonly source: string
  readonly category: string | null
  readonly url: string | null
  readonly publishedAt: string
  readonly alsoOn: readonly string[]
  readonly factors: readonly ScoreFactor[]
  readonly context: EntryContext
  readonly storyKey: string
  readonly offeredAt: string
  readonly expiresAt: string
  readonly decidedBy: string | null
  readonly decidedAt: string | null
  /** Words for how it ended: a decline's reason, what superseded it, what voided it. */
  readonly reason: string | null
  /** The binding one first. */
  readonly denials: readonly Denial[]
  /** What risk let pass when these terms were first offered, and wanted known. */
  readonly warnings: readonly Warning[]
  readonly orderId: string | null
  /** Who set terms of their own last. */
  readonly revisedBy: string | null
  /** The first of two people, for the version of now. */
  readonly firstApproval: FirstApproval | null
  /** Who put it off, and when they are reminded; null: not any more. */
  readonly snoozedBy: readonly string[]
  readonly remindAt: string | null
  /** How many steps further than the approvers silence has led. */
  readonly escalations: number
  /** Looks taken at what became of it, and when the next is due; null: none. */
  readonly measured: number
  readonly measureAt: string | null
}

const unoffered: Omit<Proposal, 'id'> = {
  alertId: '',
  symbol: '',
  side: 'buy',
  intent: 'entry',
  status: 'pending',
  terms: {
    version: 0,
    quantity: quantity('0'),
    limitPrice: price('0'),
    ceilingPrice: price('0'),
    stopLoss: price('0'),
    takeProfit: price('0'),
    riskAmount: usd('0'),
    sizedBy: '',
    pricedAt: '',
  },
  repricings: 0,
  headline: '',
  source: '',
  category: null,
  url: null,
  publishedAt: '',
  alsoOn: [],
  factors: [],
  context: { strategy: '', signalConfidence: 0, catalystScore: 0, rvol: null, atr: null },
  storyKey: '',
  offeredAt: '',
  expiresAt: '',
  decidedBy: null,
  decidedAt: null,
  reason: null,
  denials: [],
  warnings: [],
  orderId: null,
  revisedBy: null,
  firstApproval: null,
  snoozedBy: [],
  remindAt: null,
  escalations: 0,
  measured: 0,
  measureAt: null,
}

/** Nobody is waited for any more; an entry that was not made is looked at later. */
const over = (state: Proposal, at: string, measure: boolean) => ({
  decidedAt: at,
  remindAt: null,
  measureAt: measure && state.intent === 'entry' ? nextMeasure(at, 0) : null,
})

export const proposalEvolution: Evolution<Proposal, ProposalEvent> = {
  initial: (id) => ({ id, ...unoffered }),
  evolve(state, event) {
    switch (event.type) {
      case 'ProposalOffered': {
        const { type: _, terms, at, warnings = [], ...rest } = event
        return { ...state, ...rest, terms: parseTerms(terms), warnings, offeredAt: at, status: 'pending' }
      }
      case 'ProposalAlsoReported':
        return { ...state, alsoOn: [...state.alsoOn, event.source] }
      case 'ProposalRepriced':
        return {
          ...state,
          status: 'pending',
          terms: parseTerms(event.terms),
          repricings: state.repricings + 1,
          expiresAt: event.expiresAt,
          reason: `Price moved ${withSign(event.movedPercent)} %`,
          decidedBy: null,
          decidedAt: null,
          denials: [],
          warnings: [],
          firstApproval: null,
          snoozedBy: [],
          remindAt: null,
        }
      case 'ProposalRevised':
        return {
          ...state,
          terms: parseTerms(event.terms),
          expiresAt: event.expiresAt,
          reason: null,
          denials: [],
          warnings: [],
          revisedBy: event.by,
          firstApproval: null,
          snoozedBy: [],
          remindAt: null,
        }
      case 'ApprovalGiven':
        return { ...state, firstApproval: { by: event.by, quantity: event.quantity, at: event.at }, denials: [] }
      case 'ProposalSnoozed':
        return { ...state, snoozedBy: [...state.snoozedBy.filter((by) => by !== event.by), event.by], remindAt: event.until }
      case 'ProposalReminded':
        return { ...state, remindAt: null }
      case 'ProposalEscalated':
        return { ...state, escalations: state.escalations + 1 }
      case 'ProposalMeasured': {
        const measured = state.measured + 1
        return { ...state, measured, measureAt: nextMeasure(state.decidedAt ?? event.at, measured) }
      }
      case 'ProposalArmed':
        return {
          ...state,
          status: 'armed',
          terms: resize(state.terms, quantity(event.quantity)),
          decidedBy: event.by,
          decidedAt: event.at,
          denials: [],
          remindAt: null,
        }
      case 'ProposalApproved':
        return {
          ...state,
          status: 'approved',
          terms: resize(state.terms, quantity(event.quantity)),
          decidedBy: event.by,
          decidedAt: event.at,
          orderId: event.orderId,
          reason: null,
          denials: [],
          remindAt: null,
        }
      case 'ProposalDeclined':
        return { ...state, ...over(state, event.at, true), status: 'declined', decidedBy: event.by, reason: event.reason }
      case 'DeclineReasonGiven':
        return { ...state, reason: event.reason }
      case 'ProposalDenied':
        return event.final
          ? { ...state, ...over(state, event.at, true), status: 'denied', decidedBy: event.by, denials: event.denials }
          : { ...state, denials: event.denials }
      case 'ProposalExpired':
        return { ...state, ...over(state, event.at, true), status: 'expired', reason: event.reason }
      case 'ProposalSuperseded':
        return { ...state, ...over(state, event.at, false), status: 'superseded', reason: `A newer card took its place: ${event.by}` }
      case 'ProposalVoided':
        return { ...state, ...over(state, event.at, false), status: 'voided', reason: event.cause }
    }
  },
}

export const isOpen = (proposal: Proposal): boolean => proposal.status === 'pending' || proposal.status === 'armed'
