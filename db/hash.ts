import { createHash } from 'node:crypto'

/** JSON with sorted keys and no spaces: the same value is the same text, whatever way it took through a database. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, v]) => v !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`
}

/** What the hash of an event vouches for. Its sequence is given by the database afterwards and is not part of it. */
export interface HashedEvent {
  readonly stream: string
  readonly kind: string
  readonly streamId: string
  readonly version: number
  readonly type: string
  readonly data: unknown
  readonly actor: string
  readonly correlationId: string
  readonly causationId: string | null
  readonly occurredAt: string
  readonly recordedAt: string
}

/** The hash before the first event of a stream. */
export const noHash = ''

/** SHA-256, hex, over the hash before it and the event. */
export const eventHash = (previous: string, event: HashedEvent): string =>
  createHash('sha256')
    .update(previous)
    .update(
      canonicalJson([
        event.stream,
        event.kind,
        event.streamId,
        event.version,
        event.type,
        event.data,
        event.actor,
        event.correlationId,
        event.causationId,
        event.occurredAt,
        event.recordedAt,
      ]),
    )
    .digest('hex')
