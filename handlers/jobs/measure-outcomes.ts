import { defineJob } from '../../src/app/job.ts'

/** What became of trades that were not made, 15 minutes, an hour and a day after. */
export const job = defineJob({
  name: 'measure-outcomes',
  schedule: '30 * * * * *',
  run: (app) => app.measureOutcomes(),
})
