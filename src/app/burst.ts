export interface Burst {
  /** One more new proposal goes out: `digest` means silently, and with one notice for all that wait. */
  next(limit: number, now: number): 'ring' | 'digest' | 'hush'
  /** One did ring. */
  rang(now: number): void
  /** Nothing waits any more. */
  drained(): void
}

const windowMs = 60_000

/** Lets so many proposals ring in a minute; behind them one digest, and silence until the rest is out. */
export function createBurst(): Burst {
  let rung: readonly number[] = []
  let digestAt = Number.NEGATIVE_INFINITY
  let crowded = false
  return {
    next(limit, now) {
      rung = rung.filter((at) => now - at < windowMs)
      if (!crowded && rung.length < limit) return 'ring'
      const told = crowded || now - digestAt < windowMs
      crowded = true
      if (told) return 'hush'
      digestAt = now
      return 'digest'
    },
    rang(now) {
      rung = [...rung, now]
    },
    drained() {
      crowded = false
    },
  }
}
