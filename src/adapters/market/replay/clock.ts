import type { Clock } from '../../../ports/clock.ts'

/** Time of a replay: it stands still until it is moved. */
export interface ReplayClock extends Clock {
  moveTo(ms: number): void
}

export function createReplayClock(startAt: number, speed: number): ReplayClock {
  let at = startAt
  return {
    speed,
    now: () => at,
    moveTo(ms) {
      at = Math.max(at, ms)
    },
  }
}
