import { mix, normal, random, uniform } from '../../../domain/random.ts'
import { dayAt, firstLiveDay, type Moment } from './days.ts'
import { bridge, type Factors, remember } from './factors.ts'
import { reactionAt, type Schedule } from './schedule.ts'
import type { Company } from './universe.ts'

const topics = { gap: 41, own: 42, path: 43, flicker: 44, split: 45, range: 46, extended: 47 } as const
const preMs = 5.5 * 3_600_000
const lowestPrice = 1.05
const splitChance = 0.003

/** One day of one company, as logarithms of unadjusted prices. */
export interface DayShape {
  readonly previousClose: number
  readonly open: number
  readonly close: number
  /** The company's own return between open and close, the news apart. */
  readonly own: number
  /** New shares for one old, from 04:00 of this day; 1 for none. */
  readonly split: number
}

export interface Prices {
  shape(company: Company, dayIndex: number): DayShape
  /** USD, not rounded. Frozen while trading is halted. */
  at(company: Company, moment: Moment): number
  /** Whether trading is halted: since when, or null. */
  haltedSince(company: Company, moment: Moment): number | null
  /** Highest and lowest price of a day of history. */
  historyRange(company: Company, dayIndex: number): { readonly high: number; readonly low: number }
  /** USD at a second of a session, halts apart. */
  inSession(company: Company, dayIndex: number, second: number): number
}

/** Splits only come to dear shares, and only forward. */
function drawSplit(seed: number, company: Company, dayIndex: number, previousClose: number): number {
  const price = Math.exp(previousClose)
  if (price < 120 || dayIndex <= firstLiveDay().index) return 1
  if (uniform(seed, topics.split, company.index, dayIndex) >= splitChance) return 1
  return price > 350 ? 5 : price > 220 ? 3 : 2
}

/** Every price there is or will be: a pure function of the seed, the company and the moment. */
export function createPrices(seed: number, factors: Factors, schedule: Schedule, companies: number): Prices {
  const shapes = new Map<number, DayShape[]>()
  const paths = remember<Float64Array>(Math.max(2_000, companies + 400))

  const build = (company: Company, index: number, previousClose: number): DayShape => {
    const next = random(mix(seed, topics.own, company.index, index))
    const { market, sectors } = factors.day(index)
    const split = drawSplit(seed, company, index, previousClose)
    const pull = 0.01 * (Math.log(company.basePrice) - previousClose)
    const gap = 0.35 * company.volatility * normal(next) + 0.25 * company.beta * market
    // Now and then a day without a story of ours is a large one all the same.
    const tail = next() < 0.03 ? 3 : 1
    const own = 0.8 * company.volatility * normal(next) * tail + pull
    const open = Math.max(previousClose - Math.log(split) + gap, Math.log(lowestPrice))
    const news = schedule.closing(index, company.index)
    const close = open + company.beta * market + company.sectorBeta * (sectors[company.sector] ?? 0) + own + news
    return { previousClose, open, close: Math.max(close, Math.log(lowestPrice)), own, split }
  }
  const newsAt = (company: Company, index: number, second: number): number => {
    let sum = 0
    for (const { reaction } of schedule.day(index).byCompany.get(company.index) ?? []) sum += reactionAt(reaction, second)
    return sum
  }
  const shape = (company: Company, index: number): DayShape => {
    const known = shapes.get(company.index) ?? []
    shapes.set(company.index, known)
    while (known.length <= index) {
      const previous = known.at(-1)?.close ?? Math.log(company.basePrice)
      known.push(build(company, known.length, previous))
    }
    const found = known[index]
    if (!found) throw new RangeError(`no simulated day ${index}`)
    return found
  }
  const ownPath = (company: Company, index: number): Float64Array =>
    paths(index * 8_192 + company.index, () =>
      bridge(mix(seed, topics.path, company.index, index), dayAt(index).minutes, 0.8 * company.volatility, shape(company, index).own),
    )

  const inSession = (company: Company, index: number, second: number): number => {
    const day = dayAt(index)
    const minute = Math.min(day.minutes, Math.floor(second / 60))
    const within = second / 60 - minute
    const between = (path: Float64Array): number => {
      const from = path[minute] ?? 0
      return from + within * ((path[minute + 1] ?? from) - from)
    }
    const own = between(ownPath(company, index))
    const market = company.beta * between(factors.marketPath(index, day.minutes))
    const sector = company.sectorBeta * between(factors.sectorPath(index, company.sector, day.minutes))
    const flicker = 0.0006 * within * (1 - within) * (uniform(seed, topics.flicker, company.index, index, second) * 2 - 1)
    const level = shape(company, index).open + own + market + sector + newsAt(company, index, second) + flicker * 40 * company.volatility
    return Math.max(lowestPrice, Math.exp(level))
  }
  const haltedSince = (company: Company, { ms, day }: Moment): number | null =>
    schedule
      .day(day.index)
      .byCompany.get(company.index)
      ?.find((h) => h.halt && ms >= h.halt.from && ms < h.halt.to)?.halt?.from ?? null

  /** Before the open the price wanders from the last close (adjusted for a split) to the open; after the close it hardly moves. */
  const extended = (company: Company, { ms, day, phase }: Moment): number => {
    const { previousClose, open, close, split } = shape(company, day.index)
    if (phase === 'before') return Math.exp(previousClose)
    if (phase === 'after') return Math.exp(close)
    const ripple = 0.0015 * (uniform(seed, topics.extended, company.index, Math.floor(ms / 5_000)) - 0.5)
    if (phase === 'post') return Math.exp(close + ripple)
    const progress = Math.max(0, Math.min(1, 1 - (day.open - ms) / preMs))
    const from = previousClose - Math.log(split)
    return Math.exp(from + progress * (open - from) + ripple * (1 - progress))
  }
  return {
    shape,
    inSession,
    haltedSince,
    at(company, moment) {
      if (moment.phase !== 'regular') return extended(company, moment)
      const since = haltedSince(company, moment)
      const second = since === null ? moment.second : Math.floor((since - moment.day.open) / 1000)
      return inSession(company, moment.day.index, second)
    },
    historyRange(company, index) {
      const { open, close } = shape(company, index)
      const reach = (n: number): number => company.volatility * (0.15 + 0.5 * uniform(seed, topics.range, company.index, index, n))
      return { high: Math.exp(Math.max(open, close) + reach(1)), low: Math.exp(Math.min(open, close) - reach(2)) }
    },
  }
}
