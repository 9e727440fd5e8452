import { z } from 'zod'
import { type Decimal, decimal } from '../domain/decimal.ts'

/** Fields that several operations share. Each message says what would be accepted. */

/** A plain decimal within bounds, as text or as a JSON number; it stays text. Exclusive below when `above` is given. */
export const decimalField = (bounds: { readonly above?: string; readonly from?: string; readonly to: string }) =>
  z
    .union([z.string(), z.number()], { error: 'must be a decimal, as text or as a number' })
    .superRefine((value, context) => {
      const problem = decimalProblem(value, bounds)
      if (problem) context.addIssue({ code: 'custom', message: problem })
    })
    .transform(String)

/** Share and dollar-per-share figures of US equities stay far inside these. */
export const priceField = decimalField({ above: '0', to: '10000000' })
export const quantityField = decimalField({ above: '0', to: '1000000000' })

/** Parses what may be anything; null when it is no plain decimal. */
export function asDecimal(value: unknown): Decimal | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  return /^-?\d{1,20}(\.\d{1,20})?$/.test(String(value)) ? decimal(String(value)) : null
}

function decimalProblem(value: string | number, { above, from, to }: Parameters<typeof decimalField>[0]): string | null {
  const parsed = asDecimal(value)
  const shown = JSON.stringify(value).slice(0, 40)
  if (parsed === null) return `must be a plain decimal like "187.25", not ${shown}`
  // A JSON number this long has already been rounded on its way in.
  if (typeof value === 'number' && String(value).replace(/\D/g, '').length > 15) return 'has too many digits for a number: send it as text'
  if (above !== undefined && parsed.lte(decimal(above))) return `must be greater than ${above}, not ${shown}`
  if (from !== undefined && parsed.lt(decimal(from))) return `must be at least ${from}, not ${shown}`
  return parsed.gt(decimal(to)) ? `must be at most ${to}, not ${shown}` : null
}

export const symbolField = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z][A-Z0-9.]{0,9}$/, 'must be a ticker like AAPL or BRK.B')

/** Control characters and marks that reorder or hide text have no business in a headline. */
export const cleaned = (value: string): string =>
  value
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '')
    .trim()

/** Outside text of 1 to `most` characters after cleaning. */
export const textField = (most: number) =>
  z
    .string()
    .transform(cleaned)
    .refine((v) => v.length > 0 && v.length <= most, { error: `must have 1 to ${most} characters` })

export const idParams = z.strictObject({ id: z.string().min(1).max(100) })

export const pageQuery = {
  cursor: z.string().max(200).optional().meta({ description: '`next` of the page before' }),
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'items, 1 to 200' }),
}
