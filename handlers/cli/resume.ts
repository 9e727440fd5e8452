import { z } from 'zod'
import { defineCli, exitCodes } from '../../src/app/cli.ts'
import { askAndTell, printFacts } from '../../src/app/running-process.ts'

export const cli = defineCli({
  name: 'resume',
  summary: 'take entries again after a pause or a halt',
  arguments: [{ syntax: '<reason...>', description: 'why it is safe to go on; kept on the record' }],
  input: z.object({ reason: z.string().trim().min(1, 'must say why').max(500, 'must be at most 500 characters') }),
  run: ({ input, deps }) =>
    askAndTell(deps, { method: 'POST', path: '/api/v1/resume', body: { reason: input.reason } }, (body) => {
      printFacts(deps, body)
      return exitCodes.ok
    }),
})
