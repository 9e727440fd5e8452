import { defineJob } from '../../src/app/job.ts'

/** The pinned line says that the bot is alive. */
export const job = defineJob({
  name: 'heartbeat',
  schedule: '0 * * * * *',
  run: (app) => app.heartbeat(),
})
