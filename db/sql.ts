import { drizzle } from 'drizzle-orm/pg-proxy'
import type postgres from 'postgres'

/** A pool, or one transaction. */
export type Sql = postgres.Sql | postgres.TransactionSql

/** Values travel as text in both directions: the columns of the schema know what they mean. */
const asText = (to: number, from: number[]) => ({ to, from, serialize: (v: unknown) => v, parse: (v: string) => v })

/** What every connection of ours has in common. */
export const connectionOptions = {
  fetch_types: false,
  onnotice() {},
  connection: { TimeZone: 'UTC', application_name: 'catalyst' },
  types: { moment: asText(1184, [1082, 1114, 1184]), json: { ...asText(3802, [114, 3802]), parse: (v: string) => JSON.parse(v) } },
}

/** Parsed and planned once per connection, then a single round trip. postgres.js leaves out a statement without parameters by itself. */
export const prepared = { prepare: true, simple: false }

/** Runs a statement as a prepared one. */
export const run = (sql: Sql, statement: string, parameters: readonly (string | number | null)[]) =>
  sql.unsafe(statement, [...parameters], prepared)

/** Drizzle's query builder on a pool or a transaction, with every statement prepared. */
export const queries = (sql: Sql) =>
  drizzle(async (statement, parameters) => ({ rows: await sql.unsafe(statement, parameters, prepared).values() }))
export type Queries = ReturnType<typeof queries>

/** A Postgres array literal, for `= any($1::text[])`: one statement for any number of values. */
export const textArray = (values: readonly string[]): string =>
  `{${values.map((v) => `"${v.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`

/**
 * JSON that Postgres can store. It refuses NUL and half a surrogate pair, which outside text may hold;
 * both become the replacement character.
 */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!/\\u(0000|d[89a-f])/i.test(json)) return json
  const clean = (text: string) => text.replaceAll('\u0000', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD')
  return JSON.stringify(value, (_key, v: unknown) => (typeof v === 'string' ? clean(v) : v))
}
