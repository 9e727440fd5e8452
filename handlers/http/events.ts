import { z } from 'zod'
import { defineRoute, json } from '../../src/app/route.ts'
import type { StoredEvent } from '../../src/ports/event-store.ts'

export const route = defineRoute({
  name: 'events',
  method: 'GET',
  path: '/api/v1/events',
  summary: 'Stored events in order: of one stream, of one occasion, or all.',
  role: 'viewer',
  query: z.strictObject({
    stream: z
      .string()
      .regex(/^[a-z]+:.{1,100}$/, 'must look like proposal:<id>')
      .optional(),
    correlation_id: z.string().max(100).optional(),
    cursor: z.coerce.number().int().min(0).optional().meta({ description: '`next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  async run({ app, query: { stream, correlation_id: correlationId, cursor, limit } }) {
    const events = await app.read.events({ stream, correlationId, after: cursor }, limit)
    const last = events.length === limit ? events.at(-1) : undefined
    return json(200, { items: events.map(eventView), next: last === undefined ? null : String(last.sequence) })
  },
})

const eventView = (e: StoredEvent) => ({
  sequence: e.sequence,
  stream: `${e.kind}:${e.streamId}`,
  version: e.version,
  type: e.event.type,
  event: e.event,
  actor: e.actor,
  correlation_id: e.correlationId,
  causation_id: e.causationId,
  occurred_at: e.occurredAt,
  recorded_at: e.recordedAt,
  hash: e.hash,
})
