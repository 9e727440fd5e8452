import { isDeepStrictEqual } from 'node:util'
import { type Alert, type AlertContent, receiveAlert } from '../domain/alert.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { AppContext } from './context.ts'
import { alertIdOf } from './ids.ts'

export interface RaisedAlert {
  readonly alertId: string
  /** Heard before: nothing was stored. */
  readonly duplicate: boolean
  /** Heard before with other content under the same id. */
  readonly conflict: boolean
}

/** Stores what came in before anyone acts on it. Judging it is another step, which survives a crash in between. */
export function raiseAlert(context: AppContext, content: AlertContent, meta: EventMeta): Promise<RaisedAlert> {
  const alertId = alertIdOf(content)
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('alert', alertId)
    const decision = receiveAlert(stream.state, content, meta.occurredAt)
    if (!decision.ok) return { alertId, duplicate: true, conflict: !sameStory(stream.state, content) }
    tx.append(stream, decision.events)
    return { alertId, duplicate: false, conflict: false }
  })
}

const sameStory = (known: Alert, content: AlertContent): boolean => isDeepStrictEqual({ ...known, ...content }, known)
