import { BrokerError, type BrokerUpdate } from '../../../ports/broker.ts'
import type { KeyValueStore } from '../../../ports/key-value.ts'

/** What changed, and what is to be told once it is stored. */
export interface Pending {
  readonly entries: Map<string, unknown>
  readonly updates: BrokerUpdate[]
}

export interface Writer {
  /** Changes since the last write; add to it freely, then `commit`. */
  readonly pending: () => Pending
  /** Resolves once everything pending is stored. Calls that meet share one write. @throws BrokerError `unknown` when the store fails. */
  commit(): Promise<void>
}

const empty = (): Pending => ({ entries: new Map(), updates: [] })

/** Stores first, tells afterwards. What could not be stored stays pending and goes with the next write. */
export function createWriter(store: KeyValueStore, namespace: string, tell: (updates: readonly BrokerUpdate[]) => void): Writer {
  let pending = empty()
  let next: Promise<void> | null = null
  let running: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    next = null
    const batch = pending
    if (batch.entries.size === 0 && batch.updates.length === 0) return
    pending = empty()
    try {
      await store.save(namespace, batch.entries)
    } catch (error) {
      pending = { entries: new Map([...batch.entries, ...pending.entries]), updates: [...batch.updates, ...pending.updates] }
      throw new BrokerError('unknown', `the simulated broker could not store: ${error instanceof Error ? error.message : String(error)}`)
    }
    tell(batch.updates)
  }
  return {
    pending: () => pending,
    commit() {
      if (next !== null) return next
      // A failed write is its callers' to hear of; the next one runs all the same.
      next = running.catch(() => undefined).then(write)
      running = next
      return next
    },
  }
}
