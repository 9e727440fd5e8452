import { defineJob } from '../../src/app/job.ts'

/** Tries again what a chat did not take; fresh messages go out at once without this. */
export const job = defineJob({
  name: 'deliver-messages',
  schedule: '* * * * * *',
  run: async (app) => app.deliver(),
})
