import type { CardTable } from '../../../ports/chat.ts'
import { code } from './text.ts'

/** Characters of a phone's width in monospace. */
const phone = 34
const mostRows = 40

const size = (cell: string): number => [...cell].length
const figure = /^(?:[-+]?\$?[\d,.]+ ?(?:%|[A-Za-z]{1,3})?)?$/

/** A code block: words to the left, figures to the right, the total under a line. Rows that do not fit become two lines each. */
export function tableBlock({ columns, rows, total }: CardTable): string {
  const shown = rows.slice(0, mostRows)
  const cells = [columns, ...shown, ...(total ? [total] : [])].map((row) => row.map(code))
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => size(row[index] ?? ''))))
  const wide = (gap: number) => widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1)
  const gap = wide(2) <= phone ? 2 : 1
  const toTheLeft = columns.map((_, index) => index === 0 || !shown.every((row) => figure.test(code(row[index] ?? ''))))
  const stacked = ([first = '', ...rest]: readonly string[]) => `${first}\n  ${rest.filter((cell) => cell !== '').join(' ')}`.trimEnd()
  const line = (row: readonly string[]) =>
    widths
      .map((width, index) => {
        const cell = row[index] ?? ''
        const padding = ' '.repeat(width - size(cell))
        return toTheLeft[index] ? cell + padding : padding + cell
      })
      .join(' '.repeat(gap))
      .trimEnd()
  const lines = cells.map(wide(gap) <= phone ? line : stacked)
  if (rows.length > shown.length) lines.splice(1 + shown.length, 0, `… ${rows.length - shown.length} more`)
  if (total) lines.splice(-1, 0, '─'.repeat(Math.min(wide(gap), phone)))
  return `\`\`\`\n${lines.join('\n')}\n\`\`\``
}
