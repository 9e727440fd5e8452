import { loudnessOf } from '../domain/loudness.ts'
import { holds, type People } from '../domain/people.ts'
import { type Card, type Chat, NotDelivered } from '../ports/chat.ts'
import type { Lane, Outbox, PendingMessage } from '../ports/outbox.ts'
import { createBurst } from './burst.ts'
import { crowdNotice } from './cards/chat-notices.ts'
import { type AppContext, occasion } from './context.ts'
import { drawCard } from './draw-card.ts'

export interface LaneParts {
  readonly context: AppContext
  readonly outbox: Outbox
  readonly chat: Chat
  readonly lane: Lane
  /** The chat took a message. */
  delivered(): void
}

/** Few at once: while they go out one by one, what matters more may have come. */
const batch: { readonly [K in Lane]: number } = { posts: 5, edits: 20 }
const longestWaitMs = 60_000

/** @returns what sends all that is due in the lane, and says whether anything was tried. A failed message blocks only its own card. */
export function createLane({ context, outbox, chat, lane, delivered }: LaneParts): () => Promise<boolean> {
  const burst = createBurst()
  let pausedUntil = 0
  const open = (): boolean => chat.connected() && Date.now() >= pausedUntil

  /** @returns whether something went into the lane that comes before what is in hand. */
  async function deliverOne(message: PendingMessage): Promise<boolean> {
    try {
      const { card, rings } = await drawCard(context, message)
      const { reference, uncertain, sequence, thread } = message
      const fresh = reference === null && !uncertain
      const people = await context.read.people()
      const wanted = wantedLoudness(context, card, people)
      // What stands there already is edited whatever anybody wants: it would lie.
      if (wanted === 'off' && fresh) return await outbox.dropped(message).then(() => false)
      const crowd = await crowdOf(card, rings && wanted === 'loud')
      // From here on a crash, or an answer that never comes, leaves open whether it was posted.
      if (fresh) await outbox.begin(message)
      const mention =
        card.event === 'critical' ? [...new Set([...message.mention, ...approversIn(context, people, chat)])] : message.mention
      const posted = await chat.deliver(card, { sequence, reference, mention, uncertain, thread, loud: crowd === 'ring' })
      await outbox.delivered(message, posted.reference)
      if (crowd === 'ring' && isNewProposal(card)) burst.rang(Date.now())
      // Edits may go through where posts do not, and only a post brings a proposal to anybody.
      if (lane === 'posts') delivered()
      return crowd === 'digest'
    } catch (error) {
      await waitWith(message, error)
      return false
    }
  }

  const isNewProposal = (card: Card): boolean => lane === 'posts' && card.kind === 'proposal'

  async function crowdOf(card: Card, loud: boolean): Promise<'ring' | 'hush' | 'digest'> {
    if (!loud || !isNewProposal(card)) return loud ? 'ring' : 'hush'
    const crowd = burst.next(context.settings().notifications.burst, Date.now())
    if (crowd !== 'digest') return crowd
    const { unposted } = await outbox.backlog(chat.name)
    const digest = crowdNotice(chat.name, Math.max(1, unposted), new Date(Date.now()).toISOString(), context.broker.mode)
    await context.store.transact(occasion(context, 'system'), async (tx) => tx.enqueue(digest))
    return crowd
  }

  async function waitWith(message: PendingMessage, error: unknown): Promise<void> {
    const problem = error instanceof Error ? error.message : String(error)
    const asked = error instanceof NotDelivered ? error.retryAfterMs : null
    if (asked !== null) pausedUntil = Date.now() + asked
    const wait = asked ?? Math.min(longestWaitMs, 500 * 2 ** message.attempts)
    const facts = { chat: chat.name, card: message.cardKey, attempts: message.attempts + 1, problem, waitMs: wait }
    context.log.warn(facts, 'a message could not be delivered yet')
    // Real time: a platform's outage does not run on a simulated clock.
    await outbox.failed(message, problem, new Date(Date.now() + wait).toISOString())
  }

  return async () => {
    let tried = false
    while (open()) {
      const messages = await outbox.pending(chat.name, batch[lane], lane)
      if (messages.length === 0) {
        burst.drained()
        break
      }
      for (const message of messages) {
        if (!open()) break
        tried = true
        if (await deliverOne(message)) break
      }
    }
    return tried
  }
}

function wantedLoudness(context: AppContext, card: Card, { mutedUntil }: People) {
  const until = mutedUntil === undefined || mutedUntil === null ? null : Date.parse(mutedUntil)
  return loudnessOf(card.event, Date.now(), context.settings().notifications, until)
}

/** Who has to know when it is critical: everybody in this chat who may act. */
const approversIn = (context: AppContext, people: People, chat: Chat): readonly string[] =>
  Object.entries({ ...people.roles, ...context.settings().people })
    .filter(([id, role]) => id.startsWith(`${chat.name}:`) && holds(role, 'approver'))
    .map(([id]) => id)
