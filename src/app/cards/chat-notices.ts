import type { Broker } from '../../ports/broker.ts'
import type { OutboxMessage } from '../../ports/event-store.ts'
import { notice } from '../card.ts'

/** Behind a burst of proposals one push stands for all that came silently. @param at real time, ISO. */
export function crowdNotice(chat: string, waiting: number, at: string, mode: Broker['mode']): OutboxMessage {
  const title = waiting === 1 ? '1 more proposal waits: /inbox' : `${waiting} more proposals wait: /inbox`
  return notice(
    `crowd-${chat}-${Date.parse(at)}`,
    mode,
    { title, lines: ['They come silently, so that your phone rings once instead of for each.'], event: 'proposal' },
    [chat],
  )
}
