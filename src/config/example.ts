import { stringify } from 'yaml'
import { z } from 'zod'
import { defaults } from './load.ts'
import type { ConfigSchema } from './schema.ts'

interface Described {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Described>>
  readonly minimum?: number
  readonly maximum?: number
  readonly range?: string
  readonly enum?: readonly unknown[]
  readonly additionalProperties?: unknown
}

/** `config.example.yaml`: every key with its meaning, unit, range and default, written from the schema itself. */
export function configExample(schema: ConfigSchema): string {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described
  const heading = [
    '# Every setting with its default. Copy to config.yaml and keep only what you change;',
    '# a changed file takes effect within seconds, and one with a mistake is refused as a whole.',
  ]
  return `${[...heading, ...section(described, defaults(schema), 0)].join('\n')}\n`
}

function section(described: Described, values: unknown, depth: number): readonly string[] {
  return Object.entries(described.properties ?? {}).flatMap(([name, inner]) => {
    const indent = '  '.repeat(depth)
    const value = (values as Readonly<Record<string, unknown>>)[name]
    const comment = [inner.description, rangeOf(inner)].filter(Boolean).join('; ')
    const lines = comment === '' ? [] : [`${indent}# ${comment}`]
    const gap = depth === 0 ? [''] : []
    if (inner.properties && Object.keys(inner.properties).length > 0)
      return [...gap, ...lines, `${indent}${name}:`, ...section(inner, value, depth + 1)]
    return [...gap, ...lines, `${indent}${name}: ${inline(value, inner)}`]
  })
}

function rangeOf({ minimum, maximum, range, enum: options }: Described): string {
  if (range !== undefined) return range
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  return options?.join(' | ') ?? ''
}

/** A decimal that may be written as a number is, unless YAML would drop a digit of it: nobody should have to think about quotes. */
const inline = (value: unknown, { type }: Described): string =>
  typeof value === 'string' && type?.includes('number') && String(Number(value)) === value
    ? value
    : stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false }).trim()
