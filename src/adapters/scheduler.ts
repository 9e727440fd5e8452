import { schedule } from 'node-cron'

export interface ScheduledJob {
  readonly name: string
  /** Cron expression with seconds, real time. */
  readonly schedule: string
  run(): Promise<void>
}
interface SchedulerLog {
  error(facts: object, message: string): void
}

/** Runs jobs by the clock on the wall. A run that is still going when the next is due lets that one pass. */
export function startJobs(jobs: readonly ScheduledJob[], log: SchedulerLog): { stop(): Promise<void> } {
  const running = new Map<string, Promise<void>>()
  const tasks = jobs.map((job) =>
    schedule(job.schedule, () => {
      if (running.has(job.name)) return
      const run = job
        .run()
        .catch((error: unknown) => log.error({ job: job.name, error }, `the job ${job.name} failed; it runs again as planned`))
        .finally(() => running.delete(job.name))
      running.set(job.name, run)
    }),
  )
  return {
    async stop() {
      await Promise.all(tasks.map((task) => task.destroy()))
      await Promise.all(running.values())
    },
  }
}
