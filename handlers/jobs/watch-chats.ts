import { defineJob } from '../../src/app/job.ts'

/** Whether approvals can reach people, and what beside its name each chat shows. */
export const job = defineJob({
  name: 'watch-chats',
  schedule: '* * * * * *',
  run: (app) => app.watchChats(),
})
