import type { KeyValueStore } from '../../src/ports/key-value.ts'

/** Survives whoever uses it, like a database; counts its writes and fails on demand. */
export function memoryStore(): KeyValueStore & { writes: number; fails: boolean } {
  const namespaces = new Map<string, Map<string, string>>()
  const store = {
    writes: 0,
    fails: false,
    async load(namespace: string) {
      return new Map([...(namespaces.get(namespace) ?? [])].map(([key, value]): [string, unknown] => [key, JSON.parse(value)]))
    },
    async save(namespace: string, entries: ReadonlyMap<string, unknown>) {
      await new Promise((resolve) => setImmediate(resolve))
      if (store.fails) throw new Error('the disk is full')
      store.writes++
      const kept = namespaces.get(namespace) ?? new Map<string, string>()
      for (const [key, value] of entries) value === null ? kept.delete(key) : kept.set(key, JSON.stringify(value))
      namespaces.set(namespace, kept)
    },
  }
  return store
}
