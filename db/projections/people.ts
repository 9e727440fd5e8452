import type { PeopleEvent } from '../../src/domain/people.ts'
import { singleton } from '../../src/domain/streams.ts'
import { riskEvents, singletons } from '../schema.ts'
import { eventId, type Projection, put } from './write.ts'

/** Who may do what is one stream; refusals have streams of their own, and no state to show. */
export const peopleProjection: Projection<'people'> = (id, steps) => {
  const last = id === singleton ? steps.at(-1) : undefined
  const state = last ? [put(singletons, { id: `people:${id}`, streamVersion: last.version, state: last.after })] : []
  const told = steps.map(({ event, version }) =>
    put(riskEvents, {
      id: eventId('people', id, version),
      at: event.at,
      kind: event.type,
      symbol: null,
      proposalId: null,
      explain: words(event),
      denials: [],
    }),
  )
  return [...state, ...told]
}

function words(event: PeopleEvent): string {
  switch (event.type) {
    case 'OwnerClaimed':
      return `${event.person} became the owner`
    case 'NotificationsMuted':
      return event.until === null ? `${event.by} unmuted` : `${event.by} muted until ${event.until}`
    case 'AccessRefused':
      return `${event.person} in ${event.place}: ${event.action} (${event.code})`
  }
}
