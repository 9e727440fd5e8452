import { z } from 'zod'
import { defineCli, exitCodes } from '../../src/app/cli.ts'
import { askAndTell, printFacts } from '../../src/app/running-process.ts'

export const cli = defineCli({
  name: 'pause',
  summary: 'no new entries; stops, targets and exits keep working',
  input: z.object({}),
  run: ({ deps }) =>
    askAndTell(deps, { method: 'POST', path: '/api/v1/pause', body: {} }, (body) => {
      printFacts(deps, body)
      return exitCodes.ok
    }),
})
