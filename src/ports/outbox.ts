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
}

export interface Outbox {
  /** Oldest undelivered message of each card, `limit` at most; older unsent messages about the same card are superseded by the newest. */
  pending(chat: string, limit: number): Promise<readonly PendingMessage[]>
  delivered(message: PendingMessage, reference: string): Promise<void>
  failed(message: PendingMessage, problem: string, retryAt: string): Promise<void>
}
