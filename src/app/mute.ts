import { singleton } from '../domain/streams.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { AppContext } from './context.ts'

/**
 * Nothing rings for so many minutes of real time, but what is critical; 0 ends it.
 * @returns until when, ISO; null when nothing is muted.
 */
export function mute({ store }: Pick<AppContext, 'store'>, minutes: number, meta: EventMeta): Promise<string | null> {
  // Real time: a phone does not live on a simulated clock.
  const until = minutes === 0 ? null : new Date(Date.now() + minutes * 60_000).toISOString()
  return store.transact(meta, async (tx) => {
    const people = await tx.load('people', singleton)
    if (until !== null || people.state.mutedUntil)
      tx.append(people, [{ type: 'NotificationsMuted', until, by: meta.actor, at: meta.occurredAt }])
    return until
  })
}
