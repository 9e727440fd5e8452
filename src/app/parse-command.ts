import { distance } from 'fastest-levenshtein'
import type { z } from 'zod'
import type { Command } from './command.ts'

export type ParsedCommand =
  | { readonly ok: true; readonly command: Command; readonly args: Readonly<Record<string, unknown>> }
  /** `command` is known when only its arguments were wrong. */
  | { readonly ok: false; readonly command: Command | null; readonly problems: readonly string[] }

const mostCharacters = 2_000

/**
 * Understands what a person typed: `/trades AAPL limit:20`, `/resume "checked the books"`. Arguments come in the order of the
 * command's own, or by name; one that is marked `rest` takes all words that are left. Any text at all is safe.
 */
export function parseCommand(commands: readonly Command[], typed: string): ParsedCommand {
  if (typed.length > mostCharacters) return misunderstood(`A command has at most ${mostCharacters} characters.`)
  const words = split(typed.trim().replace(/^\//, ''))
  if (words === null) return misunderstood('A quotation mark is not closed.')
  const [first, ...rest] = words
  if (first === undefined || first.text === '') return misunderstood('Type a command, or /help for all of them.')
  const name = first.text.toLowerCase()
  const command = commands.find((c) => c.name === name)
  if (!command) return misunderstood(`There is no /${name.slice(0, 40)}.${didYouMean(name, commands)}`)
  const given = assign(command, rest)
  if (given.problems.length > 0) return { ok: false, command, problems: given.problems }
  return check(command, given.values)
}

/** Arguments that came apart already, by name: Discord's options. */
export function parseValues(commands: readonly Command[], name: string, given: Readonly<Record<string, unknown>>): ParsedCommand {
  const command = commands.find((c) => c.name === name)
  if (!command) return misunderstood(`There is no /${name.slice(0, 40)}.${didYouMean(name, commands)}`)
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(command.args.shape, key))
  if (unknown.length > 0) return { ok: false, command, problems: unknown.map((key) => `${key.slice(0, 40)} is not known here.`) }
  const typed = ([key, value]: [string, unknown]) => [key, typeof value === 'string' ? valueFor(command.args.shape[key], value) : value]
  return check(command, Object.fromEntries(Object.entries(given).map(typed)))
}

function check(command: Command, values: Readonly<Record<string, unknown>>): ParsedCommand {
  const parsed = command.args.safeParse(values)
  if (parsed.success) return { ok: true, command, args: parsed.data }
  return { ok: false, command, problems: parsed.error.issues.map((issue) => explain(issue, values)) }
}

/** `/trades [symbol] [limit]`: what a command takes. */
export const usage = (command: Command): string =>
  [
    `/${command.name}`,
    ...Object.entries(command.args.shape).map(([n, type]) => (type.safeParse(undefined).success ? `[${n}]` : `<${n}>`)),
  ].join(' ')

const misunderstood = (...problems: string[]): ParsedCommand => ({ ok: false, command: null, problems })

function didYouMean(name: string, commands: readonly Command[]): string {
  const near = commands.map((c) => ({ name: c.name, far: distance(name.slice(0, 40), c.name) })).sort((a, b) => a.far - b.far)[0]
  return near && near.far <= Math.max(1, Math.floor(near.name.length / 3)) ? ` Did you mean /${near.name}?` : ' /help shows all of them.'
}

interface Word {
  readonly text: string
  /** `limit:20`: the name before the colon, when it stands outside of quotation marks. */
  readonly name: string | null
}

/** Words, with "several words" or 'several words' as one. Null when a quotation mark stays open. */
function split(line: string): readonly Word[] | null {
  const words: Word[] = []
  const pattern = /(?:([A-Za-z_][\w-]*):)?(?:"([^"]*)"|'([^']*)'(?=\s|$)|([^\s"]\S*)?)\s*/y
  while (pattern.lastIndex < line.length) {
    const found = pattern.exec(line)
    // Only a mark that opens and never closes matches nothing.
    if (!found?.[0]) return null
    words.push({ name: found[1] ?? null, text: found[2] ?? found[3] ?? found[4] ?? '' })
  }
  return words
}

function assign(command: Command, words: readonly Word[]) {
  const names = Object.keys(command.args.shape)
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  const loose: string[] = []
  for (const word of words) {
    const name = names.find((n) => n.toLowerCase() === word.name?.toLowerCase())
    // `https://…` or `12:30` are values, not names that nobody knows.
    if (name === undefined) loose.push(word.name === null ? word.text : `${word.name}:${word.text}`)
    else if (Object.hasOwn(values, name)) problems.push(`${name} is given twice.`)
    else values[name] = valueFor(command.args.shape[name], word.text)
  }
  const open = names.filter((n) => !Object.hasOwn(values, n))
  for (const name of open) {
    const text = takesRest(command.args.shape[name]) ? loose.splice(0).join(' ') : (loose.shift() ?? '')
    if (text !== '') values[name] = valueFor(command.args.shape[name], text)
  }
  if (loose.length > 0) problems.push(`"${loose.join(' ').slice(0, 60)}" is too much. Usage: ${usage(command)}`)
  return { values, problems }
}

/** What is typed is text; figures and switches take the value that the text plainly means. */
function valueFor(type: z.core.$ZodType | undefined, text: string): unknown {
  const kind = kindOf(type)
  if (kind === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (kind === 'boolean' && /^(true|yes|on|1)$/i.test(text)) return true
  if (kind === 'boolean' && /^(false|no|off|0)$/i.test(text)) return false
  if (kind === 'enum') return text.toLowerCase()
  return text
}

const takesRest = (type: z.ZodType | undefined): boolean => type?.meta()?.['rest'] === true

/** The kind of a type under its optional and default wrappings; of a pipe, of what goes in. */
function kindOf(type: z.core.$ZodType | undefined): string {
  const def: object = type?._zod.def ?? {}
  if ('innerType' in def) return kindOf(def.innerType as z.core.$ZodType)
  if ('in' in def) return kindOf(def.in as z.core.$ZodType)
  return type?._zod.def.type ?? 'unknown'
}

function explain(issue: z.core.$ZodIssue, values: Readonly<Record<string, unknown>>): string {
  const name = issue.path.map(String).join('.')
  if (name === '') return issue.message
  const given = values[name]
  const wanted = requirement(issue)
  if (given === undefined) return `${name} is missing${wanted === null ? '' : `: it must be ${wanted}`}`
  return `${name}: ${wanted === null ? issue.message : `must be ${wanted}`} (you typed "${String(given).slice(0, 60)}")`
}

/** What would be taken, in plain words; null when the validator's own must do. */
function requirement(issue: z.core.$ZodIssue): string | null {
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String))
  if (issue.code === 'invalid_type' && issue.expected === 'boolean') return 'true or false'
  if (issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int')) return 'a whole number'
  if (issue.code === 'too_big' && issue.origin === 'number') return `at most ${issue.maximum}`
  if (issue.code === 'too_small' && issue.origin === 'number') return `at least ${issue.minimum}`
  return null
}

const oneOf = (values: readonly string[]): string =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
