import { defineJob } from '../../src/app/job.ts'

/** What the day came to, once the session is over. */
export const job = defineJob({
  name: 'daily-digest',
  schedule: '30 * * * * *',
  run: (app) => app.dailyDigest(),
})
