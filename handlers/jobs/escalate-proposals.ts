import { defineJob } from '../../src/app/job.ts'

/** Asks the next people about cards that nobody decides. */
export const job = defineJob({
  name: 'escalate-proposals',
  schedule: '* * * * * *',
  run: (app) => app.escalateProposals(),
})
