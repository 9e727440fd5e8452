import { isOpen } from '../domain/proposal.ts'
import type { Card } from '../ports/chat.ts'
import type { PendingMessage } from '../ports/outbox.ts'
import { proposalCard } from './cards/proposal.ts'
import { isStatus } from './cards/status.ts'
import type { AppContext } from './context.ts'
import { currentStatus } from './heartbeat.ts'
import { proposalExtras } from './proposal-extras.ts'

export interface Drawn {
  readonly card: Card
  /** Whether it is worth a ring at all: a proposal that nobody can decide any more is not. */
  readonly rings: boolean
}

/** The card of a message: as it was stored, or else drawn from the state of this moment. @throws Error when there is nothing to draw. */
export async function drawCard(context: AppContext, { card, cardKey }: Pick<PendingMessage, 'card' | 'cardKey'>): Promise<Drawn> {
  if (card !== null) return { card: card as Card, rings: true }
  if (isStatus(cardKey)) return { card: await currentStatus(context), rings: false }
  const id = cardKey.slice(cardKey.indexOf(':') + 1)
  const proposal = await context.read.proposal(id)
  if (!proposal) throw new Error(`no proposal ${id} for card ${cardKey}`)
  return { card: proposalCard(proposal, context.broker.mode, await proposalExtras(context, proposal)), rings: isOpen(proposal) }
}
