import { bounds } from './lists.ts'
import type { CommandInfo } from './wire.ts'

export interface Suggestion {
  /** What the box holds once it is taken. */
  readonly text: string
  readonly label: string
  readonly hint: string
}

const usage = (c: CommandInfo): string => c.args.map((a) => (a.required ? `<${a.name}>` : `[${a.name}]`)).join(' ')
const known = (commands: readonly CommandInfo[], name: string) => commands.find((c) => c.name === name.toLowerCase())

/** What can follow what is typed: command names first, then the values an argument takes, then open symbols. */
export function suggest(typed: string, commands: readonly CommandInfo[], symbols: readonly string[]): readonly Suggestion[] {
  const body = typed.replace(/^\s*\//, '')
  const words = body.split(/\s+/)
  const [name = ''] = words
  if (words.length <= 1) {
    const asked = name.toLowerCase()
    return commands
      .filter((c) => c.name.startsWith(asked))
      .map((c) => ({ text: `/${c.name}${c.args.length > 0 ? ' ' : ''}`, label: `/${c.name} ${usage(c)}`.trim(), hint: c.summary }))
  }
  const argument = known(commands, name)?.args[words.length - 2]
  if (!argument) return []
  const partial = words.at(-1) ?? ''
  const values = argument.values ?? (/symbol|ticker/i.test(argument.name) ? symbols : [])
  const before = words.slice(0, -1).join(' ')
  return values
    .filter((v) => v.toLowerCase().startsWith(partial.toLowerCase()) && v !== partial)
    .map((v) => ({ text: `/${before} ${v}`, label: v, hint: argument.description }))
}

/** The argument being typed, in words; null when the command takes no more. */
export function argumentHint(typed: string, commands: readonly CommandInfo[]): string | null {
  const words = typed.replace(/^\s*\//, '').split(/\s+/)
  const command = known(commands, words[0] ?? '')
  if (!command || words.length < 2) return null
  const argument = command.args[words.length - 2]
  return argument ? `${argument.name}${argument.required ? '' : ' (optional)'}: ${argument.description}` : null
}

/** Newest last, no repeats in a row, bounded. */
export const remember = (history: readonly string[], text: string): readonly string[] =>
  history.at(-1) === text ? history : [...history, text].slice(-bounds.history)
