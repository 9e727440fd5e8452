import { describe, expect, it } from 'vitest'
import { createFactors } from '../../../src/adapters/market/simulated/factors.ts'
import { deliveriesBetween } from '../../../src/adapters/market/simulated/news.ts'
import { createPrices } from '../../../src/adapters/market/simulated/prices.ts'
import { createSchedule } from '../../../src/adapters/market/simulated/schedule.ts'
import { buildUniverse } from '../../../src/adapters/market/simulated/universe.ts'
import { createSimulatedMarket, simulationStart } from '../../../src/adapters/market/simulated.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { exchangeDate, exchangeTime, sessionAt } from '../../../src/domain/calendar.ts'
import { approximate } from '../../../src/domain/decimal.ts'
import { lastAtr } from '../../../src/domain/indicators/atr.ts'
import { correlation, type DailyReturns, dailyReturns } from '../../../src/domain/risk/correlation.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { memoryStore } from '../memory-store.ts'

const { simulation } = configSchema([], []).parse({})
const silent = { error: () => {} }
const dayMs = 86_400_000
const settable = (at: number): Clock & { at: number } => ({
  at,
  speed: 1,
  now() {
    return this.at
  },
})
const marketAt = (at: number, change: Partial<typeof simulation> = {}) => {
  const clock = settable(at)
  return { clock, market: createSimulatedMarket({ clock, store: memoryStore(), settings: { ...simulation, ...change }, log: silent }) }
}
const worldOf = (seed: number, size: number, perHour: number) => {
  const companies = buildUniverse(seed, size)
  const schedule = createSchedule(seed, companies, perHour)
  return { companies, schedule, prices: createPrices(seed, createFactors(seed), schedule, size) }
}
const json = (value: unknown): string => JSON.stringify(value)

