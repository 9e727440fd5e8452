import type { CardTable, Fact } from '../../../ports/chat.ts'
import { pieces, visible } from './text.ts'

/** Monospace characters that fit a phone held upright. */
const width = 34
const mostLabel = 14

/** Label and value side by side; what is longer goes on below, indented. */
export function factLines(facts: readonly Fact[]): readonly string[] {
  const label = Math.min(mostLabel, Math.max(0, ...facts.map((fact) => oneLine(fact.label).length)))
  return facts.flatMap((fact) => {
    const name = oneLine(fact.label)
    const values = pieces(oneLine(fact.value), width - label - 1)
    if (name.length > label) return [...pieces(name, width), ...values.map((value) => `${' '.repeat(label + 1)}${value}`)]
    const [first = '', ...rest] = values
    return [`${name.padEnd(label)} ${first}`.trimEnd(), ...rest.map((value) => `${' '.repeat(label + 1)}${value}`)]
  })
}

const figure = /^(?:[-+]?\$?[\d,.]+ ?(?:%|[A-Za-z]{1,3})?)?$/

/** Words to the left, figures to the right. Rows that do not fit become two lines each. */
export function tableLines({ columns, rows, total }: CardTable): readonly string[] {
  const all = [columns, ...rows, ...(total === null ? [] : [total])].map((row) => row.map(oneLine))
  const widths = Array.from({ length: Math.max(...all.map((row) => row.length)) }, (_, i) =>
    Math.max(...all.map((row) => row[i]?.length ?? 0)),
  )
  const toTheLeft = widths.map((_, i) => i === 0 || !rows.every((row) => figure.test(oneLine(row[i] ?? ''))))
  const spare = width - widths.reduce((sum, w) => sum + w, 0)
  const lines = spare >= widths.length - 1 ? all.map((row) => [aligned(row, widths, spare, toTheLeft)]) : all.map(stacked)
  const rule = '─'.repeat(Math.min(width, Math.max(...lines.flat().map((line) => line.length))))
  const [head = [], ...body] = lines
  return total === null ? [...head, rule, ...body.flat()] : [...head, rule, ...body.slice(0, -1).flat(), rule, ...(body.at(-1) ?? [])]
}

function aligned(row: readonly string[], widths: readonly number[], spare: number, toTheLeft: readonly boolean[]): string {
  const gap = widths.length > 1 ? Math.min(2, Math.floor(spare / (widths.length - 1))) : 0
  const cell = (w: number, i: number) => (toTheLeft[i] ? (row[i] ?? '').padEnd(w) : (row[i] ?? '').padStart(w))
  return widths.map(cell).join(' '.repeat(gap)).trimEnd()
}

function stacked(row: readonly string[]): readonly string[] {
  const [first = '', ...rest] = row
  return [...pieces(first, width), ...pieces(rest.filter((cell) => cell !== '').join(' '), width - 1).map((line) => ` ${line}`)]
}

const oneLine = (text: string): string => visible(text).replace(/\n/g, ' ')
