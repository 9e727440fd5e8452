/** Small durable state of an adapter: a cursor, a simulated exchange. Values are JSON. */
export interface KeyValueStore {
  load(namespace: string): Promise<ReadonlyMap<string, unknown>>
  /** Writes all or none; `null` deletes. Resolves once stored. */
  save(namespace: string, entries: ReadonlyMap<string, unknown>): Promise<void>
}
