import { z } from 'zod'
import { type CliDependencies, defineCli, type ExitCode, exitCodes } from '../../src/app/cli.ts'
import { askAndTell, printFacts } from '../../src/app/running-process.ts'

const left = z.array(z.object({ symbol: z.string(), reason: z.string() })).catch([])

/** Being asked to go flat and not being able to is no success, even though the request was taken. */
export const closeAll = (deps: CliDependencies): Promise<ExitCode> =>
  askAndTell(deps, { method: 'POST', path: '/api/v1/positions/close-all', body: {} }, (body) => {
    printFacts(deps, body)
    const open = left.parse(body['left'])
    for (const { symbol, reason } of open) deps.printError(`✗ NOT FLAT: ${symbol}: ${reason}`)
    return open.length === 0 ? exitCodes.ok : exitCodes.refused
  })

export const cli = defineCli({
  name: 'flatten',
  summary: 'close every open position',
  input: z.object({}),
  run: ({ deps }) => closeAll(deps),
})
