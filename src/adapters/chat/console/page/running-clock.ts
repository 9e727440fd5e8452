/** The server's clock, which may run faster than ours: a reading, when it was taken here, and its speed. */
export interface Reading {
  /** Server time, epoch milliseconds. */
  readonly server: number
  /** Our monotonic time when it arrived, milliseconds. */
  readonly local: number
  /** Server milliseconds per real one. */
  readonly speed: number
}

export const readingOf = (now: string, local: number, speed: number): Reading | null => {
  const server = Date.parse(now)
  return Number.isNaN(server) ? null : { server, local, speed: speed > 0 && Number.isFinite(speed) ? speed : 1 }
}

export const serverTime = (reading: Reading, local: number): number => reading.server + (local - reading.local) * reading.speed

/** Share of a card's life that is left, 1..0. */
export function lifeLeft(offeredAt: string, expiresAt: string, now: number): number {
  const start = Date.parse(offeredAt)
  const end = Date.parse(expiresAt)
  if (!(end > start)) return 0
  return Math.min(1, Math.max(0, (end - now) / (end - start)))
}

/** A quote too old to act on; one without a time is too. */
export const isStale = (at: string | undefined, now: number, maxAgeSeconds: number): boolean => {
  const then = at === undefined ? Number.NaN : Date.parse(at)
  return Number.isNaN(then) || now - then > maxAgeSeconds * 1000
}
