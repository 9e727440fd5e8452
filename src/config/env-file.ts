import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>
  readonly problems: readonly string[]
  /** The line on which each name stands, 1-based. */
  readonly lines: Readonly<Record<string, number>>
  readonly notes: readonly string[]
}

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/

/** Reads a `.env` file. A missing one is empty; an unreadable one is a problem that says what to do. */
export function readEnvFile(path: string): EnvFile {
  try {
    return parseEnvFile(readFileSync(path, 'utf8'), path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT') return { values: {}, problems: [], lines: {}, notes: [] }
    const advice =
      code === 'EACCES' ? 'make it readable for this user (chmod 600 keeps it private)' : 'move it away or make it a plain file'
    return { values: {}, problems: [`${path}: cannot be read (${code}); ${advice}`], lines: {}, notes: [] }
  }
}

/** The parser of Node skips what it does not understand; a skipped secret must not go unnoticed, so each line is checked first. */
export function parseEnvFile(content: string, path: string): EnvFile {
  const body = content.replace(/^\uFEFF/, '')
  if (/[\0\uFFFD]/.test(body)) return { values: {}, problems: [`${path}: is not UTF-8 text; save it as UTF-8`], lines: {}, notes: [] }
  const rows = body.split(/\r?\n/)
  const problems: string[] = []
  const notes: string[] = []
  const lines: Record<string, number> = {}
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? ''
    if (/^\s*(#.*)?$/.test(row)) continue
    const found = assignment.exec(row)
    const name = found?.[1]
    if (name === undefined) {
      problems.push(`${path}:${index + 1}: is not NAME=value; put # before a comment, and no spaces in the name`)
      continue
    }
    if (lines[name] !== undefined) notes.push(`${path}:${index + 1}: ${name} was set on line ${lines[name]} already; this one counts`)
    lines[name] = index + 1
    const end = closingLine(rows, index, found?.[2] ?? '')
    if (end === null) problems.push(`${path}:${index + 1}: the quote after ${name}= is never closed; add the same quote at the end`)
    index = end ?? index
  }
  const values: Record<string, string> = {}
  if (problems.length === 0) for (const [name, value] of Object.entries(parseEnv(body))) values[name] = value ?? ''
  return { values, problems, lines, notes }
}

/** The row on which a value that may be quoted over several lines ends; null when its quote stays open. */
function closingLine(rows: readonly string[], start: number, value: string): number | null {
  const quote = /^["'`]/.exec(value)?.[0]
  if (quote === undefined || value.indexOf(quote, 1) > 0) return start
  for (let index = start + 1; index < rows.length; index += 1) if (rows[index]?.includes(quote)) return index
  return null
}
