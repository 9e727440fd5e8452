import { readFileSync } from 'node:fs'
import { isMap, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { ConfigurationError, didYouMean } from './problems.ts'
import type { ConfigSchema } from './schema.ts'
import type { Settings } from './settings.ts'

/** Sections that other versions have. Taking them silently would promise a protection that is not there. */
const otherVersions = ['breakers', 'emergency_actions', 'session', 'workflow', 'scan', 'sources', 'notifications', 'models']

/** What an empty file means. */
export const defaults = (schema: ConfigSchema): Settings => schema.parse({}) as Settings

/**
 * Reads the settings file.
 * @param required whether somebody named the file; otherwise a missing one means the defaults.
 * @throws ConfigurationError listing every problem with its line, key, bound and value.
 */
export function loadSettings(schema: ConfigSchema, path: string, required: boolean): Settings {
  try {
    return parseSettings(schema, readFileSync(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT' && !required) return defaults(schema)
    const advice = code === 'ENOENT' ? 'CONFIG_FILE names a file that does not exist' : `cannot be read (${code})`
    throw new ConfigurationError([`${path}: ${advice}`])
  }
}

/** @throws ConfigurationError listing every problem. */
export function parseSettings(schema: ConfigSchema, content: string, path: string): Settings {
  const counter = new LineCounter()
  const document = parseDocument(content, { lineCounter: counter, prettyErrors: false })
  const syntax = [...document.errors, ...document.warnings]
  if (syntax.length > 0) throw new ConfigurationError(syntax.map((e) => `${path}:${counter.linePos(e.pos[0]).line}: ${e.message}`))
  const lineOf = (keys: readonly PropertyKey[]): number | null => {
    const node = keys.length === 0 ? document.contents : document.getIn(keys, true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? (node.range as readonly number[] | null) : null
    return range?.[0] === undefined ? null : counter.linePos(range[0]).line
  }
  if (document.contents !== null && !isMap(document.contents))
    throw new ConfigurationError([`${path}:${lineOf([]) ?? 1}: must hold \`name: value\` lines`])

  const input: unknown = plainValue(document, path) ?? {}
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data as Settings
  const known = defaults(schema)
  const problems = parsed.error.issues.flatMap((issue) => explain(issue, input, known).map((text) => ({ text, line: lineOf(issue.path) })))
  throw new ConfigurationError(problems.map(({ text, line }) => (line === null ? `${path}: ${text}` : `${path}:${line}: ${text}`)))
}

function plainValue(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 })
  } catch (error) {
    throw new ConfigurationError([`${path}: ${error instanceof Error ? error.message : String(error)}`])
  }
}

/** One sentence per problem: the key, what it must be, and what it is. */
function explain(issue: z.core.$ZodIssue, input: unknown, known: Settings): readonly string[] {
  const key = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const siblings = at(known, issue.path)
    const names = typeof siblings === 'object' && siblings !== null ? Object.keys(siblings) : []
    return issue.keys.map((name) => {
      const full = [...issue.path, name].join('.')
      if (key === '' && otherVersions.includes(name)) return `${full} is not available in this version; remove it`
      return `${full} is not a setting${didYouMean(name, names)}`
    })
  }
  const value = at(input, issue.path)
  const shown = value === undefined ? 'it is missing' : `it is ${JSON.stringify(value)?.slice(0, 80)}`
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => `${key}: the name ${inner.message}`)
  return [`${key} ${requirement(issue)}; ${shown}`]
}

function requirement(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_big':
      return `must be at most ${issue.maximum}`
    case 'too_small':
      return `must be at least ${issue.minimum}`
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`
    case 'invalid_format':
      return `must match ${issue.pattern ?? issue.format}`
    default:
      return issue.message
  }
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  )
