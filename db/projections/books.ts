import type { BooksEvent } from '../../src/domain/books.ts'
import { riskEvents, singletons } from '../schema.ts'
import { eventId, type Projection, put, type Step, type Write } from './write.ts'

export const booksProjection: Projection<'books'> = (id, steps) => {
  const last = steps.at(-1)
  const row = last ? [put(singletons, { id: `books:${id}`, streamVersion: last.version, state: last.after })] : []
  return [...row, ...steps.flatMap((step) => riskRows(id, step))]
}

function riskRows(id: string, { event, version }: Step<'books'>): readonly Write[] {
  const explain = words(event)
  if (explain === null) return []
  return [
    put(riskEvents, {
      id: eventId('books', id, version),
      at: event.at,
      kind: event.type,
      symbol: null,
      proposalId: null,
      explain,
      denials: [],
    }),
  ]
}

/** Who let go of a guard, and why. */
function words(event: BooksEvent): string | null {
  switch (event.type) {
    case 'BooksOpened':
      return event.afterCrash ? 'the process before this one ended without closing its books' : null
    case 'BooksClosed':
      return null
    case 'LiveConfirmed':
      return `${event.by} confirmed live trading on account ${event.account}: ${event.grounds}`
    case 'LiveRevoked':
      return `${event.by} took the confirmation of live trading back`
    case 'ReadinessOverridden':
      return `${event.by} overrode the readiness for ${event.goal}: ${event.reason}`
    case 'DrillRecorded':
      return `${event.by} drilled ${event.drill}: ${event.reason}`
  }
}
