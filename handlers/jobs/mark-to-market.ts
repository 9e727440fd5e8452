import { defineJob } from '../../src/app/job.ts'

/** Follows the open positions; writes the equity curve. */
export const job = defineJob({
  name: 'mark-to-market',
  schedule: '* * * * * *',
  run: (app) => app.mark(),
})
