import { mix, normal, random, uniform } from '../../../domain/random.ts'
import { sectors } from './names.ts'

const topics = { regime: 21, market: 22, sector: 23, marketPath: 24, sectorPath: 25 } as const

/**
 * Moods of the whole market: mean and standard deviation of its daily return, and the odds that the mood lasts another day.
 * Beside what is a company's own they make two of them move together as large shares do: mostly 0.2 to 0.5, hardly ever over 0.7.
 */
const regimes = [
  { mean: 0.0008, deviation: 0.008, lasts: 0.97 },
  { mean: 0, deviation: 0.011, lasts: 0.93 },
  { mean: -0.001, deviation: 0.013, lasts: 0.9 },
] as const
/** Standard deviation of what moves a sector alone, a day. */
const sectorDeviation = 0.01

/** The walk of a session, minute by minute, from 0 to `end`: livelier after the open and before the close. */
export function bridge(seed: number, minutes: number, deviation: number, end: number): Float64Array {
  const next = random(seed)
  const path = new Float64Array(minutes + 1)
  const step = deviation / Math.sqrt(minutes)
  let level = 0
  for (let m = 1; m <= minutes; m++) {
    const place = m / minutes
    const liveliness = 0.75 + 2.2 * (place - 0.5) ** 2 + (m <= 10 ? 0.5 : 0)
    level += normal(next) * step * liveliness
    path[m] = level
  }
  for (let m = 1; m <= minutes; m++) path[m] = (path[m] ?? 0) + (m / minutes) * (end - level)
  return path
}

export interface DayFactors {
  readonly market: number
  readonly marketDeviation: number
  /** By sector. */
  readonly sectors: readonly number[]
}

/** What moves many companies at once, day by day. */
export interface Factors {
  day(index: number): DayFactors
  /** The market's and a sector's walk through a session. */
  marketPath(index: number, minutes: number): Float64Array
  sectorPath(index: number, sector: number, minutes: number): Float64Array
}

/** Keeps the newest entries only. */
export function remember<T>(bound: number): (key: number, make: () => T) => T {
  const kept = new Map<number, T>()
  return (key, make) => {
    const known = kept.get(key)
    if (known !== undefined) {
      kept.delete(key)
      kept.set(key, known)
      return known
    }
    const made = make()
    kept.set(key, made)
    const oldest = kept.keys().next()
    if (kept.size > bound && oldest.done !== true) kept.delete(oldest.value)
    return made
  }
}

export function createFactors(seed: number): Factors {
  const moods: number[] = [0]
  const days = new Map<number, DayFactors>()
  const paths = remember<Float64Array>(200)

  const moodOf = (index: number): number => {
    while (moods.length <= index) {
      const last = moods.at(-1) ?? 0
      const lasts = uniform(seed, topics.regime, moods.length) < (regimes[last]?.lasts ?? 0)
      moods.push(lasts ? last : Math.floor(uniform(seed, topics.regime, moods.length, 1) * regimes.length))
    }
    return moods[index] ?? 0
  }
  const day = (index: number): DayFactors => {
    const known = days.get(index)
    if (known) return known
    const regime = regimes[moodOf(index)] ?? regimes[0]
    const made: DayFactors = {
      market: regime.mean + regime.deviation * normal(random(mix(seed, topics.market, index))),
      marketDeviation: regime.deviation,
      sectors: sectors.map((_, sector) => sectorDeviation * normal(random(mix(seed, topics.sector, index, sector)))),
    }
    days.set(index, made)
    return made
  }
  return {
    day,
    marketPath: (index, minutes) =>
      paths(index * 16 + 15, () => bridge(mix(seed, topics.marketPath, index), minutes, day(index).marketDeviation, day(index).market)),
    sectorPath: (index, sector, minutes) =>
      paths(index * 16 + sector, () =>
        bridge(mix(seed, topics.sectorPath, index, sector), minutes, sectorDeviation, day(index).sectors[sector] ?? 0),
      ),
  }
}
