import { defineJob } from '../../src/app/job.ts'

/** Compares the books with the broker, because a stream can be silent and alive. */
export const job = defineJob({
  name: 'reconcile',
  schedule: '*/30 * * * * *',
  run: (app) => app.reconcile(),
})
