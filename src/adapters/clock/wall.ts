import type { Clock } from '../../ports/clock.ts'

/** Real time. A machine whose clock is set back stands still until time has caught up: what was later stays later. */
export function createWallClock(realNow: () => number = Date.now): Clock {
  let latest = Number.NEGATIVE_INFINITY
  return {
    speed: 1,
    now() {
      latest = Math.max(latest, realNow())
      return latest
    },
  }
}
