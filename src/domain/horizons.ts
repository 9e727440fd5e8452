import { nextOpen, sessionAt } from './calendar.ts'

/** How long after its end a trade that was not made is looked at again. */
export const horizons = ['15m', '1h', '1d'] as const
export type Horizon = (typeof horizons)[number]

const minuteMs = 60_000
const lengthMs: { readonly [K in Horizon]: number } = { '15m': 15 * minuteMs, '1h': 60 * minuteMs, '1d': 24 * 60 * minuteMs }

/** From when a trade could have been made that was decided at a moment: then, or at the next open when the market was shut. ISO 8601 UTC. */
export function measuredFrom(endedAt: string): string {
  const at = Date.parse(endedAt)
  return sessionAt(at) === 'regular' ? endedAt : new Date(nextOpen(at)).toISOString()
}

/** When a horizon is over; ISO 8601 UTC. */
export const horizonEnd = (endedAt: string, horizon: Horizon): string =>
  new Date(Date.parse(measuredFrom(endedAt)) + lengthMs[horizon]).toISOString()

/** The next look after so many; null after the last. */
export function nextMeasure(endedAt: string, measured: number): string | null {
  const horizon = horizons[measured]
  return horizon === undefined ? null : horizonEnd(endedAt, horizon)
}
