import type { z } from 'zod'
import type { FieldProblem } from '../../app/route.ts'

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly errors: readonly FieldProblem[] }

/** Parses one part of a request; every problem comes back with the name of its field. */
export function parse(schema: z.ZodType | undefined, value: unknown, part: string): Parsed {
  if (!schema) return { ok: true, value: undefined }
  const result = schema.safeParse(value)
  return result.success ? { ok: true, value: result.data } : { ok: false, errors: result.error.issues.flatMap((i) => told(i, part)) }
}

function told(issue: z.core.$ZodIssue, part: string): readonly FieldProblem[] {
  const field = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ field: field === '' ? clip(key) : `${field}.${clip(key)}`, problem: `is not a known ${part} field` }))
  return [{ field: field === '' ? part : field, problem: issue.message }]
}
const clip = (key: string): string => key.slice(0, 60)
