import { type EventOf, evolutions, type StreamKind } from '../src/domain/streams.ts'
import type { EventMeta, Loaded, OutboxMessage, StoredEvent, Transaction } from '../src/ports/event-store.ts'
import type { ReadModel } from '../src/ports/read-model.ts'
import { type EventRow, evolve, type NumberedEvent, readStreams, streamName, toStored } from './event-rows.ts'
import { eventHash, noHash } from './hash.ts'
import { projections } from './projections/index.ts'
import type { Step, Write } from './projections/write.ts'
import { createReadModel } from './read-model.ts'
import { queries, run, type Sql, storableJson, textArray } from './sql.ts'
import { writeRows } from './write-rows.ts'

/** A stream as this transaction knows it. */
interface Known<K extends StreamKind = StreamKind> {
  readonly loaded: Loaded<K>
  readonly hash: string
  /** What was appended here and not flushed yet. */
  readonly steps: readonly Step<K>[]
}

/** Two transactions appended to the same version of a stream; this one came second. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict'
}

export interface OpenTransaction {
  readonly tx: Transaction
  /** Everything that was flushed, in order. */
  readonly stored: readonly StoredEvent[]
}

const initial = <K extends StreamKind>(kind: K, id: string): Known<K> => ({
  loaded: { kind, id, version: 0, state: evolutions[kind].initial(id) },
  hash: noHash,
  steps: [],
})

function fold<K extends StreamKind>(kind: K, id: string, rows: readonly NumberedEvent[]): Known<K> {
  let { state } = initial(kind, id).loaded
  for (const row of rows) state = evolve(kind, state, row.data as EventOf<K>)
  const last = rows.at(-1)
  return { loaded: { kind, id, version: last?.version ?? 0, state }, hash: last?.hash ?? noHash, steps: [] }
}

const insertEvents = `insert into events
  (stream, kind, stream_id, version, type, data, actor, correlation_id, causation_id, occurred_at, recorded_at, hash)
  select stream, kind, "streamId", version, type, data, actor, "correlationId", "causationId", "occurredAt", "recordedAt", hash
  from rows from (jsonb_to_recordset($1::jsonb) as (stream text, kind text, "streamId" text, version int, type text, data jsonb, actor text,
    "correlationId" text, "causationId" text, "occurredAt" timestamptz, "recordedAt" timestamptz, hash text)) with ordinality
  order by ordinality
  returning sequence`

const insertMessages = `insert into outbox (chat, card_key, card, mention)
  select chat, key, card, mention
  from rows from (jsonb_to_recordset($1::jsonb) as (chat text, key text, card jsonb, mention jsonb)) with ordinality
  order by ordinality`

const insertSeen = 'insert into inbox (source, key) values ($1, $2) on conflict do nothing returning key'
/** What is old goes along with what comes, a few at a time. */
const insertRaw = `with old as (
    delete from inbox where (source, key) in (
      select source, key from inbox where source = $1 and raw is not null and seen_at < now() - interval '7 days' limit 5))
  insert into inbox (source, key, raw) values ($1, $2, $3::jsonb) on conflict do nothing returning key`

/**
 * The work of one database transaction. Appends are kept and sent together: the events in one statement, then one statement
 * per table that they change.
 */
