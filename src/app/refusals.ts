import { exchangeDate } from '../domain/calendar.ts'
import { clip } from './card.ts'
import { type AppContext, occasion } from './context.ts'
import { cleaned } from './fields.ts'
import { createRateLimit } from './rate-limit.ts'

export interface RefusedAccess {
  /** Immutable id. */
  readonly person: string
  /** The chat, or the foreign place in it. */
  readonly place: string
  readonly action: string
  readonly code: string
}

/** In a minute: of one person and action, of one person, of everybody. A stranger must not be able to fill the disk. */
const limits = { action: 1, person: 10, all: 60 } as const
const longest = 80

/** @returns puts a refusal on the record, a bounded number of them. Never throws: refused it is in any case. */
export function createRefusals(context: Pick<AppContext, 'store' | 'clock' | 'log'>): (refused: RefusedAccess) => Promise<void> {
  const rate = createRateLimit()

  return async (refused) => {
    const [person = '', place = '', action = '', code = ''] = [refused.person, refused.place, refused.action, refused.code].map((words) =>
      clip(cleaned(words), longest),
    )
    const now = Date.now()
    const told =
      rate.take(`action ${person} ${action} ${code}`, limits.action, now) > 0 ||
      rate.take(`person ${person}`, limits.person, now) > 0 ||
      rate.take('all', limits.all, now) > 0
    if (told) return
    const meta = occasion(context, person)
    try {
      await context.store.transact(meta, async (tx) => {
        // A stream per person and day: each stays short, however long somebody goes on.
        const stream = await tx.load('people', `refused-${exchangeDate(context.clock.now())}-${person}`)
        tx.append(stream, [{ type: 'AccessRefused', person, place, action, code, at: meta.occurredAt }])
      })
    } catch (error) {
      context.log.error({ person, action, code, error }, 'a refusal could not be put on the record')
    }
  }
}
