import type { EventOf, StateOf, StreamKind } from '../domain/streams.ts'
import type { ReadModel } from './read-model.ts'

/** Who, why, and on which occasion: stored with every event. */
export interface EventMeta {
  /** `discord:<id>`, `console:local`, `autonomous`, `system`, `broker:simulated`. */
  readonly actor: string
  /** One id for everything that one outside occasion set off. */
  readonly correlationId: string
  /** The event or request that set this off; null at the start of a chain. */
  readonly causationId: string | null
  /** ISO 8601 UTC on the running clock. */
  readonly occurredAt: string
}

export interface StoredEvent<K extends StreamKind = StreamKind> extends EventMeta {
  /** Place in the whole store, ascending. */
  readonly sequence: number
  readonly kind: K
  readonly streamId: string
  /** 1, 2, 3 ... within its stream. */
  readonly version: number
  readonly event: EventOf<K>
  /** Real time, ISO 8601 UTC. */
  readonly recordedAt: string
  /** SHA-256, hex: of this event and the hash before it in its stream. */
  readonly hash: string
}

export interface Loaded<K extends StreamKind> {
  readonly kind: K
  readonly id: string
  readonly version: number
  readonly state: StateOf<K>
}

/** A message to send once the state it tells of is stored. */
export interface OutboxMessage {
  /** See Card.key. Messages of one key are sent in order; unsent older ones are skipped, because a card tells the newest truth. */
  readonly cardKey: string
  /** Null: rendered from the state at sending time (a proposal's card). Otherwise the card itself, as JSON. */
  readonly card: unknown
  /** People to mention, by immutable id. */
  readonly mention: readonly string[]
  /** Only for these chats, by name; otherwise for every chat that is configured. */
  readonly chats?: readonly string[]
}

/**
 * Inside one transaction. Loads see what was appended before them. On the embedded database there is one connection:
 * inside `transact`, only ever use the transaction it hands out.
 */
export interface Transaction {
  load<K extends StreamKind>(kind: K, id: string): Promise<Loaded<K>>
  /** One query for many; ids without events come back in their initial state. Same order as asked. */
  loadMany<K extends StreamKind>(kind: K, ids: readonly string[]): Promise<readonly Loaded<K>[]>
  /** Adds facts and updates projections. Returns the state after them; the version check happens at commit at the latest. */
  append<K extends StreamKind>(stream: Loaded<K>, events: readonly EventOf<K>[]): Loaded<K>
  /** For every chat that is configured, unless the message names its own. */
  enqueue(message: OutboxMessage): void
  /** Waits for, and holds until commit, locks shared by all processes, in this order. */
  lock(...names: readonly string[]): Promise<void>
  /** True the first time this key is seen, in any process, ever: a split, a fee, a redelivered interaction. @param raw kept with it for a week. */
  firstSight(source: string, key: string, raw?: unknown): Promise<boolean>
  /** Queries that see this transaction's flushed writes. */
  readonly read: ReadModel
  /** Sends buffered appends to the database now, so that `read` sees them. */
  flush(): Promise<void>
}

export interface EventStore {
  /**
   * Runs `work` in one transaction; all its appends commit together with their projections, or none.
   * A lost race (same stream, same version) runs `work` again with fresh loads, so `work` must have no other effect.
   */
  transact<T>(meta: EventMeta, work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Called after commit, in commit order, with the events of this process. Must not throw. */
  onCommitted(listener: (events: readonly StoredEvent[]) => void): () => void
}

export interface StorageProblem {
  readonly where: string
  readonly problem: string
}
/** Checks and rebuilds, for the command line. */
export interface StoreMaintenance {
  /** Recomputes every hash chain. Reports the first broken event of each stream. */
  verifyChains(progress?: (done: number, total: number) => void): Promise<readonly StorageProblem[]>
  /** Rebuilds projections from events, stream by stream, while the process may be trading. @returns events read. */
  rebuild(progress?: (done: number, total: number) => void): Promise<number>
  /** Folds events and compares with the projections, changing nothing. */
  compareProjections(): Promise<readonly StorageProblem[]>
}
