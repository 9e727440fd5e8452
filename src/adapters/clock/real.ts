import type { Clock } from '../../ports/clock.ts'

/** The clock on the wall. When somebody sets it back, it stands still until time has caught up. */
export function createRealClock(read: () => number = Date.now): Clock {
  let last = 0
  return {
    now() {
      last = Math.max(last, read())
      return last
    },
    speed: 1,
  }
}
