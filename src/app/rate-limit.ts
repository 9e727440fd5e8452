export interface RateLimit {
  /**
   * Counts one action of a person, unless there were `limit` within the last minute.
   * @param now epoch milliseconds. @returns milliseconds until the next one is let through; 0: this one was.
   */
  take(person: string, limit: number, now: number): number
}

const windowMs = 60_000
/** Beyond this many people at once, those who did nothing lately are forgotten, and then everybody is. */
const mostPeople = 10_000

export function createRateLimit(): RateLimit {
  const actions = new Map<string, readonly number[]>()

  function makeRoom(now: number): void {
    if (actions.size < mostPeople) return
    for (const [person, times] of actions) if (now - (times.at(-1) ?? 0) >= windowMs) actions.delete(person)
    if (actions.size >= mostPeople) actions.clear()
  }

  return {
    take(person, limit, now) {
      const recent = (actions.get(person) ?? []).filter((at) => now - at < windowMs)
      const oldest = recent[recent.length - limit]
      if (oldest !== undefined) return oldest + windowMs - now
      makeRoom(now)
      actions.set(person, [...recent, now])
      return 0
    },
  }
}
