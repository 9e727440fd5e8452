import { notional, type Usd, usd } from '../../domain/decimal.ts'
import type { Position } from '../../domain/position.ts'
import type { Card, CardButton, CardTable } from '../../ports/chat.ts'
import type { CloseReport } from '../app.ts'
import { type Asked, type CardContent, count, dollars, refusal, reply } from '../card.ts'

/** What a close or a flatten set off, and what it could not. */
export function closing({ closing: sent, left }: CloseReport): Required<Pick<CardContent, 'tone' | 'title' | 'lines' | 'table'>> {
  const table: CardTable | null =
    sent.length === 0 ? null : { columns: ['Closing', 'Order'], rows: sent.map((c) => [c.symbol, c.orderId.slice(-20)]), total: null }
  if (left.length > 0)
    return {
      tone: 'bad',
      title: `NOT FLAT: ${count(left.length, 'position')} could not be closed yet`,
      lines: left.map((l) => `${l.symbol}: ${l.reason}`),
      table,
    }
  if (sent.length === 0) return { tone: 'good', title: 'Flat: no open position', lines: [], table }
  return {
    tone: 'warning',
    title: `Not flat yet: closing ${count(sent.length, 'position')}`,
    lines: ['Protective orders give way first; each fill is reported as it comes. /positions says what is left.'],
    table,
  }
}

export const closingCard = (asked: Asked, report: CloseReport) => reply(asked, { ...closing(report), data: report })

/** Half goes, half stays: never "flat". */
export function closingHalfCard(asked: Asked, { symbol }: Position, report: CloseReport): Card {
  const [left] = report.left
  if (left) return refusal(asked, 'Nothing was closed', 'NOT_CLOSED', `${symbol}: ${left.reason}`)
  return reply(asked, {
    tone: 'warning',
    title: `Closing half of ${symbol}`,
    lines: ['Its stop and target give way first and return for the rest.'],
    data: report,
  })
}

/** Gross worth at the last marks, USD. */
export const grossValue = (positions: readonly Position[]): Usd =>
  positions.reduce((sum, p) => sum.plus(notional(p.markPrice ?? p.entryPrice, p.quantity)) as Usd, usd('0'))

/** The red button: how many and how much. None when there is nothing to flatten. */
export const flattenButton = (positions: readonly Position[]): readonly CardButton[] =>
  positions.length === 0
    ? []
    : [
        {
          id: 'flatten:all',
          label: `Flatten all: ${count(positions.length, 'position')}, ${dollars(grossValue(positions))}`,
          style: 'danger',
        },
      ]
