import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import type { EventStore, StoredEvent } from '../src/ports/event-store.ts'
import type { Database, DatabaseLog } from './connect.ts'
import { type Fence, hold } from './fence.ts'
import { openTransaction, VersionConflict } from './transaction.ts'

export interface EventStoreOptions {
  /** Names of the chats that messages go to. Asked at each commit. */
  readonly chats: () => readonly string[]
  readonly log: Pick<DatabaseLog, 'error'>
  /** Without one, whoever leads: for tools. */
  readonly fence?: Fence | null
}

/** Losing this often to others means that something is wrong, not busy. */
const maxAttempts = 20

/** Serialization failure and deadlock: the server undid one of two transactions so that the other could go on. */
const undone: ReadonlySet<string> = new Set(['40001', '40P01'])

const lostRace = (error: unknown): boolean =>
  error instanceof VersionConflict ||
  (error instanceof postgres.PostgresError && (error.constraint_name === 'events_stream_version' || undone.has(error.code)))

export function createEventStore(database: Pick<Database, 'sql'>, { chats, log, fence = null }: EventStoreOptions): EventStore {
  const listeners = new Set<(events: readonly StoredEvent[]) => void>()

  function announce(events: readonly StoredEvent[]): void {
    for (const listener of listeners) {
      try {
        listener(events)
      } catch (error) {
        log.error({ err: error }, 'a listener for stored events failed; the events are stored')
      }
    }
  }

  return {
    async transact(meta, work) {
      for (let attempt = 1; ; attempt++) {
        try {
          const { result, stored } = await database.sql.begin(async (sql) => {
            const held = hold(sql, fence)
            const { tx, stored } = openTransaction(sql, meta, chats)
            const result = { value: await work(tx) }
            await Promise.all([held, tx.flush()])
            return { result, stored }
          })
          if (stored.length > 0) announce(stored)
          return result.value
        } catch (error) {
          if (!lostRace(error) || attempt === maxAttempts) throw error
          await sleep(Math.random() * Math.min(2 ** attempt, 50))
        }
      }
    },
    onCommitted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
