import type { RunningApp } from './create-app.ts'

/** Work that time sets off. Runs never overlap themselves; a failed run is logged and the next one comes as planned. */
export interface Job {
  readonly name: string
  /** Cron expression with seconds, in real time: `*\/1 * * * * *` is every second. */
  readonly schedule: string
  readonly run: (app: RunningApp) => Promise<void>
}
export const defineJob = (job: Job): Job => job
