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
  readonly log: { error(facts: object, message: string): void }
}

const minuteMs = 60_000

/**
 * Moves a replay by itself, from minute to minute, because a quote is as old as its minute's end. Nights and weekends
 * pass at once; after the last bar time goes on, with nothing to trade.
 */
export function createPacer({ pace, clock, lastAt, advanceTo, log }: PacerOptions): { open(): void; close(): Promise<void> } {
  let open = false
  let timer: ReturnType<typeof setTimeout> | null = null
  let running: Promise<void> = Promise.resolve()

  let due = 0
  const move = async (factor: number, passedMs: number): Promise<void> => {
    const now = clock.now()
    if (sessionAt(now) === 'closed' && now < lastAt) {
      due = 0
      return advanceTo(Math.min(lastAt, nextOpen(now) - preMs))
    }
    due += passedMs * factor
    const minutes = Math.floor(due / minuteMs)
    due -= minutes * minuteMs
    if (minutes > 0) await advanceTo(now + minutes * minuteMs)
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
