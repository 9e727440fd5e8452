import { defineJob } from '../../src/app/job.ts'

/** Ends cards that nobody answered. A tap after the deadline is refused by itself, so a second is close enough. */
export const job = defineJob({
  name: 'expire-proposals',
  schedule: '* * * * * *',
  run: (app) => app.expireProposals(),
})
