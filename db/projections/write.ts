import type { InferInsertModel, Table } from 'drizzle-orm'
import type { EventOf, StateOf, StreamKind } from '../../src/domain/streams.ts'
import type { EventMeta } from '../../src/ports/event-store.ts'

/** One event between the states before and after it. */
export interface Step<K extends StreamKind> {
  readonly before: StateOf<K>
  readonly after: StateOf<K>
  readonly event: EventOf<K>
  readonly version: number
  readonly meta: EventMeta
}

/** A row to store. put: it replaces the one with its key. add: its figures are added to those that are there. */
export interface Write {
  readonly table: Table
  readonly row: Readonly<Record<string, unknown>>
  readonly how: 'put' | 'add'
}

/**
 * What new events of one stream change in the tables. Pure, so that a rebuild gives the same rows:
 * a row that shows a state depends on nothing but the last step, all others on one step each.
 */
export type Projection<K extends StreamKind> = (id: string, steps: readonly Step<K>[]) => readonly Write[]

export const put = <T extends Table>(table: T, row: InferInsertModel<T>): Write => ({ table, row, how: 'put' })
export const add = <T extends Table>(table: T, row: InferInsertModel<T>): Write => ({ table, row, how: 'add' })

/** Names one event for good: the key of rows that stand for an event. */
export const eventId = (kind: StreamKind, id: string, version: number): string => `${kind}:${id}@${version}`

const exchangeDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', year: 'numeric', month: '2-digit', day: '2-digit' })
/** The day in New York, YYYY-MM-DD. */
export const exchangeDate = (at: string): string => exchangeDay.format(new Date(at))
