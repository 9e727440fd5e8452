import { nextOpen, sessionAt } from '../../domain/calendar.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyValueStore } from '../../ports/key-value.ts'

const namespace = 'clock:simulated'
const saveEveryMs = 2_000
/** Enough after the close for what happens there to be seen. */
const lingerMs = 5 * 60_000
/** The next session begins this long before its open. */
const leadMs = 10 * 60_000

export interface SimulatedClockOptions {
  readonly store: KeyValueStore
  /** Simulated milliseconds in one real one. */
  readonly speed: number
  /** Jump from 16:05 to 09:20 of the next session. */
  readonly skipClosedHours: boolean
  /** Where time begins when nothing is remembered, epoch milliseconds. */
  readonly startAt: number
  /** Time never begins before this: pass the newest event's time. */
  readonly notBefore?: number
  readonly realNow?: () => number
  readonly log: { warn(facts: object, message: string): void }
}
export interface SimulatedClock extends Clock {
  /** Begins to remember the time, every two seconds. */
  start(): void
  stop(): Promise<void>
}

/** Where closed hours are skipped to, or the same moment in open ones. */
export function skipClosed(ms: number): number {
  const session = sessionAt(ms)
  if (session === 'regular' || (session === 'post' && sessionAt(ms - lingerMs) === 'regular')) return ms
  return Math.max(ms, nextOpen(ms) - leadMs)
}

/** Simulated time: goes on where it stopped, at its own speed, whatever happened in between. */
export async function createSimulatedClock(options: SimulatedClockOptions): Promise<SimulatedClock> {
  const realNow = options.realNow ?? Date.now
  const saved = (await options.store.load(namespace)).get('now')
  const remembered = typeof saved === 'number' && Number.isFinite(saved) ? saved : options.startAt
  let latest = Math.max(remembered, options.notBefore ?? 0)
  let anchor = { running: latest, real: realNow() }
  let timer: ReturnType<typeof setInterval> | null = null
  let saving: Promise<void> = Promise.resolve()

  const now = (): number => {
    const real = realNow()
    const passed = Math.max(0, real - anchor.real) * options.speed
    const at = Math.floor(anchor.running + passed)
    const here = options.skipClosedHours ? skipClosed(at) : at
    if (here !== at) anchor = { running: here, real }
    latest = Math.max(latest, here)
    return latest
  }
  const save = (): Promise<void> => {
    saving = saving.then(() => options.store.save(namespace, new Map([['now', now()]])))
    return saving
  }

  return {
    speed: options.speed,
    now,
    start() {
      timer ??= setInterval(() => {
        save().catch((error: unknown) => {
          saving = Promise.resolve()
          options.log.warn({ error }, 'the simulated time could not be saved; trying again')
        })
      }, saveEveryMs)
    },
    async stop() {
      if (timer) clearInterval(timer)
      timer = null
      await save()
    },
  }
}
