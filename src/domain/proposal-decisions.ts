import { type DecimalString, type Quantity, quantity, roundDown, text } from './decimal.ts'
import { type Decision, decided, type Refusal, refused } from './decision.ts'
import type { Denial } from './denial.ts'
import { isOpen, type Proposal, type ProposalEvent, type ProposalTerms, storeTerms } from './proposal.ts'

export const alreadyDecided = (p: Proposal): Refusal => ({
  code: 'ALREADY_DECIDED',
  explain: `already ${p.status}${p.decidedBy ? ` by ${p.decidedBy}` : ''}`,
})

export interface Approval {
  /** The version that was on the card that was tapped. */
  readonly version: number
  /** Fewer shares than offered, never more. */
  readonly quantity: Quantity
  readonly by: string
  /** ISO 8601 UTC. */
  readonly at: string
}

/** Whether a card of this version still waits for somebody. */
export function checkPending(state: Proposal, { version, at }: { readonly version: number; readonly at: string }): Refusal | null {
  if (state.status !== 'pending') return alreadyDecided(state)
  if (version !== state.terms.version)
    return { code: 'OTHER_VERSION', explain: `the card was at version ${version}; now it is ${state.terms.version}` }
  return at >= state.expiresAt ? { code: 'EXPIRED', explain: `expired at ${state.expiresAt}` } : null
}

/** Whether this tap may decide this proposal at all; risk is judged apart. */
export function checkApproval(state: Proposal, approval: Approval): Refusal | null {
  const stale = checkPending(state, approval)
  if (stale) return stale
  if (approval.quantity.lte(quantity('0')) || approval.quantity.gt(state.terms.quantity))
    return { code: 'QUANTITY_OUT_OF_RANGE', explain: `quantity must be 1 to ${text(state.terms.quantity)}, not ${text(approval.quantity)}` }
  // A split may leave a position with parts of a share, which can only go as a whole.
  if (!approval.quantity.eq(state.terms.quantity) && !approval.quantity.eq(roundDown(approval.quantity, 0)))
    return { code: 'QUANTITY_OUT_OF_RANGE', explain: `quantity must be whole shares, not ${text(approval.quantity)}` }
  return null
}

export function approveProposal(state: Proposal, approval: Approval, orderId: string): Decision<ProposalEvent> {
  const refusal = checkApproval(state, approval)
  if (refusal) return { ok: false, refusal }
  const { version, by, at } = approval
  return decided({ type: 'ProposalApproved', version, quantity: text(approval.quantity), by, at, orderId })
}

/** Approved while the market is shut: it waits for the open, where it is priced and judged again. */
export function armProposal(state: Proposal, approval: Approval): Decision<ProposalEvent> {
  const refusal = checkApproval(state, approval)
  if (refusal) return { ok: false, refusal }
  const { version, by, at } = approval
  return decided({ type: 'ProposalArmed', version, quantity: text(approval.quantity), by, at })
}

/** The open has come for an armed proposal: the approval it was given becomes an order. */
export function releaseArmed(state: Proposal, at: string, orderId: string): Decision<ProposalEvent> {
  if (state.status !== 'armed' || state.decidedBy === null) return { ok: false, refusal: alreadyDecided(state) }
  if (at >= state.expiresAt) return refused('EXPIRED', `expired at ${state.expiresAt}`)
  const { version, quantity: size } = state.terms
  return decided({ type: 'ProposalApproved', version, quantity: text(size), by: state.decidedBy, at, orderId })
}

/** One tap declines. The reason may come later: from whoever declined, or from an owner. */
export function declineProposal(
  state: Proposal,
  { by, at, reason, owner }: { readonly by: string; readonly at: string; readonly reason: string | null; readonly owner: boolean },
): Decision<ProposalEvent> {
  if (state.status === 'declined' && reason !== null) {
    if (by !== state.decidedBy && !owner)
      return refused('NOT_YOURS', `only ${state.decidedBy ?? 'who rejected it'} or an owner may say why`)
    return decided({ type: 'DeclineReasonGiven', by, reason })
  }
  if (!isOpen(state)) return { ok: false, refusal: alreadyDecided(state) }
  return decided({ type: 'ProposalDeclined', by, at, reason })
}

/** Beyond the ceiling the card asks again with the new price. @param limit how often at most. */
export function repriceProposal(
  state: Proposal,
  terms: ProposalTerms,
  movedPercent: DecimalString,
  expiresAt: string,
  limit: number,
): Decision<ProposalEvent> {
  if (!isOpen(state)) return { ok: false, refusal: alreadyDecided(state) }
  if (state.repricings >= limit) return refused('REPRICED_TOO_OFTEN', `the price moved away ${limit} times`)
  if (terms.version !== state.terms.version + 1) throw new Error('a re-priced proposal is the next version')
  return decided({ type: 'ProposalRepriced', terms: storeTerms(terms), movedPercent, expiresAt })
}

/** Every way a proposal ends without a person: refused when it has already ended. */
export function endProposal(
  state: Proposal,
  event: Extract<ProposalEvent, { type: 'ProposalExpired' | 'ProposalSuperseded' | 'ProposalVoided' }>,
): Decision<ProposalEvent> {
  if (!isOpen(state)) return { ok: false, refusal: alreadyDecided(state) }
  return decided(event)
}

export function denyProposal(state: Proposal, by: string, at: string, denials: readonly Denial[]): Decision<ProposalEvent> {
  if (!isOpen(state)) return { ok: false, refusal: alreadyDecided(state) }
  const final = denials.some((d) => !d.transient)
  return decided({ type: 'ProposalDenied', by, at, denials, final })
}
