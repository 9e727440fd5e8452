import { fromNumber, type Usd } from '../../../domain/decimal.ts'
import { mix, type Random, random, uniform } from '../../../domain/random.ts'
import type { Security } from '../../../ports/market-data.ts'
import { beginnings, endings, sectors } from './names.ts'

/** An invented company and what its price is made of. Returns are daily logarithms. */
export interface Company {
  readonly index: number
  readonly sector: number
  readonly company: string
  readonly basePrice: number
  /** Shares a day. */
  readonly volume: number
  /** Answer to the market's and to the sector's return. */
  readonly beta: number
  readonly sectorBeta: number
  /** Standard deviation of what is the company's own. */
  readonly volatility: number
  /** Multiplies the configured half-spread: 1 for the most liquid. */
  readonly spreadFactor: number
  readonly security: Security
}

/** Whether its price is seen to move: a share of a few dollars stands on the same cent for minutes. */
export const isLively = (company: Company): boolean => company.basePrice >= 25

function drawSector(roll: number): number {
  const total = sectors.reduce((sum, s) => sum + s.weight, 0)
  let left = roll * total
  for (const [index, sector] of sectors.entries()) {
    left -= sector.weight
    if (left < 0) return index
  }
  return 0
}

/** Four letters that come from the name where that is still free. */
function drawSymbol(stem: string, taken: ReadonlySet<string>, next: Random): string {
  const letters = stem.toUpperCase()
  const consonants = letters.charAt(0) + letters.slice(1).replace(/[AEIOU]/g, '')
  const letter = (): string => String.fromCharCode(65 + Math.floor(next() * 26))
  const candidates = [consonants.slice(0, 4), letters.slice(0, 4), letters.slice(0, 3), consonants.slice(0, 3) + letters.slice(-1)]
  for (const candidate of candidates) if (candidate.length >= 3 && !taken.has(candidate)) return candidate
  for (;;) {
    const candidate = letters.slice(0, 2) + letter() + letter()
    if (!taken.has(candidate)) return candidate
  }
}

function found(index: number, stem: string, symbol: string, next: Random): Company {
  const sector = drawSector(next())
  const traits = sectors[sector] ?? sectors[0]
  const suffix = traits.suffixes[Math.floor(next() * traits.suffixes.length)] ?? traits.suffixes[0]
  const basePrice = 3 * 200 ** (next() ** 1.15)
  const shares = 10 ** (7.4 + 1.6 * next())
  const turnover = 0.004 + 0.012 * next()
  const volume = Math.max(200_000, Math.round(shares * turnover))
  const cap = basePrice * shares
  const small = Math.max(0, Math.min(1, (10 - Math.log10(cap)) / 2))
  const company = `${stem} ${suffix}`
  return {
    index,
    sector,
    company,
    basePrice,
    volume,
    beta: traits.beta * (0.75 + 0.5 * next()),
    sectorBeta: 0.6 + 0.6 * next(),
    volatility: traits.volatility * (0.7 + 0.5 * next() + 0.5 * small),
    spreadFactor: 1 + 2 * small + (basePrice < 10 ? 0.5 : 0),
    security: {
      symbol,
      name: `${company} (SIM)`,
      exchange: 'SIM',
      sector: traits.name,
      tradable: true,
      shortable: next() < 0.85,
      averageDailyVolume: volume,
      marketCap: fromNumber(cap, 0) as Usd,
    },
  }
}

/** The same seed founds the same companies; a larger universe begins with the smaller one. */
export function buildUniverse(seed: number, size: number): readonly Company[] {
  const stems = beginnings.length * endings.length
  const offset = Math.floor(uniform(seed, 11) * stems)
  const taken = new Set<string>()
  const companies: Company[] = []
  for (let index = 0; index < size; index++) {
    // 1,231 shares no factor with 4,368: every stem is visited once.
    const place = (offset + index * 1_231) % stems
    const stem = `${beginnings[place % beginnings.length]}${endings[Math.floor(place / beginnings.length)]}`
    const next = random(mix(seed, 12, index))
    const symbol = drawSymbol(stem, taken, next)
    taken.add(symbol)
    companies.push(found(index, stem, symbol, next))
  }
  return companies
}
