import type { Price, Quantity } from '../domain/decimal.ts'
import type { Decision, Refusal } from '../domain/decision.ts'
import type { Proposal, ProposalEvent } from '../domain/proposal.ts'
import { snoozeProposal } from '../domain/proposal-attention.ts'
import { declineProposal, endProposal } from '../domain/proposal-decisions.ts'
import { type Revision, revisedTerms, reviseProposal } from '../domain/revise-proposal.ts'
import { denialsOf, judgeEntry } from '../domain/risk/verdict.ts'
import { entryRequest } from '../domain/trade-plan.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { DecisionOutcome } from './app.ts'
import { denialLine } from './cards/proposal.ts'
import type { AppContext } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { lookAtMarket, readBooks, riskContext } from './risk-context.ts'

/** Changes a proposal and redraws its card, in one transaction; a refusal or nothing to change leaves both alone. */
export async function change(
  context: Pick<AppContext, 'store'>,
  proposalId: string,
  meta: EventMeta,
  decision: (state: Proposal) => Decision<ProposalEvent>,
): Promise<{ readonly proposal: Proposal; readonly refusal: Refusal | null }> {
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('proposal', proposalId)
    const decided = decision(stream.state)
    if (!decided.ok) return { proposal: stream.state, refusal: decided.refusal }
    if (decided.events.length === 0) return { proposal: stream.state, refusal: null }
    tx.enqueue(proposalMessage(proposalId))
    return { proposal: tx.append(stream, decided.events).state, refusal: null }
  })
}

/** @param owner whether whoever taps owns this bot: then a reason may be added to anybody's rejection. */
export async function decline(
  context: AppContext,
  proposalId: string,
  reason: string | null,
  meta: EventMeta,
  owner: boolean,
): Promise<DecisionOutcome> {
  if (!(await context.read.proposal(proposalId))) return { outcome: 'not_found' }
  const { proposal, refusal } = await change(context, proposalId, meta, (state) =>
    declineProposal(state, { by: meta.actor, at: meta.occurredAt, reason, owner }),
  )
  return refusal ? { outcome: 'refused', proposal, refusal } : { outcome: 'declined', proposal }
}

/** Only ever adds to a rejection: a reason that arrives at a card that is open again must not reject it. */
export async function giveReason(
  context: AppContext,
  proposalId: string,
  reason: string,
  meta: EventMeta,
  owner: boolean,
): Promise<DecisionOutcome> {
  const proposal = await context.read.proposal(proposalId)
  if (proposal && proposal.status !== 'declined')
    return { outcome: 'refused', proposal, refusal: { code: 'NOT_REJECTED', explain: `it is ${proposal.status}, not rejected` } }
  return decline(context, proposalId, reason, meta, owner)
}

/** Ends an open proposal without a person. @returns its state after, or null when it had already ended. */
export async function end(
  context: AppContext,
  proposalId: string,
  event: Parameters<typeof endProposal>[1],
  meta: EventMeta,
): Promise<Proposal | null> {
  const { proposal, refusal } = await change(context, proposalId, meta, (state) => endProposal(state, event))
  return refusal ? null : proposal
}

export async function snooze(context: AppContext, proposalId: string, meta: EventMeta): Promise<DecisionOutcome> {
  if (!(await context.read.proposal(proposalId))) return { outcome: 'not_found' }
  const { proposal, refusal } = await change(context, proposalId, meta, (state) => snoozeProposal(state, meta.actor, meta.occurredAt))
  return refusal ? { outcome: 'refused', proposal, refusal } : { outcome: 'snoozed', proposal }
}

/** Terms as a person wants them. See `Revision`. */
export interface WantedTerms {
  readonly version: number
  readonly quantity: Quantity
  readonly limitPrice: Price
  readonly stopLoss: Price
  readonly takeProfit: Price
}

/** A person's own terms become the next version; what risk would firmly deny is refused, so that nobody edits a card to death. */
export async function revise(context: AppContext, proposalId: string, wanted: WantedTerms, meta: EventMeta): Promise<DecisionOutcome> {
  const proposal = await context.read.proposal(proposalId)
  if (!proposal) return { outcome: 'not_found' }
  const revision: Revision = { ...wanted, by: meta.actor, at: meta.occurredAt }
  const early = reviseProposal(proposal, revision)
  if (!early.ok) return { outcome: 'refused', proposal, refusal: early.refusal }
  const denied = await firmly(context, proposal, revision)
  if (denied) return { outcome: 'refused', proposal, refusal: denied }
  const { proposal: after, refusal } = await change(context, proposalId, meta, (state) => reviseProposal(state, revision))
  return refusal ? { outcome: 'refused', proposal: after, refusal } : { outcome: 'revised', proposal: after }
}

/** What time alone will not lift of the revised terms' denials, in one refusal. */
async function firmly(context: AppContext, proposal: Proposal, revision: Revision): Promise<Refusal | null> {
  const [look, books] = await Promise.all([lookAtMarket(context, proposal.symbol), readBooks(context, proposal.symbol, context.read)])
  const request = entryRequest({ ...proposal, terms: revisedTerms(proposal, revision) })
  const denials = denialsOf(judgeEntry(riskContext(context, request, look, books), context.checks())).filter((denial) => !denial.transient)
  const [first] = denials
  if (!first) return null
  return { code: first.code, explain: denials.map(denialLine).join('; ') }
}
