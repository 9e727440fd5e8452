import type { Log } from './context.ts'

/** Work that must never overlap itself and never miss a wake-up: a poke during a run means one more run after it. */
export interface Pump {
  /** Starts a run, or asks for one more. Never throws; failures are logged and the next poke tries again. */
  poke(): void
  /** Resolves when the work that was asked for so far is done. */
  settled(): Promise<void>
}

export function createPump(name: string, log: Log, work: () => Promise<void>): Pump {
  let again = false
  let running: Promise<void> | null = null

  const run = async () => {
    do {
      again = false
      try {
        await work()
      } catch (error) {
        log.error({ pump: name, error }, `${name} failed; it is tried again at the next occasion`)
      }
    } while (again)
    running = null
  }
  const poke = () => {
    again = true
    running ??= run()
  }
  return {
    poke,
    async settled() {
      for (let run = running; run !== null; run = running) await run
    },
  }
}

/** Runs tasks one after the other, in the order they came; a failed one does not stop the rest. */
export function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = tail.then(task, task)
    // The chain only carries order; whoever called gets the failure.
    tail = result.then(
      () => null,
      () => null,
    )
    return result
  }
}

/** Calls that come shortly one after the other become one, `ms` (real) after the first of them. */
export function gathered(ms: number, work: () => void): { soon(): void; now(): void } {
  let timer: NodeJS.Timeout | null = null
  const now = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    work()
  }
  return {
    soon() {
      timer ??= setTimeout(now, ms)
    },
    now,
  }
}
