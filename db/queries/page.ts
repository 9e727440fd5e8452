import { and, desc, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Page, PageRequest } from '../../src/ports/read-model.ts'

/** A cursor names the last row that was shown: its time and its key. */
const encode = (at: string, key: string): string => Buffer.from(JSON.stringify([at, key])).toString('base64url')

/** @throws RangeError for a cursor that did not come from a page. */
function decode(cursor: string): readonly [string, string] {
  const refuse = () => new RangeError(`cursor is not one that a list gave out: ${JSON.stringify(cursor).slice(0, 60)}`)
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse()
    throw error
  }
  if (!Array.isArray(value)) throw refuse()
  const [at, key] = value as unknown[]
  if (typeof at !== 'string' || typeof key !== 'string' || Number.isNaN(Date.parse(at))) throw refuse()
  return [at, key]
}

export interface PageQuery {
  readonly where: SQL | undefined
  readonly order: [SQL, SQL]
  /** One more than asked for, to know whether there is a next page. */
  readonly limit: number
}

/** Newest first by time, then key: exactly the order of an index, so that any page costs the same. */
export function pageQuery(at: PgColumn, key: PgColumn, { cursor, limit }: PageRequest, condition?: SQL): PageQuery {
  const after = cursor === undefined ? undefined : decode(cursor)
  const older = after && sql`(${at}, ${key}) < (${after[0]}::timestamptz, ${after[1]})`
  return { where: and(condition, older), order: [desc(at), desc(key)], limit: Math.max(1, Math.min(limit, 200)) + 1 }
}

export function toPage<Row, T>(
  rows: readonly Row[],
  query: PageQuery,
  toItem: (row: Row) => T,
  position: (row: Row) => readonly [at: string, key: string],
): Page<T> {
  const shown = rows.slice(0, query.limit - 1)
  const last = shown.at(-1)
  return { items: shown.map(toItem), next: rows.length === query.limit && last !== undefined ? encode(...position(last)) : null }
}
