import { z } from 'zod'
import { defineCli, exitCodes } from '../../src/app/cli.ts'
import { askAndTell, printFacts } from '../../src/app/running-process.ts'

const position = z.object({ symbol: z.string(), side: z.string(), quantity: z.string(), unrealized_pnl: z.string().nullable() })
const positions = z.array(position).catch([])

export const cli = defineCli({
  name: 'status',
  summary: 'how the running process is doing, and what it holds',
  input: z.object({}),
  run: ({ deps }) =>
    askAndTell(deps, { method: 'GET', path: '/health' }, (health) => {
      if (health['mode'] === 'live') deps.print('*** LIVE: REAL MONEY ***')
      printFacts(deps, health)
      return askAndTell(deps, { method: 'GET', path: '/api/v1/positions?status=open' }, (list) => {
        const open = positions.parse(list['items'])
        deps.print(`open positions  ${open.length}`)
        for (const { symbol, side, quantity, unrealized_pnl } of open)
          deps.print(`  ${symbol.padEnd(10)} ${side.padEnd(5)} ${quantity.padStart(10)}  unrealized ${unrealized_pnl ?? '-'}`)
        return exitCodes.ok
      })
    }),
})
