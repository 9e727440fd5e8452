import { z } from 'zod'
import { defineCli, exitCodes } from '../../src/app/cli.ts'
import { askAndTell, printFacts } from '../../src/app/running-process.ts'
import { closeAll } from './flatten.ts'

export const cli = defineCli({
  name: 'kill',
  summary: 'halt: no entries, entry orders canceled, open cards voided; positions keep their stops',
  options: [{ syntax: '--flatten', description: 'close every position as well' }],
  input: z.object({ flatten: z.boolean().default(false) }),
  run: ({ input, deps }) =>
    askAndTell(deps, { method: 'POST', path: '/api/v1/kill', body: {} }, (body) => {
      printFacts(deps, body)
      return input.flatten ? closeAll(deps) : exitCodes.ok
    }),
})