describe('the simulated market', () => {
  it('begins at 10:00 in New York on a day of trading', () => {
    expect([exchangeTime(simulationStart), sessionAt(simulationStart), exchangeDate(simulationStart)]).toEqual([
      '10:00:00',
      'regular',
      '2026-03-02',
    ])
  })

  it('is the same world for the same seed, whichever moment is asked first, and another for another seed', async () => {
    const later = simulationStart + 9 * dayMs
    const one = marketAt(simulationStart)
    const symbols = (await one.market.securities()).map((s) => s.symbol)
    const early = json(await one.market.quotes(symbols))
    one.clock.at = later
    const late = json(await one.market.quotes(symbols))
    const other = marketAt(later)
    expect(json(await other.market.quotes(symbols))).toBe(late)
    other.clock.at = simulationStart
    expect(json(await other.market.quotes(symbols))).toBe(early)
    const stranger = marketAt(simulationStart, { seed: 8 })
    expect(json(await stranger.market.quotes((await stranger.market.securities()).map((s) => s.symbol)))).not.toBe(early)
  })

  it('lists distinct securities in all eleven sectors, each labelled SIM', async () => {
    const list = await marketAt(simulationStart, { symbols: 4_200 }).market.securities()
    expect(new Set(list.map((s) => s.symbol)).size).toBe(4_200)
    expect(new Set(list.map((s) => s.name)).size).toBe(4_200)
    expect(new Set(list.map((s) => s.sector)).size).toBe(11)
    for (const s of list) expect([s.exchange, s.name.endsWith('(SIM)'), /^[A-Z]{3,4}$/.test(s.symbol)]).toEqual(['SIM', true, true])
  })

  it('has quotes that pass sensible limits for at least 95 of 100 securities, at many moments of a session', async () => {
    const { clock, market } = marketAt(simulationStart)
    const symbols = (await market.securities()).map((s) => s.symbol)
    let good = 0
    let all = 0
    for (let minute = 0; minute < 330; minute += 7) {
      clock.at = simulationStart + minute * 60_000 + minute * 137
      for (const q of await market.quotes(symbols)) {
        all++
        if (!q) continue
        const spread = approximate(q.ask.minus(q.bid)) / approximate(q.last)
        const fresh = clock.at - q.at <= 5_000 && q.at <= clock.at
        const ordered = q.bid.lt(q.ask) && q.last.gte(q.bid) && q.last.lte(q.ask)
        if (fresh && ordered && spread <= 0.02 && q.bid.gte('1') && q.ask.lte('900')) good++
      }
    }
    expect(good / all).toBeGreaterThan(0.95)
    expect(good).toBeLessThan(all)
  })

  it('knows sixty daily bars before the start, with a true range of a few per cent', async () => {
    const { market } = marketAt(simulationStart)
    for (const { symbol } of await market.securities()) {
      const bars = await market.bars(symbol, '1d', 60)
      expect(bars).toHaveLength(60)
      expect(bars.at(-1)?.at).toBe(Date.parse('2026-02-27T00:00:00Z'))
      const figures = bars.map((b) => ({ high: approximate(b.high), low: approximate(b.low), close: approximate(b.close) }))
      const share = (lastAtr(figures) ?? 0) / (figures.at(-1)?.close ?? 1)
      expect(share).toBeGreaterThan(0.008)
      expect(share).toBeLessThan(0.15)
      for (const b of bars) expect(b.low.lte(b.open) && b.low.lte(b.close) && b.high.gte(b.open) && b.high.gte(b.close)).toBe(true)
    }
  })

  it('moves its shares together as real ones are: mostly 0.2 to 0.5, those of a sector more, hardly any pair over 0.7', async () => {
    for (const seed of [simulation.seed, 1, 2, 3]) {
      const { market } = marketAt(simulationStart, { seed })
      const listed = await market.securities()
      const returns: DailyReturns[] = []
      for (const { symbol } of listed) {
        const bars = await market.bars(symbol, '1d', 61)
        returns.push(dailyReturns(bars.map(({ at, close }) => ({ at, close: approximate(close) }))))
      }
      const pairs = listed.flatMap((one, i) =>
        listed.slice(i + 1).map((other, j) => ({
          alike: one.sector === other.sector,
          coefficient: correlation(returns[i] as DailyReturns, returns[i + 1 + j] as DailyReturns, 60).coefficient ?? Number.NaN,
        })),
      )
      const sorted = (alike: boolean) =>
        pairs
          .filter((pair) => pair.alike === alike)
          .map((pair) => pair.coefficient)
          .sort((a, b) => a - b)
      const [within, across] = [sorted(true), sorted(false)]
      const median = (list: readonly number[]): number => list[list.length >> 1] ?? Number.NaN
      const over = pairs.filter(({ coefficient }) => !(coefficient <= 0.7)).length / pairs.length
      console.info(
        `seed ${seed}: ${(100 * over).toFixed(2)} % of ${pairs.length} pairs over 0.7; median ${median(within).toFixed(2)} within a sector, ${median(across).toFixed(2)} across`,
      )
      expect(over).toBeLessThan(0.02)
      for (const middle of [median(within), median(across)]) expect(middle > 0.15 && middle < 0.5).toBe(true)
      expect(median(within)).toBeGreaterThan(median(across))
    }
  })

  it('gives complete minutes only, and daily bars that agree with them', async () => {
    const { clock, market } = marketAt(simulationStart + 30_500)
    const symbol = (await market.securities())[0]?.symbol ?? ''
    const minutes = await market.bars(symbol, '1m', 400)
    expect(minutes).toHaveLength(30)
    expect(minutes.at(-1)?.at).toBe(simulationStart - 60_000)
    clock.at = simulationStart + 7 * 3_600_000
    const day = (await market.bars(symbol, '1d', 1))[0]
    const session = await market.bars(symbol, '1m', 390)
    expect([day?.open.toFixed(), day?.close.toFixed()]).toEqual([session[0]?.open.toFixed(), session.at(-1)?.close.toFixed()])
  })

  it('answers for 4,200 securities', async () => {
    const { market } = marketAt(simulationStart, { symbols: 4_200 })
    const quotes = await market.quotes((await market.securities()).map((s) => s.symbol))
    expect(quotes.filter((q) => q !== null)).toHaveLength(4_200)
  })

  it('knows nothing of a symbol it does not have', async () => {
    const { market } = marketAt(simulationStart)
    expect(await market.quote('NOPE9')).toBeNull()
    expect(await market.bars('NOPE9', '1d', 5)).toEqual([])
    expect(market.knownSecurity('NOPE9')).toBeNull()
  })

  it('splits shares now and then: the price falls by the ratio, and the split is told', async () => {
    const world = worldOf(7, 400, 0)
    const { market } = marketAt(simulationStart + 90 * dayMs, { symbols: 400, catalysts_per_hour: 0 })
    const found = world.companies.flatMap((c) => market.splitsBetween(c.security.symbol, simulationStart, simulationStart + 90 * dayMs))
    expect(found.length).toBeGreaterThan(0)
    for (const split of found) {
      const company = world.companies.find((c) => c.security.symbol === split.symbol)
      if (!company) throw new Error('split of an unknown company')
      const { market: before } = marketAt(split.at - 1, { symbols: 400, catalysts_per_hour: 0 })
      const { market: after } = marketAt(split.at + 1_000, { symbols: 400, catalysts_per_hour: 0 })
      const [old, young] = [await before.quote(split.symbol), await after.quote(split.symbol)]
      const ratio = old && young ? approximate(old.last) / approximate(young.last) : 0
      expect(ratio / Number(split.ratio)).toBeGreaterThan(0.97)
      expect(ratio / Number(split.ratio)).toBeLessThan(1.03)
    }
  })
})

