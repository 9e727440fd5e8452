import { defineJob } from '../../src/app/job.ts'

/** Sends what waits, cancels what is late, and guards positions that lost their stop. */
export const job = defineJob({
  name: 'tend-orders',
  schedule: '* * * * * *',
  run: (app) => app.tendOrders(),
})
