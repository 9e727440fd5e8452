import type { AlertContent, ScoreFactor } from '../../../domain/alert.ts'
import { mix, pick, random } from '../../../domain/random.ts'
import type { Category } from './categories.ts'
import { wires } from './names.ts'
import type { Happening } from './schedule.ts'
import type { Company } from './universe.ts'
import { headline } from './wording.ts'

/** A story and when it comes out of the wire; `publishedAt` in it may be older (a reprint). */
export interface Delivery {
  readonly at: number
  readonly content: AlertContent
}

const isoOf = (ms: number): string => new Date(ms).toISOString()
const cut = (value: number): number => Math.round(value * 100) / 100
const clamp = (value: number): number => cut(Math.max(-1, Math.min(1, value)))

/** Four signed parts. They say what the words say, and do not know what the price will do. */
function factorsOf(category: Category, score: number, next: () => number): readonly ScoreFactor[] {
  const sign = category.side === 'buy' ? 1 : -1
  const kind = category.name.replaceAll('_', ' ')
  const novelty = 0.3 + 0.6 * next()
  const momentum = 0.5 * (next() - 0.3)
  const volume = 0.2 + 0.7 * next()
  return [
    { name: 'news', value: clamp(sign * score), explain: `the headline reads as ${kind}` },
    {
      name: 'novelty',
      value: clamp(sign * novelty),
      explain: `no story of this kind on the symbol for ${1 + Math.floor(novelty * 30)} days`,
    },
    {
      name: 'momentum',
      value: clamp(sign * momentum),
      explain: `the price over the last hour ${momentum >= 0 ? 'agrees' : 'disagrees'} with the story`,
    },
    { name: 'volume', value: clamp(sign * volume), explain: `volume is ${(1 + 2 * volume).toFixed(1)} times the usual` },
  ]
}

function mainStory(happening: Happening, company: Company, companies: readonly Company[]): AlertContent {
  const next = random(mix(happening.seed, 1))
  const { category } = happening
  const between = ([low, high]: readonly [number, number]): number => cut(low + (high - low) * next())
  const score = between(category.score)
  return {
    sourceId: happening.id,
    source: pick(next, wires),
    symbol: company.security.symbol,
    headline: headline(category.headlines, company, companies, next),
    summary: `SIM. ${category.summary}`,
    category: category.name,
    side: category.side,
    confidence: between(category.confidence),
    catalystScore: score,
    factors: factorsOf(category, score, next),
    entryPrice: null,
    stopLoss: null,
    takeProfit: null,
    url: null,
    publishedAt: isoOf(happening.at),
  }
}

/** The same words on another wire, a correction, or yesterday's news printed again. */
function echoes(story: AlertContent, happening: Happening): readonly Delivery[] {
  const next = random(mix(happening.seed, 2))
  const deliveries: Delivery[] = []
  const later = (seconds: number): number => happening.at + Math.floor(seconds * 1000)
  if (next() < 0.12) {
    const at = later(4 + 50 * next())
    const source = wires[(wires.indexOf(story.source) + 1) % wires.length] ?? story.source
    deliveries.push({ at, content: { ...story, sourceId: `${story.sourceId}-also`, source, publishedAt: isoOf(at) } })
  }
  if (next() < 0.04) {
    const at = later(90 + 200 * next())
    const revised = {
      headline: `CORRECTION: ${story.headline}`,
      summary: 'SIM. Corrects a figure in the third paragraph; nothing else changed.',
    }
    deliveries.push({ at, content: { ...story, ...revised, sourceId: `${story.sourceId}-r1`, confidence: 0.4, publishedAt: isoOf(at) } })
  }
  // The reprint keeps the time of the original, a day ago: its age gives it away.
  if (next() < 0.03) {
    const at = later(600 + 1800 * next())
    deliveries.push({ at, content: { ...story, sourceId: `${story.sourceId}-reprint`, publishedAt: isoOf(happening.at - 86_400_000) } })
  }
  return deliveries
}

function haltStories(story: AlertContent, happening: Happening, company: Company): readonly Delivery[] {
  const { halt } = happening
  if (!halt) return []
  const notice = (kind: 'halt' | 'resume', at: number, words: string): Delivery => ({
    at,
    content: {
      ...story,
      sourceId: `${story.sourceId}-${kind}`,
      source: 'SIM Exchange',
      headline: `${company.company} (${company.security.symbol}): ${words}`,
      summary: 'SIM. A notice of the exchange; no direction follows from it.',
      category: 'halt_resume',
      confidence: 0.3,
      catalystScore: 0.2,
      factors: [],
      publishedAt: isoOf(at),
    },
  })
  return [notice('halt', halt.from, 'Trading Halted, Volatility Pause'), notice('resume', halt.to, 'Trading Resumed')]
}

/** Everything the wires print because of one happening, in no particular order. */
export function deliveriesOf(happening: Happening, company: Company, companies: readonly Company[]): readonly Delivery[] {
  const story = mainStory(happening, company, companies)
  return [{ at: happening.at, content: story }, ...echoes(story, happening), ...haltStories(story, happening, company)]
}

/** A story for somebody who just came: true to form, but nothing happens to the price. */
export function welcomeStory(happening: Happening, company: Company, companies: readonly Company[], at: number): AlertContent {
  return { ...mainStory({ ...happening, at }, company, companies), sourceId: `sim-start-${at}` }
}
