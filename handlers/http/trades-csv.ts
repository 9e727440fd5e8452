import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { z } from 'zod'
import type { App } from '../../src/app/app.ts'
import { symbolField } from '../../src/app/fields.ts'
import { defineRoute } from '../../src/app/route.ts'
import { text } from '../../src/domain/decimal.ts'
import type { ClosedTrade } from '../../src/ports/read-model.ts'

const pageSize = 200

export const route = defineRoute({
  name: 'trades-csv',
  method: 'GET',
  path: '/api/v1/trades.csv',
  summary: 'Every closed trade, newest first, for a spreadsheet. USD; times in UTC; P&L before fees.',
  role: 'viewer',
  query: z.strictObject({ symbol: symbolField.optional() }),
  async run({ app, query: { symbol } }) {
    const csv = stringify({ header: true, columns: Object.keys(columns) })
    pipeline(Readable.from(rows(app, symbol)), csv, (error) => {
      // A person who closes the download is no error.
      if (error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') app.log.error({ err: error }, 'the export of trades broke off')
    })
    const headers = { 'content-disposition': 'attachment; filename="trades.csv"' }
    return { status: 200, body: csv, contentType: 'text/csv; charset=utf-8', headers }
  },
})

/** Page by page, so that the memory used does not grow with the history. */
async function* rows(app: App, symbol: string | undefined): AsyncGenerator<readonly string[]> {
  let cursor: string | undefined
  for (;;) {
    const page = await app.read.trades({ symbol }, { cursor, limit: pageSize })
    for (const trade of page.items) yield Object.values(columns).map((cell) => cell(trade))
    if (page.next === null) return
    cursor = page.next
  }
}

const columns: Readonly<Record<string, (t: ClosedTrade) => string>> = {
  opened_at: (t) => t.openedAt,
  closed_at: (t) => t.closedAt,
  symbol: (t) => words(t.symbol),
  side: (t) => t.side,
  quantity: (t) => text(t.quantity),
  entry_price: (t) => t.entryPrice.round(4).toFixed(),
  exit_price: (t) => t.exitPrice.round(4).toFixed(),
  realized_pnl: (t) => t.realizedPnl.toFixed(2),
  fees: (t) => t.fees.toFixed(2),
  net_pnl: (t) => t.realizedPnl.minus(t.fees).toFixed(2),
  mae: (t) => t.mae.toFixed(2),
  mfe: (t) => t.mfe.toFixed(2),
  exit_reason: (t) => words(t.exitReason),
  category: (t) => words(t.category ?? ''),
  position_id: (t) => words(t.positionId),
  proposal_id: (t) => words(t.proposalId ?? ''),
}

/** A spreadsheet runs text that begins like a formula; an apostrophe keeps it text. Our own numbers need none: -12.50 must stay a number. */
const words = (value: string): string => (/^[\s]*[=+\-@\uff0b\uff0d\uff1d\uff20\t\r]/.test(value) ? `'${value}` : value)
