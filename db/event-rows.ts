import { type EventOf, evolutions, type StateOf, type StreamKind } from '../src/domain/streams.ts'
import type { StoredEvent } from '../src/ports/event-store.ts'
import type { HashedEvent } from './hash.ts'
import { run, type Sql, textArray } from './sql.ts'

export const streamName = (kind: StreamKind, id: string): string => `${kind}:${id}`

/** An event as it is stored, before the database has numbered it. */
export interface EventRow extends HashedEvent {
  readonly kind: StreamKind
  readonly data: EventOf<StreamKind>
  readonly hash: string
}

const columns =
  'sequence, stream, kind, stream_id, version, type, data, actor, correlation_id, causation_id, occurred_at, recorded_at, hash'
const iso = (value: unknown): string => new Date(String(value)).toISOString()

type Raw = Readonly<Record<string, unknown>>
const parseRow = (row: Raw): EventRow & { readonly sequence: number } => ({
  sequence: Number(row['sequence']),
  stream: String(row['stream']),
  kind: row['kind'] as StreamKind,
  streamId: String(row['stream_id']),
  version: Number(row['version']),
  type: String(row['type']),
  data: row['data'] as EventOf<StreamKind>,
  actor: String(row['actor']),
  correlationId: String(row['correlation_id']),
  causationId: row['causation_id'] === null ? null : String(row['causation_id']),
  occurredAt: iso(row['occurred_at']),
  recordedAt: iso(row['recorded_at']),
  hash: String(row['hash']),
})
export type NumberedEvent = ReturnType<typeof parseRow>

export const toStored = (row: NumberedEvent): StoredEvent => {
  const { stream: _stream, type: _type, data, ...rest } = row
  return { ...rest, event: data }
}

/** Whole streams, each in the order of its events. */
export async function readStreams(sql: Sql, streams: readonly string[]): Promise<readonly NumberedEvent[]> {
  const [only] = streams
  const rows =
    streams.length === 1 && only !== undefined
      ? await run(sql, `select ${columns} from events where stream = $1 order by version`, [only])
      : await run(sql, `select ${columns} from events where stream = any($1::text[]) order by stream, version`, [textArray(streams)])
  return rows.map(parseRow)
}

/** Events that match a condition on columns, `$1`.. for its parameters. */
export async function readEvents(
  sql: Sql,
  condition: string,
  parameters: readonly (string | number | null)[],
): Promise<readonly NumberedEvent[]> {
  return (await run(sql, `select ${columns} from events where ${condition}`, parameters)).map(parseRow)
}

export const evolve = <K extends StreamKind>(kind: K, state: StateOf<K>, event: EventOf<K>): StateOf<K> =>
  evolutions[kind].evolve(state, event)
