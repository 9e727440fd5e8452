/**
 * Relative volume: what traded in a stretch of a session, by what an average day would have traded in as much of it.
 * An average day is taken as even, so it reads high near the open and the close, where volume is thicker, and low at midday.
 * @param traded shares in the stretch.
 * @param days shares of whole earlier days.
 * @param shareOfSession 0..1, the length of the stretch.
 * @returns 1 for usual; null when there is nothing to compare with.
 */
export function relativeVolume(traded: number, days: readonly number[], shareOfSession: number): number | null {
  const average = days.reduce((sum, volume) => sum + volume, 0) / days.length
  const usual = average * shareOfSession
  return usual > 0 && Number.isFinite(traded) ? traded / usual : null
}