function clockFailure(): never {
  throw new Error('a bar is missing')
}

describe('the simulated news', () => {
  it('is the same for the same seed, however the time is cut', () => {
    const world = worldOf(7, 60, 40)
    const end = simulationStart + 3 * 3_600_000
    const whole = deliveriesBetween(world, simulationStart, end)
    const parts = [0, 1, 2].flatMap((h) =>
      deliveriesBetween(worldOf(7, 60, 40), simulationStart + h * 3_600_000, simulationStart + (h + 1) * 3_600_000),
    )
    expect(json(parts)).toBe(json(whole))
  })

  it('brings a first story within four seconds, three or four in the first minute, and about forty an hour', () => {
    const world = worldOf(7, 60, 40)
    expect(deliveriesBetween(world, simulationStart, simulationStart + 4_000).length).toBeGreaterThanOrEqual(1)
    const minute = deliveriesBetween(world, simulationStart, simulationStart + 60_000).filter((d) => d.content.confidence >= 0.7)
    expect(minute.length).toBeGreaterThanOrEqual(3)
    const hours = deliveriesBetween(world, simulationStart + 3_600_000, simulationStart + 4 * 3_600_000).length / 3
    expect(hours).toBeGreaterThan(36)
    expect(hours).toBeLessThan(60)
  })

  it('has every kind of story, mostly good ones, and noise that nobody should trust', () => {
    const stories = [0, 1, 2, 3, 4].flatMap((d) =>
      deliveriesBetween(worldOf(7, 60, 40), simulationStart + d * dayMs - 3_600_000, simulationStart + d * dayMs + 6 * 3_600_000).map(
        (x) => x.content,
      ),
    )
    const kinds = new Set(stories.map((s) => s.category))
    for (const kind of [
      'fda_approval',
      'earnings_beat',
      'earnings_miss',
      'offering',
      'structured_note',
      'recap',
      'halt_resume',
      'contract',
    ])
      expect(kinds).toContain(kind)
    const clear = stories.filter((s) => s.confidence >= 0.7)
    expect(clear.filter((s) => s.side === 'buy').length / clear.length).toBeGreaterThan(0.6)
    for (const s of stories) {
      expect(s.headline).not.toMatch(/[{}]|undefined|NaN/)
      expect(s.source.startsWith('SIM')).toBe(true)
      for (const f of s.factors) expect(Math.abs(f.value)).toBeLessThanOrEqual(1)
      if (s.category === 'recap' || s.category === 'structured_note') expect(s.confidence).toBeLessThan(0.5)
    }
    expect(clear.every((s) => s.factors.length === 4)).toBe(true)
    const also = stories.find((s) => s.sourceId.endsWith('-also'))
    expect(stories.some((s) => s.headline === also?.headline && s.sourceId !== also.sourceId && s.source !== also.source)).toBe(true)
    expect(stories.some((s) => s.headline.startsWith('CORRECTION'))).toBe(true)
  })

  it('moves prices on the whole as it should, but not always', () => {
    const { companies, schedule, prices } = worldOf(7, 60, 40)
    let right = 0
    let wrong = 0
    let still = 0
    for (let day = 260; day < 275; day++)
      for (const { reaction, category } of schedule.day(day).happenings) {
        if (category.move === 0) continue
        if (Math.abs(reaction.move) < 0.15 * Math.abs(category.move)) still++
        else if (Math.sign(reaction.move) === Math.sign(category.move)) right++
        else wrong++
      }
    expect(right).toBeGreaterThan(still)
    expect(still).toBeGreaterThan(wrong)
    expect(wrong).toBeGreaterThan(0)
    expect(companies.every((c) => prices.shape(c, 300).close > 0)).toBe(true)
  })

  it('freezes the price while a symbol is halted, for five minutes', async () => {
    const { companies, schedule } = worldOf(7, 60, 40)
    const first = [252, 253, 254, 255, 256, 257, 258].flatMap((d) => schedule.day(d).happenings).find((h) => h.halt)
    const symbol = companies[first?.company ?? -1]?.security.symbol ?? ''
    const halt = first?.halt ?? clockFailure()
    const { clock, market } = marketAt(halt.from + 1_000)
    expect(await market.isHalted(symbol)).toBe(true)
    const frozen = json(await market.quote(symbol))
    clock.at = halt.to - 1_000
    expect(json(await market.quote(symbol))).toBe(frozen)
    clock.at = halt.to
    expect(await market.isHalted(symbol)).toBe(false)
  })
})
