import type { BooksState, Drill, Goal } from './books.ts'
import { type Decimal, decimal, divide, type Usd, zero } from './decimal.ts'

/** One requirement with its number, as it is and as it should be. */
export interface ReadinessLine {
  readonly met: boolean
  readonly what: string
  readonly actual: string
  readonly needed: string
}
export interface Readiness {
  readonly goal: Goal
  readonly lines: readonly ReadinessLine[]
  /** Every line is met. An override is another matter: see `isAllowed`. */
  readonly ready: boolean
}

/** What the books say, gathered by the caller. Money in USD after fees. */
export interface TrackRecord {
  readonly mode: 'sim' | 'paper' | 'live'
  /** Epoch milliseconds. */
  readonly now: number
  readonly firstTradeAt: number | null
  readonly trades: number
  readonly wins: number
  readonly net: Usd
  /** The most negative day; null: no day has a result. */
  readonly worstDay: { readonly date: string; readonly net: Usd } | null
  /** When trading was last halted by a person. */
  readonly killedAt: number | null
  readonly books: BooksState
}

const dayMs = 86_400_000
export const supervisedDays = 7
export const paperDays = 14
const winPercent = decimal('50')
const averageTrade = decimal('50')
const worstDayLimit = decimal('-500')
const calmDays = 14

const daysSince = (at: number | null, now: number): number => (at === null ? 0 : Math.max(0, Math.floor((now - at) / dayMs)))
const days = (count: number): string => `${count} ${count === 1 ? 'day' : 'days'}`
const line = (met: boolean, what: string, actual: string, needed: string): ReadinessLine => ({ met, what, actual, needed })

/** What a week of real money, or of one's own decisions, has to show before the bot decides alone. */
export function readyForAutonomous(record: TrackRecord): Readiness {
  const since = daysSince(record.firstTradeAt, record.now)
  return judged('autonomous', [
    line(since >= supervisedDays, 'Supervised', days(since), `${supervisedDays} days since the first trade`),
    calm(record),
    killed(record),
  ])
}

/** What paper trading has to show before real money. */
export function readyForLive(record: TrackRecord): Readiness {
  const traded = daysSince(record.firstTradeAt, record.now)
  return judged('live', [
    line(
      traded >= paperDays && record.mode === 'paper',
      record.mode === 'paper' ? 'Paper' : `${record.mode} is not paper`,
      days(traded),
      `${paperDays} days`,
    ),
    winRate(record),
    average(record),
    worst(record),
    calm(record),
    killed(record),
    drilled(record, 'breakers', 'Breakers drilled'),
    drilled(record, 'restore', 'Backup restored'),
  ])
}

const judged = (goal: Goal, lines: readonly ReadinessLine[]): Readiness => ({ goal, lines, ready: lines.every(({ met }) => met) })

function winRate({ trades, wins }: TrackRecord): ReadinessLine {
  const percent = trades === 0 ? null : divide(decimal(String(wins)).times(decimal('100')), decimal(String(trades)))
  const actual = percent === null ? 'no trades' : `${percent.round(1).toFixed()} % of ${trades}`
  return line(percent?.gt(winPercent) ?? false, 'Win rate', actual, '> 50 %')
}

function average({ trades, net }: TrackRecord): ReadinessLine {
  const mean = trades === 0 ? null : divide(net, decimal(String(trades)))
  return line(mean?.gt(averageTrade) ?? false, 'Average trade', mean === null ? 'no trades' : plain(mean), '> $50')
}

function worst({ worstDay }: TrackRecord): ReadinessLine {
  const actual = worstDay === null ? 'no days' : worstDay.net.lt(zero) ? `${plain(worstDay.net)} on ${worstDay.date}` : 'no losing day'
  return line(worstDay?.net.gte(worstDayLimit) ?? false, 'Worst day', actual, 'no worse than -$500')
}

function calm({ books, now }: TrackRecord): ReadinessLine {
  const crashed = books.crashedAt === null ? null : Date.parse(books.crashedAt)
  const since = daysSince(crashed ?? (books.since === null ? now : Date.parse(books.since)), now)
  return line(since >= calmDays, 'No crash', `${days(since)}${crashed === null ? '' : ' since the last'}`, `${calmDays} days`)
}

function killed({ killedAt }: TrackRecord): ReadinessLine {
  return line(killedAt !== null, 'Kill drilled', killedAt === null ? 'never' : new Date(killedAt).toISOString().slice(0, 10), 'once')
}

function drilled({ books }: TrackRecord, drill: Drill, what: string): ReadinessLine {
  const done = books.drilled[drill]
  return line(done !== undefined, what, done === undefined ? 'never' : done.at.slice(0, 10), 'once')
}

const plain = (value: Decimal): string => `${value.lt(zero) ? '-' : ''}$${value.abs().toFixed(2)}`

/** Real money is traded at half size for this long from the first trade on. */
export const firstLiveWeekDays = 7
/** @param firstTradeAt epoch milliseconds; null: nothing was traded yet. */
export const inFirstLiveWeek = (mode: 'sim' | 'paper' | 'live', firstTradeAt: number | null, now: number): boolean =>
  mode === 'live' && (firstTradeAt === null || now - firstTradeAt < firstLiveWeekDays * dayMs)

/** Autonomous mode in the simulator risks nothing and asks for nothing; everywhere else for the lines, or an owner's reason. */
export const isAllowed = (readiness: Readiness, record: Pick<TrackRecord, 'books' | 'mode'>): boolean =>
  readiness.ready || record.mode === 'sim' || record.books.overrides[readiness.goal] !== undefined
