import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import { z } from 'zod'
import { defineCli, exitCodes } from '../../src/app/cli.ts'
import { text } from '../../src/domain/decimal.ts'
import type { ClosedTrade, ReadModel } from '../../src/ports/read-model.ts'

export const cli = defineCli({
  name: 'export',
  summary: 'write closed trades for a spreadsheet or a tax adviser',
  arguments: [{ syntax: '<what>', description: 'trades' }],
  options: [
    { syntax: '--csv', description: 'comma-separated values, the only format there is' },
    { syntax: '--out <file>', description: 'write to a file that does not exist yet, instead of the terminal' },
    { syntax: '--symbol <symbol>', description: 'only this symbol' },
  ],
  input: z.object({
    what: z.literal('trades', { error: 'must be trades' }),
    csv: z.literal(true, { error: 'must be given: --csv is the only format' }),
    out: z.string().optional(),
    symbol: z.string().optional(),
  }),
  async run({ input: { out, symbol }, deps }) {
    const store = await deps.openStore(deps.environment())
    try {
      let count = 0
      const rows = async function* () {
        for await (const trade of allTrades(store.read, symbol)) {
          count += 1
          yield row(trade)
        }
      }
      const csv = stringify({ header: true, columns: [...columns] })
      // `wx`: an older export is never overwritten.
      if (out === undefined) await pipeline(rows, csv, printer(deps.print))
      else await pipeline(rows, csv, createWriteStream(out, { flags: 'wx' }))
      deps.printError(`✓ ${count} trades exported${out === undefined ? '' : ` to ${out}`}`)
      return exitCodes.ok
    } finally {
      await store.close()
    }
  },
})

const columns = [
  'opened_at',
  'closed_at',
  'symbol',
  'side',
  'quantity',
  'entry_price',
  'exit_price',
  'realized_pnl',
  'fees',
  'net_pnl',
  'mae',
  'mfe',
  'exit_reason',
  'category',
  'position_id',
  'proposal_id',
] as const

const row = (t: ClosedTrade): Readonly<Record<(typeof columns)[number], string>> => ({
  opened_at: t.openedAt,
  closed_at: t.closedAt,
  symbol: inert(t.symbol),
  side: t.side,
  quantity: text(t.quantity),
  entry_price: text(t.entryPrice),
  exit_price: text(t.exitPrice),
  realized_pnl: text(t.realizedPnl),
  fees: text(t.fees),
  net_pnl: text(t.realizedPnl.minus(t.fees)),
  mae: text(t.mae),
  mfe: text(t.mfe),
  exit_reason: inert(t.exitReason),
  category: inert(t.category ?? ''),
  position_id: t.positionId,
  proposal_id: t.proposalId ?? '',
})

/** Words from outside must not run as a formula when a spreadsheet opens the file; figures keep their minus sign. */
const inert = (words: string): string => (/^[=+\-@\t\r]/.test(words) ? `'${words}` : words)

/** Newest first, page by page: a long history never sits in memory as a whole. */
async function* allTrades(read: ReadModel, symbol: string | undefined): AsyncGenerator<ClosedTrade> {
  let cursor: string | null | undefined
  do {
    const page = await read.trades({ symbol }, { limit: 200, cursor: cursor ?? undefined })
    yield* page.items
    cursor = page.next
  } while (cursor !== null)
}

const printer = (print: (line: string) => void) => async (chunks: AsyncIterable<Buffer | string>) => {
  for await (const chunk of chunks) print(String(chunk).trimEnd())
}
