import { type EventOf, evolutions, type StreamKind } from '../../src/domain/streams.ts'
import { evolve, type NumberedEvent, readEvents } from '../event-rows.ts'
import { projections } from '../projections/index.ts'
import type { Step, Write } from '../projections/write.ts'
import { run, type Sql } from '../sql.ts'

/** Events in one query: few enough that the only connection of an embedded database is soon free again for trading. */
const batchSize = 80

/** All streams, whole and one after the other, several at a time. The connection is free between two batches. */
export async function* wholeStreams(sql: Sql): AsyncGenerator<readonly (readonly NumberedEvent[])[]> {
  let open: NumberedEvent[] = []
  let after: readonly [string, number] = ['', 0]
  for (;;) {
    const rows = await readEvents(sql, `(stream, version) > ($1, $2) order by stream, version limit ${batchSize}`, after)
    const complete: NumberedEvent[][] = []
    for (const row of rows) {
      if (open[0] && open[0].stream !== row.stream) {
        complete.push(open)
        open = []
      }
      open.push(row)
    }
    const last = rows.at(-1)
    if (rows.length < batchSize || !last) {
      if (open.length > 0) complete.push(open)
      yield complete
      return
    }
    yield complete
    after = [last.stream, last.version]
  }
}

/** About how many events there are, for progress; exact would mean counting them. */
export async function eventCount(sql: Sql): Promise<number> {
  const [row] = await run(sql, 'select coalesce(max(sequence), 0) as count from events', [])
  return Number(row?.['count'])
}

/** The rows that a stream's events make, by the same projections as on the day they happened. @throws Error naming the stream. */
export function rowsOf(events: readonly NumberedEvent[]): readonly Write[] {
  const [first] = events
  return first ? project(first.kind, first.streamId, events) : []
}

function project<K extends StreamKind>(kind: K, id: string, events: readonly NumberedEvent[]): readonly Write[] {
  try {
    let before = evolutions[kind].initial(id)
    const steps = events.map((row): Step<K> => {
      const event = row.data as EventOf<K>
      const after = evolve(kind, before, event)
      const step = { before, after, event, version: row.version, meta: row }
      before = after
      return step
    })
    return projections[kind](id, steps)
  } catch (error) {
    throw new Error(`the events of ${kind}:${id} do not add up: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
