import type { Clock } from '../../ports/clock.ts'

/** The machine's clock, kept from going back when the machine's time is set back. */
export function createRealClock(realNow: () => number = Date.now): Clock {
  let latest = realNow()
  return {
    speed: 1,
    now() {
      latest = Math.max(latest, realNow())
      return latest
    },
  }
}
