import type { ScoreFactor, Side } from './alert.ts'
import { type DecimalString, type Price, price, type Quantity, quantity, text, type Usd, usd } from './decimal.ts'
import type { Evolution } from './decision.ts'
import type { Denial } from './denial.ts'

export type ProposalStatus = 'pending' | 'armed' | 'approved' | 'declined' | 'expired' | 'superseded' | 'denied' | 'voided'

/** Exactly what a person approves. Any change makes a new version. */
export interface ProposalTerms {
  readonly version: number
  readonly quantity: Quantity
  /** The price the card was made at. */
  readonly limitPrice: Price
  /** "Up to": the approval binds to this ceiling (for a sell: the floor). */
  readonly ceilingPrice: Price
  readonly stopLoss: Price
  readonly takeProfit: Price
  /** |entry - stop| x quantity. */
  readonly riskAmount: Usd
  /** What bound the size, in words: "5 % of equity". */
  readonly sizedBy: string
  /** Last trade when it was priced, and when. */
  readonly pricedAt: string
}
type Stored<T> = { readonly [K in keyof T]: T[K] extends number | string | null ? T[K] : DecimalString }
export type StoredTerms = Stored<ProposalTerms>

/** What was known when the trade was proposed; the position keeps it as its entry context. */
export interface EntryContext {
  readonly strategy: string
  readonly signalConfidence: number
  readonly catalystScore: number
  readonly rvol: number | null
  readonly atr: number | null
}

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
  readonly orderId: string | null
}

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

export const parseTerms = (t: StoredTerms): ProposalTerms => ({
  ...t,
  quantity: quantity(t.quantity),
  limitPrice: price(t.limitPrice),
  ceilingPrice: price(t.ceilingPrice),
  stopLoss: price(t.stopLoss),
  takeProfit: price(t.takeProfit),
  riskAmount: usd(t.riskAmount),
})
export const storeTerms = (t: ProposalTerms): StoredTerms => ({
  ...t,
  quantity: text(t.quantity),
  limitPrice: text(t.limitPrice),
  ceilingPrice: text(t.ceilingPrice),
  stopLoss: text(t.stopLoss),
  takeProfit: text(t.takeProfit),
  riskAmount: text(t.riskAmount),
})

/** The same terms for fewer shares: risk shrinks with them. */
export const resize = (terms: ProposalTerms, size: Quantity): ProposalTerms => ({
  ...terms,
  quantity: size,
  riskAmount: terms.limitPrice.minus(terms.stopLoss).abs().times(size) as Usd,
})

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
  orderId: null,
}

export const proposalEvolution: Evolution<Proposal, ProposalEvent> = {
  initial: (id) => ({ id, ...unoffered }),
  evolve(state, event) {
    switch (event.type) {
      case 'ProposalOffered': {
        const { type: _, terms, at, ...rest } = event
        return { ...state, ...rest, terms: parseTerms(terms), offeredAt: at, status: 'pending' }
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
          reason: `Price moved ${event.movedPercent} %`,
          decidedBy: null,
          decidedAt: null,
          denials: [],
        }
      case 'ProposalArmed':
        return {
          ...state,
          status: 'armed',
          terms: resize(state.terms, quantity(event.quantity)),
          decidedBy: event.by,
          decidedAt: event.at,
          denials: [],
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
        }
      case 'ProposalDeclined':
        return { ...state, status: 'declined', decidedBy: event.by, decidedAt: event.at, reason: event.reason }
      case 'DeclineReasonGiven':
        return { ...state, reason: event.reason }
      case 'ProposalDenied':
        return event.final
          ? { ...state, status: 'denied', decidedBy: event.by, decidedAt: event.at, denials: event.denials }
          : { ...state, denials: event.denials }
      case 'ProposalExpired':
        return { ...state, status: 'expired', decidedAt: event.at, reason: event.reason }
      case 'ProposalSuperseded':
        return { ...state, status: 'superseded', decidedAt: event.at, reason: `superseded by ${event.by}` }
      case 'ProposalVoided':
        return { ...state, status: 'voided', decidedAt: event.at, reason: event.cause }
    }
  },
}

export const isOpen = (proposal: Proposal): boolean => proposal.status === 'pending' || proposal.status === 'armed'
