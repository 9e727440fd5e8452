import { mix, normal, pick, type Random, random } from '../../../domain/random.ts'
import { type Category, categories } from './categories.ts'
import { dayAt, firstLiveDay } from './days.ts'
import { remember } from './factors.ts'
import { sectors } from './names.ts'
import { type Company, isLively } from './universe.ts'

const topic = 31
/** New York 10:00 on the first day: where simulated time begins, and a few stories in its first minute. */
const openingAfterMs = 30 * 60_000
const openingStoriesMs = [3_000, 17_000, 34_000, 55_000]
const haltDelayMs = 40_000
const haltLengthMs = 5 * 60_000

/** What a story does to its company's price. Logarithms; seconds since the open. */
export interface Reaction {
  readonly second: number
  readonly move: number
  /** Share of the move that leaks out in the half hour before. */
  readonly leak: number
  /** What follows within two hours, as a share of the move: positive drifts on, negative gives back. */
  readonly aftermath: number
}

/** One thing that happens to one company. */
export interface Happening {
  readonly id: string
  /** Epoch milliseconds of publication. */
  readonly at: number
  readonly company: number
  readonly category: Category
  readonly reaction: Reaction
  /** Seeds the words and the scores. */
  readonly seed: number
  /** Epoch milliseconds, when trading is halted over it. */
  readonly halt: { readonly from: number; readonly to: number } | null
}

export interface DaySchedule {
  /** In order of time. */
  readonly happenings: readonly Happening[]
  readonly byCompany: ReadonlyMap<number, readonly Happening[]>
}

/** Most stories move a price as one would expect; a third move nothing, and some move it the wrong way. */
function drawReaction(next: Random, category: Category, second: number): Reaction {
  const roll = next()
  const size = category.move * Math.exp(0.5 * normal(next))
  const move = roll < 0.3 ? 0.1 * size : roll < 0.4 ? -0.4 * size : size
  const leak = next() < 0.2 ? 0.35 : 0
  const after = next()
  return { second, move: Math.max(-0.5, Math.min(0.4, move)), leak, aftermath: after < 0.2 ? -0.7 : after < 0.5 ? 0.4 : 0.05 }
}

/** The part of a reaction that is in the price at a second of the session. */
export function reactionAt(reaction: Reaction, second: number): number {
  const since = second - reaction.second
  const { move, leak, aftermath } = reaction
  if (since < 0) return leak === 0 || since < -1800 ? 0 : move * leak * (1 + since / 1800)
  const jump = 1 - Math.exp(-since / 45)
  const later = 1 - Math.exp(-since / 2700)
  return move * (leak + (1 - leak) * jump + aftermath * later)
}

/** Times of the day's stories: evenly spread with jitter, from shortly before the open to shortly before the close. */
function times(dayIndex: number, perHour: number, next: Random): readonly number[] {
  const day = dayAt(dayIndex)
  const from = day.open - 9 * 60_000
  const length = day.close - 10 * 60_000 - from
  const count = Math.round((perHour * length) / 3_600_000)
  const spread = Array.from({ length: count }, (_, slot) => Math.floor(from + ((slot + next()) * length) / count))
  if (dayIndex !== firstLiveDay().index || perHour === 0) return spread
  const start = day.open + openingAfterMs
  const rest = spread.filter((at) => at < start || at > start + 60_000)
  return [...rest, ...openingStoriesMs.map((ms) => start + ms)].sort((a, b) => a - b)
}

export interface Schedule {
  day(index: number): DaySchedule
  /** What the day's stories have added to a company's price by the close, as a logarithm. Kept for every day: the next one builds on it. */
  closing(index: number, company: number): number
}

function groupByCompany(happenings: readonly Happening[]): ReadonlyMap<number, readonly Happening[]> {
  const groups = new Map<number, Happening[]>()
  for (const happening of happenings) {
    const group = groups.get(happening.company)
    if (group) group.push(happening)
    else groups.set(happening.company, [happening])
  }
  return groups
}

/** Everything that will ever be in the news: a pure function of the seed, the universe, and how many stories an hour brings. */
export function createSchedule(seed: number, companies: readonly Company[], perHour: number): Schedule {
  const days = remember<DaySchedule>(6)
  const total = categories.reduce((sum, c) => sum + c.weight, 0)

  const drawCategory = (next: Random, company: Company): Category => {
    for (let attempt = 0; attempt < 40; attempt++) {
      let left = next() * total
      const drawn = categories.find((c) => {
        left -= c.weight
        return left < 0
      })
      if (drawn && (drawn.sector === undefined || drawn.sector === sectors[company.sector]?.name)) return drawn
    }
    return pick(
      next,
      categories.filter((c) => c.sector === undefined),
    )
  }

  const happen = (dayIndex: number, slot: number, at: number): Happening => {
    const own = mix(seed, topic, dayIndex, slot)
    const next = random(own)
    const opening = dayIndex === firstLiveDay().index && openingStoriesMs.includes(at - dayAt(dayIndex).open - openingAfterMs)
    let company = pick(next, companies)
    // A newcomer's first trades should be seen to move.
    for (let attempt = 0; opening && !isLively(company) && attempt < 40; attempt++) company = pick(next, companies)
    let category = drawCategory(next, company)
    // A newcomer's first stories are ones to decide on, not noise.
    while (opening && (category.move <= 0 || category.side === 'sell')) category = drawCategory(next, company)
    const reaction = drawReaction(next, category, Math.max(0, (at - dayAt(dayIndex).open) / 1000))
    const halted = !opening && Math.abs(reaction.move) > 0.07 && next() < 0.5 && at > dayAt(dayIndex).open
    const halt = halted ? { from: at + haltDelayMs, to: at + haltDelayMs + haltLengthMs } : null
    return { id: `sim-${seed}-${dayAt(dayIndex).date}-${slot}`, at, company: company.index, category, reaction, seed: own, halt }
  }

  const build = (index: number): DaySchedule => {
    if (index < firstLiveDay().index) return { happenings: [], byCompany: new Map() }
    const happenings = times(index, perHour, random(mix(seed, topic, index))).map((at, slot) => happen(index, slot, at))
    return { happenings, byCompany: groupByCompany(happenings) }
  }
  const day = (index: number): DaySchedule => days(index, () => build(index))
  const closings = new Map<number, ReadonlyMap<number, number>>()
  const close = (index: number): ReadonlyMap<number, number> => {
    const last = dayAt(index).minutes * 60
    const sums = [...day(index).byCompany].map(([company, list]): [number, number] => [
      company,
      list.reduce((sum, h) => sum + reactionAt(h.reaction, last), 0),
    ])
    return new Map(sums)
  }
  return {
    day,
    closing(index, company) {
      const known = closings.get(index) ?? close(index)
      closings.set(index, known)
      return known.get(company) ?? 0
    },
  }
}
