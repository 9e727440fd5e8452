import { getTableName, type Table } from 'drizzle-orm'
import type { NumberedEvent } from '../event-rows.ts'
import { eventId, type Write } from '../projections/write.ts'
import { approvals, executionLog, hindsights, portfolioSnapshots, realizations, riskEvents } from '../schema.ts'
import { run, type Sql, textArray } from '../sql.ts'

/** Tables in which a row stands for one event. */
const eventTables: readonly Table[] = [approvals, executionLog, hindsights, portfolioSnapshots, realizations, riskEvents]

interface StrayRule {
  readonly table: string
  readonly key: string
  /** True for a row `t` that no event accounts for. */
  readonly stray: string
}

const reached = (stream: string) => `not exists (select from events e where e.stream = ${stream} and e.version = t.stream_version)`
const ofState = (table: string, kind: string): StrayRule => ({ table, key: 'id', stray: reached(`'${kind}:' || t.id`) })

/** Also strays: rows that claim a version their stream never reached. */
const rules: readonly StrayRule[] = [
  ofState('alerts', 'alert'),
  ofState('proposals', 'proposal'),
  ofState('orders', 'order'),
  ofState('positions', 'position'),
  { table: 'singletons', key: 'id', stray: reached('t.id') },
  {
    table: 'closed_positions',
    key: 'position_id',
    stray: `${reached("'position:' || t.position_id")}
      or not exists (select from events e where e.stream = 'position:' || t.position_id and e.type = 'PositionClosed')`,
  },
  {
    table: 'fills',
    key: 'execution_id',
    stray: `not exists (select from events e where e.stream = 'order:' || t.order_id and e.data ->> 'executionId' = t.execution_id)`,
  },
  ...eventTables.map((table) => ({
    table: getTableName(table),
    key: 'id',
    stray: `not exists (select from events e where e.stream = substring(t.id from '^(.*)@[0-9]+$') and e.version = substring(t.id from '@([0-9]+)$')::int)`,
  })),
]

const pageSize = 200

/** Calls back with each page of keys of rows that no event accounts for. */
export async function findStrayRows(
  sql: Sql,
  found: (table: string, key: string, values: readonly string[]) => Promise<void>,
): Promise<void> {
  for (const { table, key, stray } of rules) {
    for (let after: string | null = ''; after !== null; ) {
      const page = `select * from ${table} where ${key} > $1 order by ${key} limit ${pageSize}`
      const rows = await run(sql, `select t.${key} as key, (${stray}) as stray from (${page}) t order by t.${key}`, [after])
      const strays = rows.filter((row) => row['stray'] === true).map((row) => String(row['key']))
      if (strays.length > 0) await found(table, key, strays)
      const last = rows.at(-1)
      after = rows.length < pageSize || !last ? null : String(last['key'])
    }
  }
}

/** Deletes strays; the condition is judged again with the deletion, because trading goes on meanwhile. */
export async function deleteStrayRows(sql: Sql): Promise<void> {
  await findStrayRows(sql, async (table, key, values) => {
    const rule = rules.find((r) => r.table === table)
    if (rule) await run(sql, `delete from ${table} t where t.${key} = any($1::text[]) and (${rule.stray})`, [textArray(values)])
  })
}

/** Per table: ids of these events that have no row there. */
export function idsWithoutRow(events: readonly NumberedEvent[], writes: readonly Write[]): ReadonlyMap<string, readonly string[]> {
  const ids = events.map((e) => eventId(e.kind, e.streamId, e.version))
  return new Map(
    eventTables.map((table) => {
      const expected = new Set(writes.filter((w) => w.table === table).map((w) => w.row['id']))
      return [getTableName(table), ids.filter((id) => !expected.has(id))]
    }),
  )
}
