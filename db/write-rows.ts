import { getTableColumns, getTableName, type Table } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { type Decimal, decimal } from '../src/domain/decimal.ts'
import type { Write } from './projections/write.ts'
import { run, type Sql, storableJson } from './sql.ts'

interface TablePlan {
  /** Property and column names. */
  readonly columns: readonly (readonly [string, string])[]
  readonly key: readonly string[]
  readonly put: string
  readonly add: string
}

const plans = new Map<Table, TablePlan>()

const quoted = (name: string) => `"${name}"`

/**
 * The upserts of a table. All rows travel as one JSON parameter, so that a statement is the same for any number of rows
 * and is parsed once. An older state never replaces a newer one.
 */
function planOf(table: Table): TablePlan {
  const known = plans.get(table)
  if (known) return known
  const name = quoted(getTableName(table))
  const columns = Object.entries(getTableColumns(table)).map(([property, column]) => [property, column.name] as const)
  const { columns: details, primaryKeys } = getTableConfig(table as PgTable)
  const keys = primaryKeys[0]?.columns.map((c) => c.name) ?? details.filter((c) => c.primary).map((c) => c.name)
  const others = columns.map(([, column]) => column).filter((column) => !keys.includes(column))
  const list = columns.map(([, column]) => quoted(column)).join(', ')
  const insert = `insert into ${name} (${list}) select ${list} from jsonb_populate_recordset(null::${name}, $1::jsonb)`
  const conflict = `on conflict (${keys.map(quoted).join(', ')})`
  const set = (value: (column: string) => string) =>
    others.length === 0 ? 'do nothing' : `do update set ${others.map((c) => `${quoted(c)} = ${value(quoted(c))}`).join(', ')}`
  const guard = others.includes('stream_version') ? ` where ${name}.stream_version <= excluded.stream_version` : ''
  const plan: TablePlan = {
    columns,
    key: columns.filter(([, column]) => keys.includes(column)).map(([property]) => property),
    put: `${insert} ${conflict} ${set((c) => `excluded.${c}`)}${guard}`,
    add: `${insert} ${conflict} ${set((c) => `${name}.${c} + excluded.${c}`)}`,
  }
  plans.set(table, plan)
  return plan
}

/** A row as JSON with column names; decimals become their text. */
export const record = (table: Table, row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(planOf(table).columns.map(([property, column]) => [column, row[property] ?? null]))

export const rowKey = (table: Table, row: Readonly<Record<string, unknown>>): string =>
  planOf(table)
    .key.map((property) => row[property])
    .join('\u0001')

type Row = Readonly<Record<string, unknown>>

function sum(a: Row, b: Row, key: readonly string[]): Row {
  const total = (property: string) => {
    const [x, y] = [a[property], b[property]]
    if (key.includes(property)) return x
    return typeof x === 'number' ? x + Number(y) : decimal(x as Decimal).plus(decimal(y as Decimal))
  }
  return Object.fromEntries(Object.keys(a).map((property) => [property, total(property)]))
}

/** One row per key: the last one put, or all of them added up. A statement may not touch a row twice. */
function combine(writes: readonly Write[]): ReadonlyMap<Table, { readonly how: Write['how']; readonly rows: ReadonlyMap<string, Row> }> {
  const tables = new Map<Table, { how: Write['how']; rows: Map<string, Row> }>()
  for (const { table, row, how } of writes) {
    const group = tables.get(table) ?? { how, rows: new Map() }
    tables.set(table, group)
    const key = rowKey(table, row)
    const before = group.rows.get(key)
    group.rows.set(key, how === 'add' && before ? sum(before, row, planOf(table).key) : row)
  }
  return tables
}

/**
 * One statement per table. Tables and rows go in a fixed order, so that two transactions never wait for each other in a ring.
 */
export async function writeRows(sql: Sql, writes: readonly Write[]): Promise<void> {
  const tables = [...combine(writes)].sort(([a], [b]) => (getTableName(a) < getTableName(b) ? -1 : 1))
  const statements = tables.map(([table, { how, rows }]) => {
    const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => record(table, row))
    return run(sql, planOf(table)[how], [storableJson(sorted)])
  })
  await Promise.all(statements)
}

/** Finds rows, given as for a put, that are missing or different; a row of a newer version counts as right. */
export function differenceQuery(table: Table): { readonly name: string; readonly statement: string } {
  const { columns, key } = planOf(table)
  const name = getTableName(table)
  const column = columns.find(([property]) => property === key[0])?.[1] ?? 'id'
  const list = (alias: string) => columns.map(([, c]) => `${alias}.${quoted(c)}`).join(', ')
  const guard = columns.some(([, c]) => c === 'stream_version') ? ' and t.stream_version <= e.stream_version' : ''
  const statement = `select e.${quoted(column)} as key, t.${quoted(column)} is null as missing
    from jsonb_populate_recordset(null::${quoted(name)}, $1::jsonb) e left join ${quoted(name)} t on t.${quoted(column)} = e.${quoted(column)}
    where t.${quoted(column)} is null or ((${list('t')}) is distinct from (${list('e')})${guard})`
  return { name, statement }
}
