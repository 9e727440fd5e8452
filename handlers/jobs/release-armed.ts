import { defineJob } from '../../src/app/job.ts'

/** Approvals that were given while the market was shut become orders, or lapse, once it opens. */
export const job = defineJob({
  name: 'release-armed',
  schedule: '* * * * * *',
  run: (app) => app.releaseArmed(),
})
