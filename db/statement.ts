import { fillPlaceholders, getTableColumns, type InferSelectModel, type SQL } from 'drizzle-orm'
import { type PgTable, QueryBuilder } from 'drizzle-orm/pg-core'
import { prepared, type Sql } from './sql.ts'

interface Wanted {
  /** What differs from call to call is a `placeholder`. */
  readonly where: SQL | undefined
  readonly orderBy?: readonly SQL[]
  readonly limit?: number
}

/** A select of whole rows, put into words once instead of at each call: a tap waits for a dozen of them. */
export function statement<T extends PgTable>(table: T, { where, orderBy = [], limit }: Wanted) {
  const query = new QueryBuilder()
    .select()
    .from(table as PgTable)
    .where(where)
    .orderBy(...orderBy)
    .$dynamic()
  const { sql: words, params } = (limit === undefined ? query : query.limit(limit)).toSQL()
  const decode = decoder(table)
  return async (on: Sql, values: Readonly<Record<string, string>> = {}): Promise<readonly InferSelectModel<T>[]> => {
    const rows = await on.unsafe(words, fillPlaceholders(params, values) as string[], prepared).values()
    return rows.map(decode)
  }
}

/** The first row of a statement through a mapping, or null. */
export async function first<Row, T>(rows: Promise<readonly Row[]>, map: (row: Row) => T): Promise<T | null> {
  const [row] = await rows
  return row === undefined ? null : map(row)
}

/** Values come in the order of the table's columns. */
function decoder<T extends PgTable>(table: T) {
  const columns = Object.entries(getTableColumns(table))
  return (values: readonly unknown[]): InferSelectModel<T> => {
    const row: Record<string, unknown> = {}
    for (const [i, [property, column]] of columns.entries()) {
      const value = values[i] ?? null
      row[property] = value === null ? null : column.mapFromDriverValue(value)
    }
    return row as InferSelectModel<T>
  }
}
