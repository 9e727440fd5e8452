import type { KeyValueStore } from '../ports/key-value.ts'

/**
 * Up to when the broker's records are in our books, so that a look at them costs what happened since, however long the history.
 * ISO 8601 of the running clock.
 */
export interface Watermark {
  /** Null before the first complete look. */
  at(): string | null
  /** What happened before is in the balance that the books began with; null: they began empty. */
  opening(): string | null
  /** Everything told until then is written down. */
  advance(at: string): Promise<void>
  open(at: string): Promise<void>
}

/** @param account which broker's records: each has its own. */
export async function createWatermark(store: KeyValueStore, account: string): Promise<Watermark> {
  const namespace = `watermark:${account}`
  const stored = await store.load(namespace)
  const word = (key: string): string | null => (stored.has(key) ? String(stored.get(key)) : null)
  let at = word('at')
  let opening = word('opening')
  return {
    at: () => at,
    opening: () => opening,
    async advance(to) {
      await store.save(namespace, new Map([['at', to]]))
      at = to
    },
    async open(from) {
      await store.save(namespace, new Map([['opening', from]]))
      opening = from
    },
  }
}
