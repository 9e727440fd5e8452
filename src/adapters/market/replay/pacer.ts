import { nextOpen, sessionAt } from '../../../domain/calendar.ts'
import type { Clock } from '../../../ports/clock.ts'

const everyRealMs = 200
/** From the first extended trading to the open. */
const preMs = 5.5 * 3_600_000

export interface PacerOptions {
  readonly pace: number | 'manual'
  readonly clock: Clock
  readonly lastAt: number
  readonly advanceTo: (ms: number) => Promise<void>
  readonly log: { info(facts: object, message: string): void; error(facts: object, message: string): void }
}

const minuteMs = 60_000
/** A step that took longer than this slows the replay down, instead of making the next step longer still. */
const mostRealMs = 1_000

/**
 * Moves a replay by itself, from minute to minute, because a quote is as old as its minute's end. Nights and weekends
 * pass at once; after the last bar time goes on, with nothing to trade.
 */
export function createPacer({ pace, clock, lastAt, advanceTo, log }: PacerOptions): { open(): void; close(): Promise<void> } {
  let open = false
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<void> = Promise.resolve()

  let due = 0
  let over = false
  /** Minute by minute, so that closing need not wait for a whole night. */
  const moveTo = async (ms: number): Promise<void> => {
    while (open && clock.now() < ms) await advanceTo(Math.min(ms, clock.now() + minuteMs))
  }
  const move = async (factor: number, passedMs: number): Promise<void> => {
    const now = clock.now()
    if (sessionAt(now) === 'closed' && now < lastAt) {
      due = 0
      return moveTo(Math.min(lastAt, nextOpen(now) - preMs))
    }
    due += Math.min(passedMs, mostRealMs) * factor
    const minutes = Math.floor(due / minuteMs)
    due -= minutes * minuteMs
    await moveTo(now + minutes * minuteMs)
    if (over || clock.now() < lastAt) return
    over = true
    log.info({ last_bar: new Date(lastAt).toISOString() }, 'the replay has come to its last bar: time goes on, with nothing to trade')
  }
  const schedule = (factor: number, last: number): void => {
    timer = setTimeout(() => {
      const real = Date.now()
      running = move(factor, real - last)
        .catch((error: unknown) => log.error({ error }, 'a step of the replay failed'))
        .then(() => {
          if (open) schedule(factor, real)
        })
    }, everyRealMs)
  }
  return {
    open() {
      if (open || pace === 'manual') return
      open = true
      schedule(pace, Date.now())
    },
    async close() {
      open = false
      if (timer) clearTimeout(timer)
      await running
    },
  }
}
