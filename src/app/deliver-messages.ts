import { type Chat, NotDelivered } from '../ports/chat.ts'
import type { OutboxMessage } from '../ports/event-store.ts'
import type { Lane, Outbox, PendingMessage } from '../ports/outbox.ts'
import type { AppContext } from './context.ts'
import { drawCard } from './draw-card.ts'
import { createPump, type Pump } from './pump.ts'

/** Says that a proposal's card changed. It is drawn when it is sent, from the state at that moment, so it cannot lie. */
export const proposalMessage = (proposalId: string, mention: readonly string[] = []): OutboxMessage => ({
  cardKey: `proposal:${proposalId}`,
  card: null,
  mention,
})

/** Few at once: while they go out one by one, what matters more may have come. */
const batch: { readonly [K in Lane]: number } = { posts: 5, edits: 20 }
const longestWaitMs = 60_000

export interface Courier {
  /** Sends what is due. Never throws. */
  poke(): void
  settled(): Promise<void>
  /** When a chat last took a message, epoch milliseconds of real time; null: not in this process. */
  lastDelivered(chat: string): number | null
}
export interface CourierParts {
  readonly context: AppContext
  readonly outbox: Outbox
  readonly chats: () => readonly Chat[]
}

/** Two lanes per chat, each in order, each at its own pace: what a chat is slow with, or refuses, holds up nothing elsewhere. */
export function createCourier({ context, outbox, chats }: CourierParts): Courier {
  const lanes = new Map<string, Pump>()
  const deliveredAt = new Map<string, number>()

  function laneOf(chat: Chat, lane: Lane): Pump {
    const name = `${lane} to ${chat.name}`
    const known = lanes.get(name)
    if (known) return known
    const run = createLane({ context, outbox, chat, lane, delivered: () => deliveredAt.set(chat.name, Date.now()) })
    // A first post moves its card to the other lane, where newer words about it may wait already.
    const pump = createPump(`delivering ${name}`, context.log, async () => {
      if ((await run()) && lane === 'posts') laneOf(chat, 'edits').poke()
    })
    lanes.set(name, pump)
    return pump
  }

  return {
    poke() {
      for (const chat of chats()) for (const lane of ['edits', 'posts'] as const) laneOf(chat, lane).poke()
    },
    async settled() {
      for (const lane of ['posts', 'edits'] as const) await Promise.all(chats().map((chat) => laneOf(chat, lane).settled()))
    },
    lastDelivered: (chat) => deliveredAt.get(chat) ?? null,
  }
}

interface LaneParts {
  readonly context: AppContext
  readonly outbox: Outbox
  readonly chat: Chat
  readonly lane: Lane
  delivered(): void
}

/** @returns what sends all that is due in the lane, and says whether anything went out. A failed message blocks only its own card. */
function createLane({ context, outbox, chat, lane, delivered }: LaneParts): () => Promise<boolean> {
  let pausedUntil = 0

  async function deliverOne(message: PendingMessage): Promise<void> {
    try {
      const card = await drawCard(context, message)
      // From here on a crash, or an answer that never comes, leaves open whether it was posted.
      if (message.reference === null && !message.uncertain) await outbox.begin(message)
      const { sequence, reference, mention, uncertain, thread } = message
      const posted = await chat.deliver(card, { sequence, reference, mention, uncertain, thread, loud: true })
      await outbox.delivered(message, posted.reference)
      delivered()
    } catch (error) {
      await waitWith(message, error)
    }
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

  const open = (): boolean => chat.connected() && Date.now() >= pausedUntil

  return async () => {
    let sent = false
    while (open()) {
      const messages = await outbox.pending(chat.name, batch[lane], lane)
      if (messages.length === 0) break
      for (const message of messages) {
        if (!open()) break
        await deliverOne(message)
        sent = true
      }
    }
    return sent
  }
}
