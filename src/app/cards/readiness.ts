import type { Goal } from '../../domain/books.ts'
import {
  isAllowed,
  type Readiness,
  type ReadinessLine,
  readyForAutonomous,
  readyForLive,
  type TrackRecord,
} from '../../domain/readiness.ts'

export const readinessFor = (goal: Goal, record: TrackRecord): Readiness =>
  goal === 'live' ? readyForLive(record) : readyForAutonomous(record)

/** `✗ Win rate: 41 % of 22, needed > 50 %` */
export const readinessWords = ({ met, what, actual, needed }: ReadinessLine): string =>
  `${met ? '✓' : '✗'} ${what}: ${actual}${met ? '' : `, needed ${needed}`}`

/** What still stands in the way, one line each. */
export const unmet = ({ lines }: Readiness): readonly string[] => lines.filter(({ met }) => !met).map(readinessWords)

/** `ready`, `not ready: 3 of 8 lines open`, `overridden by Ada: …` */
export function verdictWords(readiness: Readiness, record: TrackRecord): string {
  if (readiness.ready) return 'ready'
  const override = record.books.overrides[readiness.goal]
  if (override !== undefined) return `overridden: ${override.reason}`
  const open = readiness.lines.filter(({ met }) => !met).length
  if (isAllowed(readiness, record)) return 'free: the simulator risks nothing'
  return `not ready: ${open} of ${readiness.lines.length} open`
}

/** What outside programs read. */
export const readinessView = (readiness: Readiness, record: TrackRecord) => ({
  goal: readiness.goal,
  ready: readiness.ready,
  allowed: isAllowed(readiness, record),
  verdict: verdictWords(readiness, record),
  lines: readiness.lines,
})
