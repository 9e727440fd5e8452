import type { KeyValueStore } from '../src/ports/key-value.ts'
import type { Database } from './connect.ts'
import { run, type Sql, storableJson, textArray } from './sql.ts'

const upsert = `insert into key_value (namespace, key, value)
  select $1, key, value from jsonb_to_recordset($2::jsonb) as (key text, value jsonb)
  on conflict (namespace, key) do update set value = excluded.value`

export function createKeyValueStore({ sql }: Pick<Database, 'sql'>): KeyValueStore {
  return {
    async load(namespace) {
      const rows = await run(sql, 'select key, value from key_value where namespace = $1 order by key', [namespace])
      return new Map(rows.map((row) => [String(row['key']), row['value']]))
    },
    async save(namespace, entries) {
      const changed = [...entries].filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1))
      const deleted = [...entries].filter(([, value]) => value === null).map(([key]) => key)
      const put = async (on: Sql) => {
        if (changed.length > 0) await run(on, upsert, [namespace, storableJson(changed.map(([key, value]) => ({ key, value })))])
      }
      // One statement is a transaction of its own; an order is not sent before this is done.
      if (deleted.length === 0) return put(sql)
      await sql.begin(async (tx) => {
        await put(tx)
        await run(tx, 'delete from key_value where namespace = $1 and key = any($2::text[])', [namespace, textArray(deleted)])
      })
    },
  }
}
