import type { KeyValueStore } from '../src/ports/key-value.ts'
import type { Database } from './connect.ts'
import { type Fence, hold, holdToken, refuse } from './fence.ts'
import { run, type Sql, storableJson, textArray } from './sql.ts'

const upsert = `insert into key_value (namespace, key, value)
  select $1, key, value from jsonb_to_recordset($2::jsonb) as (key text, value jsonb)
  on conflict (namespace, key) do update set value = excluded.value`

/** The same as the leader alone may do it: without the row of its token there is nothing to insert. */
const fencedUpsert = `with reign as materialized (${holdToken(3)})
  insert into key_value (namespace, key, value)
  select $1, key, value from reign, jsonb_to_recordset($2::jsonb) as (key text, value jsonb)
  on conflict (namespace, key) do update set value = excluded.value`

/** @param fence what makes the writes of a process fail that does not lead any more; null: whoever leads. */
export function createKeyValueStore({ sql }: Pick<Database, 'sql'>, fence: Fence | null = null): KeyValueStore {
  const put = async (on: Sql, namespace: string, changed: readonly (readonly [string, unknown])[]): Promise<void> => {
    if (changed.length === 0) return
    const rows = storableJson(changed.map(([key, value]) => ({ key, value })))
    if (fence === null) await run(on, upsert, [namespace, rows])
    else if ((await run(on, fencedUpsert, [namespace, rows, fence.token])).count === 0) throw refuse(fence)
  }
  return {
    async load(namespace) {
      const rows = await run(sql, 'select key, value from key_value where namespace = $1 order by key', [namespace])
      return new Map(rows.map((row) => [String(row['key']), row['value']]))
    },
    async save(namespace, entries) {
      const changed = [...entries].filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1))
      const deleted = [...entries].filter(([, value]) => value === null).map(([key]) => key)
      // One statement is a transaction of its own; an order is not sent before this is done.
      if (deleted.length === 0) return put(sql, namespace, changed)
      await sql.begin((tx) =>
        Promise.all([
          hold(tx, fence),
          put(tx, namespace, changed),
          run(tx, 'delete from key_value where namespace = $1 and key = any($2::text[])', [namespace, textArray(deleted)]),
        ]),
      )
    },
  }
}
