import type { StorageProblem } from '../../src/ports/event-store.ts'
import { type NumberedEvent, streamName } from '../event-rows.ts'
import { eventHash, noHash } from '../hash.ts'
import type { Sql } from '../sql.ts'
import { eventCount, wholeStreams } from './walk.ts'

/** The first event of a stream that is not what was written, or null. */
function firstBroken(events: readonly NumberedEvent[]): StorageProblem | null {
  let previous = noHash
  let version = 0
  for (const event of events) {
    version += 1
    const where = `${event.stream}@${event.version}`
    if (event.version !== version) return { where, problem: `version ${version} of ${event.stream} is missing` }
    if (event.stream !== streamName(event.kind, event.streamId) || event.type !== event.data.type)
      return { where, problem: 'its columns contradict each other' }
    if (event.hash !== eventHash(previous, event)) return { where, problem: 'its hash does not match: this event or the hash was changed' }
    previous = event.hash
  }
  return null
}

export async function verifyChains(sql: Sql, progress?: (done: number, total: number) => void): Promise<readonly StorageProblem[]> {
  const total = await eventCount(sql)
  const problems: StorageProblem[] = []
  let done = 0
  for await (const streams of wholeStreams(sql)) {
    for (const events of streams) {
      const problem = firstBroken(events)
      if (problem) problems.push(problem)
      done += events.length
    }
    progress?.(done, Math.max(done, total))
  }
  return problems
}
