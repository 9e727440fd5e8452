import type { App } from './app.ts'

/** Work that time sets off. Runs never overlap themselves. */
export interface Job {
  readonly name: string
  /** Real milliseconds between the end of one run and the start of the next. */
  readonly everyMs: number
  readonly run: (app: App) => Promise<void>
}
export const defineJob = (job: Job): Job => job
