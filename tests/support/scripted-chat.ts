import type { Card, Chat, Delivery } from '../../src/ports/chat.ts'

type Step = (card: Card, delivery: Delivery) => Promise<void> | void
export interface Shown {
  readonly card: Card
  readonly delivery: Delivery
}

/** A platform in memory that does as it is told: slow, down, or deaf at any step. Looks before it posts what may stand already. */
export interface ScriptedChat extends Chat {
  /** Everything that was ever posted, oldest first: a card that is here twice was posted twice. */
  readonly posts: readonly Shown[]
  readonly edits: readonly Shown[]
  /** Every word of the pinned line, which is in neither of the two. */
  readonly beats: readonly Shown[]
  readonly presences: readonly string[]
  /** How a card reads now. */
  shows(key: string): Card | undefined
  /** Before it is taken; what is thrown means that it was not. */
  before: Step
  /** After it was taken; what is thrown is an answer that got lost. */
  after: Step
  up: boolean
}

const nothing: Step = () => undefined

export function scriptedChat(name: string): ScriptedChat {
  const posts: Shown[] = []
  const edits: Shown[] = []
  const beats: Shown[] = []
  const presences: string[] = []
  const now = new Map<string, Card>()
  const chat: ScriptedChat = {
    name,
    posts,
    edits,
    beats,
    presences,
    before: nothing,
    after: nothing,
    up: true,
    shows: (key) => now.get(key),
    start: async () => undefined,
    stop: async () => undefined,
    connected: () => chat.up,
    async presence(words) {
      presences.push(words)
    },
    async deliver(card, delivery) {
      await chat.before(card, delivery)
      const known = delivery.reference !== null || (delivery.uncertain && now.has(card.key))
      const list = card.kind === 'status' ? beats : known ? edits : posts
      list.push({ card, delivery })
      now.set(card.key, card)
      await chat.after(card, delivery)
      return { reference: `${name}-${card.key}` }
    },
  }
  return chat
}