export function openTransaction(sql: Sql, meta: EventMeta, chats: () => readonly string[]): OpenTransaction {
  const stamp = { ...meta, occurredAt: new Date(meta.occurredAt).toISOString() }
  const known = new Map<string, Known>()
  const stored: StoredEvent[] = []
  let events: EventRow[] = []
  let outgoing: OutboxMessage[] = []
  let read: ReadModel | null = null

  const get = <K extends StreamKind>(kind: K, id: string) => known.get(streamName(kind, id)) as Known<K> | undefined

  async function loadMany<K extends StreamKind>(kind: K, ids: readonly string[]): Promise<readonly Loaded<K>[]> {
    const missing = [...new Set(ids)].filter((id) => !get(kind, id))
    if (missing.length > 0) {
      const rows = await readStreams(
        sql,
        missing.map((id) => streamName(kind, id)),
      )
      const byId = new Map<string, NumberedEvent[]>(missing.map((id) => [id, []]))
      for (const row of rows) byId.get(row.streamId)?.push(row)
      for (const [id, own] of byId) known.set(streamName(kind, id), fold(kind, id, own))
    }
    return ids.map((id) => (get(kind, id) ?? initial(kind, id)).loaded)
  }

  function appendOne<K extends StreamKind>(before: Known<K>, event: EventOf<K>): Known<K> {
    const { kind, id, version: last, state } = before.loaded
    const data = JSON.parse(storableJson(event)) as EventOf<K>
    const version = last + 1
    const { actor, correlationId, causationId, occurredAt } = stamp
    const content = {
      stream: streamName(kind, id),
      kind,
      streamId: id,
      version,
      type: data.type,
      data,
      recordedAt: new Date().toISOString(),
    }
    const row = { ...content, actor, correlationId, causationId, occurredAt }
    const hash = eventHash(before.hash, row)
    events.push({ ...row, hash })
    const after = evolve(kind, state, data)
    const step: Step<K> = { before: state, after, event: data, version, meta: stamp }
    return { loaded: { kind, id, version, state: after }, hash, steps: [...before.steps, step] }
  }

  function projectAll(): readonly Write[] {
    const writes: Write[] = []
    for (const [name, stream] of known) {
      if (stream.steps.length === 0) continue
      writes.push(...project(stream))
      known.set(name, { ...stream, steps: [] })
    }
    return writes
  }

  async function flush(): Promise<void> {
    const [newEvents, newMessages] = [events, outgoing]
    events = []
    outgoing = []
    const writes = projectAll()
    const targets = chats()
    const messages = newMessages.flatMap((m) =>
      (m.chats ?? targets).map((chat) => ({ chat, key: m.cardKey, card: m.card ?? null, mention: m.mention })),
    )
    const [sequences] = await Promise.all([
      newEvents.length > 0 ? run(sql, insertEvents, [JSON.stringify(newEvents)]) : [],
      writeRows(sql, writes),
      messages.length > 0 ? run(sql, insertMessages, [storableJson(messages)]) : undefined,
    ])
    newEvents.forEach((row, i) => {
      stored.push(toStored({ ...row, sequence: Number(sequences[i]?.['sequence']) }))
    })
  }

  const tx: Transaction = {
    async load(kind, id) {
      const [loaded] = await loadMany(kind, [id])
      return loaded ?? initial(kind, id).loaded
    },
    loadMany,
    append(stream, added) {
      let current = get(stream.kind, stream.id)
      if (!current) throw new Error(`load ${streamName(stream.kind, stream.id)} in this transaction before appending to it`)
      if (current.loaded.version !== stream.version)
        throw new VersionConflict(`${streamName(stream.kind, stream.id)} is at version ${current.loaded.version}, not ${stream.version}`)
      for (const event of added) current = appendOne(current, event)
      known.set(streamName(stream.kind, stream.id), current as Known)
      return current.loaded
    },
    enqueue(message) {
      outgoing.push(message)
    },
    async lock(...names) {
      await run(sql, 'select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) name', [textArray(names)])
      // Others may have written while we waited: what was only read is read again.
      for (const [stream, { loaded }] of known) if (!touched(stream, loaded.version)) known.delete(stream)
    },
    async firstSight(source, key, raw) {
      const wire = raw === undefined || raw === null ? null : storableJson(raw)
      const rows = await run(sql, wire === null ? insertSeen : insertRaw, wire === null ? [source, key] : [source, key, wire])
      return rows.length > 0
    },
    // Many transactions never ask.
    get read() {
      read ??= createReadModel(queries(sql), sql)
      return read
    },
    flush,
  }
  const touched = (stream: string, version: number): boolean =>
    events.some((e) => e.stream === stream && e.version === version) ||
    stored.some((e) => streamName(e.kind, e.streamId) === stream && e.version === version)

  return { tx, stored }
}

const project = <K extends StreamKind>(stream: Known<K>): readonly Write[] =>
  projections[stream.loaded.kind](stream.loaded.id, stream.steps)
