import { usd } from '../domain/decimal.ts'
import type { Proposal } from '../domain/proposal.ts'
import { giveApproval, type TapWeight, weighTap } from '../domain/proposal-attention.ts'
import type { Approval } from '../domain/proposal-decisions.ts'
import type { Loaded, Transaction } from '../ports/event-store.ts'
import type { DecisionOutcome } from './app.ts'
import type { AppContext } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'

/** What a tap is worth under the rule in force. An armed card was agreed to when it was armed. */
export function weigh(context: Pick<AppContext, 'settings'>, state: Proposal, approval: Approval): TapWeight {
  const above = context.settings().approvals.two_person_above_usd
  return weighTap(state, approval, above === null || state.status === 'armed' ? null : usd(above))
}

/** The first of two: written down and on the card, and nothing is sent. */
export function noteFirst(tx: Transaction, stream: Loaded<'proposal'>, approval: Approval): DecisionOutcome {
  const given = giveApproval(stream.state, approval)
  if (!given.ok) return { outcome: 'refused', proposal: stream.state, refusal: given.refusal }
  tx.enqueue(proposalMessage(stream.id))
  return { outcome: 'first_of_two', proposal: tx.append(stream, given.events).state }
}
