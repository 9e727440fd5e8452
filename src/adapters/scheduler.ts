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
export interface Jobs {
  /** Runs each by the clock on the wall. A run that is still going when the next is due lets that one pass. */
  start(): void
  /** Runs each once, one after the other: for a market whose time moves in steps. */
  runAll(): Promise<void>
  /** Resolves when what was running is done; nothing runs afterwards. */
  stop(): Promise<void>
}

export function createJobs(jobs: readonly ScheduledJob[], log: SchedulerLog): Jobs {
  const running = new Map<string, Promise<void>>()
  const tasks: ReturnType<typeof schedule>[] = []
  let stopped = false

  const run = (job: ScheduledJob): Promise<void> => {
    const now = job
      .run()
      .catch((error: unknown) => log.error({ job: job.name, error }, `the job ${job.name} failed; it runs again as planned`))
      .finally(() => running.delete(job.name))
    running.set(job.name, now)
    return now
  }
  return {
    start() {
      for (const job of jobs) tasks.push(schedule(job.schedule, () => (running.has(job.name) ? undefined : run(job))))
    },
    async runAll() {
      for (const job of jobs) if (!stopped) await run(job)
    },
    async stop() {
      stopped = true
      await Promise.all(tasks.map((task) => task.destroy()))
      await Promise.all(running.values())
    },
  }
}
