import { customType } from 'drizzle-orm/pg-core'
import { type Decimal, decimal, text } from '../src/domain/decimal.ts'

/** `numeric` without bounds: exact, and a string on the wire in both directions. */
export const decimalColumn = customType<{ data: Decimal; driverData: string }>({
  dataType: () => 'numeric',
  toDriver: (value) => text(value),
  fromDriver: (value) => decimal(value),
})

/** A moment to the millisecond, ISO 8601 UTC on our side. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp(3) with time zone',
  toDriver: (value) => value,
  fromDriver: (value) => new Date(value).toISOString(),
})

/** A text with a closed set of words. */
export const word = <T extends string>() => customType<{ data: T; driverData: string }>({ dataType: () => 'text' })

/** JSON that is read and written as the value itself. */
export const json = <T>() => customType<{ data: T; driverData: unknown }>({ dataType: () => 'jsonb' })
