/**
 * The running clock: real, simulated or replayed. Freshness, expiry and sessions are all judged on it.
 * Timers that guard sockets and shutdown use real time instead.
 */
export interface Clock {
  /** Epoch milliseconds. Never goes back. */
  now(): number
  /** Running milliseconds that pass in one real millisecond; 1 for the real clock. */
  readonly speed: number
}

/** ISO 8601 UTC with milliseconds, as events store it. */
export const isoNow = (clock: Clock): string => new Date(clock.now()).toISOString()
