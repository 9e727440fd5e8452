/** Messages that were stored with a state change and wait for a chat. */
export interface PendingMessage {
  /** Ascending; also the idempotency key towards the platform. */
  readonly sequence: number
  readonly chat: string
  readonly cardKey: string
  readonly card: unknown
  readonly mention: readonly string[]
  readonly attempts: number
  /** Where this card stands on the platform, when it was posted before. */
  readonly reference: string | null
  /** Posting this card was begun before, and nobody knows how that ended. */
  readonly uncertain: boolean
  /** Where the card stands in whose thread this one belongs; null: none, or it never got there. */
  readonly thread: string | null
}

/** posts: cards that do not stand in the chat yet. edits: those that do; they never wait behind a burst of posts. */
export type Lane = 'posts' | 'edits'

/** What approvals wait for in one chat. */
export interface Backlog {
  /** Open proposals that were never posted there. */
  readonly unposted: number
  /** Real milliseconds that the oldest message about an open proposal has waited; null when none waits. */
  readonly oldestMs: number | null
}

export interface Outbox {
  /**
   * The newest message of each card that is due in a lane, `limit` at most; it supersedes what is older about the same card. In
   * the order they were stored, but proposals last among posts: a burst of them holds up no word about a fill or a halt.
   * A card for a thread waits for the first card of it, for half a minute.
   */
  pending(chat: string, limit: number, lane: Lane): Promise<readonly PendingMessage[]>
  /** Before a first post: whatever happens from here on, the next attempt is told that this one may have come through. */
  begin(message: PendingMessage): Promise<void>
  delivered(message: PendingMessage, reference: string): Promise<void>
  failed(message: PendingMessage, problem: string, retryAt: string): Promise<void>
  /** Nobody wants to be told: it counts as done, with all that it superseded. */
  dropped(message: PendingMessage): Promise<void>
  /** Forgets every message of a card that a newer one has superseded, in each chat: where nobody listens they would pile up. */
  tidy(cardKey: string): Promise<void>
  /** The chat takes messages again: what failed before is due at once. */
  retryNow(chat: string): Promise<void>
  backlog(chat: string): Promise<Backlog>
}
