import { minimum, notional, type Quantity, quantity, text, type Usd } from './decimal.ts'
import { type Decision, decided, type Refusal, refused } from './decision.ts'
import type { Hindsight } from './hindsight.ts'
import { horizons } from './horizons.ts'
import type { EscalationStep, Proposal, ProposalEvent } from './proposal.ts'
import { type Approval, alreadyDecided, checkApproval } from './proposal-decisions.ts'

const remindBeforeMs = 45_000
/** Snoozing a card that is about to lapse would be forgetting it. */
const shortestSnoozeMs = 120_000

/** Puts a card off until 45 s before it expires. Again by the same person changes nothing; each who does is reminded. */
export function snoozeProposal(state: Proposal, by: string, at: string): Decision<ProposalEvent> {
  if (state.status !== 'pending') return { ok: false, refusal: alreadyDecided(state) }
  const left = Date.parse(state.expiresAt) - Date.parse(at)
  if (left < shortestSnoozeMs)
    return refused('TOO_LATE_TO_SNOOZE', `only ${Math.max(0, Math.floor(left / 1000))} s are left; 120 s are needed`)
  if (state.remindAt !== null && state.snoozedBy.includes(by)) return decided()
  const until = new Date(Date.parse(state.expiresAt) - remindBeforeMs).toISOString()
  return decided({ type: 'ProposalSnoozed', by, at, until })
}

/** Once: whoever comes second, after a crash say, finds it done. */
export function remindProposal(state: Proposal, at: string): Decision<ProposalEvent> {
  if (state.status !== 'pending' || state.remindAt === null || state.remindAt > at) return decided()
  return decided({ type: 'ProposalReminded', at })
}

/** @param taken how many steps were taken when it was found waiting: two processes take each step once. */
export function escalateProposal(
  state: Proposal,
  {
    step,
    people,
    taken,
    at,
  }: { readonly step: EscalationStep; readonly people: readonly string[]; readonly taken: number; readonly at: string },
): Decision<ProposalEvent> {
  if (state.status !== 'pending' || state.escalations !== taken || at >= state.expiresAt) return decided()
  return decided({ type: 'ProposalEscalated', step, people, at })
}

/** decides: it may go on with this approval. first: it takes one more person. */
export type TapWeight =
  | { readonly tap: 'decides'; readonly approval: Approval }
  | { readonly tap: 'first' }
  | { readonly tap: 'refused'; readonly refusal: Refusal }

/**
 * What one tap is worth under the two-person rule. Two different people, for the same version; the smaller of the sizes they
 * tapped is what both agreed to. What no person decides never counts.
 * @param above the worth, USD at the card's price, from which on two are needed; null: the rule is off.
 */
export function weighTap(state: Proposal, approval: Approval, above: Usd | null): TapWeight {
  if (above === null || notional(state.terms.limitPrice, approval.quantity).lte(above)) return { tap: 'decides', approval }
  const { firstApproval: first } = state
  if (approval.by === 'autonomous')
    return { tap: 'refused', refusal: { code: 'TWO_PEOPLE_NEEDED', explain: `above $${text(above)} two people approve` } }
  if (first === null) return { tap: 'first' }
  if (first.by === approval.by)
    return { tap: 'refused', refusal: { code: 'SECOND_PERSON_NEEDED', explain: 'you have approved it; one more person is needed' } }
  return { tap: 'decides', approval: { ...approval, quantity: minimum(approval.quantity, quantity(first.quantity)) as Quantity } }
}

export function giveApproval(state: Proposal, approval: Approval): Decision<ProposalEvent> {
  const refusal = checkApproval(state, approval)
  if (refusal) return { ok: false, refusal }
  const { version, by, at } = approval
  return decided({ type: 'ApprovalGiven', version, quantity: text(approval.quantity), by, at })
}

/** @param seen null when no prices could be had: that is written down too, and never counts as nothing won. */
export function measureProposal(state: Proposal, seen: Hindsight | null, at: string): Decision<ProposalEvent> {
  const horizon = horizons[state.measured]
  if (horizon === undefined || state.measureAt === null || state.measureAt > at) return decided()
  return decided({
    type: 'ProposalMeasured',
    horizon,
    at,
    price: seen && text(seen.price),
    movePercent: seen?.movePercent ?? null,
    pnl: seen && text(seen.pnl),
    exit: seen?.exit ?? null,
  })
}
