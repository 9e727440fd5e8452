import { defineJob } from '../../src/app/job.ts'

/** Reminds whoever put a card off, shortly before it expires. */
export const job = defineJob({
  name: 'remind-snoozed',
  schedule: '* * * * * *',
  run: (app) => app.remindSnoozed(),
})
