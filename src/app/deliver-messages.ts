import type { Chat } from '../ports/chat.ts'
import type { OutboxMessage } from '../ports/event-store.ts'
import type { Lane, Outbox } from '../ports/outbox.ts'
import type { AppContext } from './context.ts'
import { createLane } from './delivery-lane.ts'
import { createPump, type Pump } from './pump.ts'

/** Says that a proposal's card changed. It is drawn when it is sent, from the state at that moment, so it cannot lie. */
export const proposalMessage = (proposalId: string, mention: readonly string[] = []): OutboxMessage => ({
  cardKey: `proposal:${proposalId}`,
  card: null,
  mention,
})

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
