import type { Card, Chat } from '../ports/chat.ts'
import type { OutboxMessage } from '../ports/event-store.ts'
import type { Outbox, PendingMessage } from '../ports/outbox.ts'
import { proposalCard } from './cards/proposal.ts'
import type { AppContext } from './context.ts'
import { proposalExtras } from './proposal-extras.ts'

/** Says that a proposal's card changed. It is drawn when it is sent, from the state at that moment, so it cannot lie. */
export const proposalMessage = (proposalId: string, mention: readonly string[] = []): OutboxMessage => ({
  cardKey: `proposal:${proposalId}`,
  card: null,
  mention,
})

const batch = 50
const longestWaitMs = 60_000

/** Sends what waits for one chat, in order per card. A failed message waits longer each time and blocks only its own card. */
export async function deliverPending(context: AppContext, outbox: Outbox, chat: Chat): Promise<void> {
  for (;;) {
    const messages = await outbox.pending(chat.name, batch)
    if (messages.length === 0) return
    for (const message of messages) await deliverOne(context, outbox, chat, message)
    if (messages.length < batch) return
  }
}

async function deliverOne(context: AppContext, outbox: Outbox, chat: Chat, message: PendingMessage): Promise<void> {
  try {
    const card = await draw(context, message)
    const { sequence, reference, mention } = message
    const delivered = await chat.deliver(card, { sequence, reference, mention, uncertain: false, thread: null, loud: true })
    await outbox.delivered(message, delivered.reference)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    const wait = Math.min(longestWaitMs, 500 * 2 ** message.attempts)
    context.log.warn(
      { chat: chat.name, card: message.cardKey, attempts: message.attempts + 1, problem },
      'a message could not be delivered yet',
    )
    // Real time: a platform's outage does not run on a simulated clock.
    await outbox.failed(message, problem, new Date(Date.now() + wait).toISOString())
  }
}

async function draw(context: AppContext, message: PendingMessage): Promise<Card> {
  if (message.card !== null) return message.card as Card
  const id = message.cardKey.slice(message.cardKey.indexOf(':') + 1)
  const proposal = await context.read.proposal(id)
  if (!proposal) throw new Error(`no proposal ${id} for card ${message.cardKey}`)
  return proposalCard(proposal, context.broker.mode, await proposalExtras(context, proposal))
}
