import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { correlation, dailyReturns, heldCorrelations } from '../../../src/domain/risk/correlation.ts'
import { order, position } from '../../support/samples.ts'

const dayMs = 86_400_000
const bars = (closes: readonly number[], skip: ReadonlySet<number> = new Set()) =>
  closes.map((close, i) => ({ at: i * dayMs + 52_200_000, close })).filter((_, i) => !skip.has(i))
/** Prices with these returns. */
const walk = (returns: readonly number[]): readonly number[] =>
  returns.reduce<number[]>(
    (prices, step) => {
      prices.push((prices.at(-1) ?? 100) * Math.exp(step))
      return prices
    },
    [100],
  )
/** In basis points. */
const steps = fc.array(
  fc.integer({ min: -1000, max: 1000 }).map((bps) => bps / 10_000),
  { minLength: 30, maxLength: 80 },
)

/** By the textbook, over the last `window` of two lists of equal length. */
function textbook(a: readonly number[], b: readonly number[], window: number): number {
  const [x, y] = [a.slice(-window), b.slice(-window)]
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const sum = (f: (i: number) => number) => x.reduce((total, _, i) => total + f(i), 0)
  const cov = sum((i) => ((x[i] ?? 0) - mx) * ((y[i] ?? 0) - my))
  return cov / Math.sqrt(sum((i) => ((x[i] ?? 0) - mx) ** 2) * sum((i) => ((y[i] ?? 0) - my) ** 2))
}

describe('the correlation of daily returns', () => {
  it('is Pearson, over the newest days of the window', () => {
    fc.assert(
      fc.property(steps, steps, fc.integer({ min: 10, max: 60 }), (a, b, window) => {
        const n = Math.min(a.length, b.length)
        const [x, y] = [a.slice(0, n), b.slice(0, n)]
        const expected = textbook(x, y, window)
        const found = correlation(dailyReturns(bars(walk(x))), dailyReturns(bars(walk(y))), window)
        expect(found.days).toBe(Math.min(n, window))
        if (found.coefficient === null) return
        expect(found.coefficient).toBeCloseTo(expected, 9)
        expect(Math.abs(found.coefficient)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('compares a day with the same day, whatever either lacks', () => {
    const returns = Array.from({ length: 40 }, (_, i) => Math.sin(i * 1.7) / 50)
    const whole = dailyReturns(bars(walk(returns)))
    const gappy = dailyReturns(bars(walk(returns), new Set([10, 25])))
    const { coefficient, days } = correlation(whole, gappy, 60)
    // The day after a gap is a return of two days: it counts, and only blurs.
    expect(days).toBe(38)
    expect(coefficient).toBeGreaterThan(0.9)
  })

  it('is not known of what does not move, and of nothing', () => {
    const still = dailyReturns(bars(walk(Array.from({ length: 30 }, () => 0))))
    const steady = dailyReturns(bars(walk(Array.from({ length: 30 }, () => 0.01))))
    const moving = dailyReturns(bars(walk(Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 0.01 : -0.02)))))
    expect([correlation(still, moving, 60), correlation(moving, steady, 60)]).toEqual([
      { coefficient: null, days: 30 },
      { coefficient: null, days: 30 },
    ])
    expect(correlation(dailyReturns([]), moving, 60)).toEqual({ coefficient: null, days: 0 })
  })

  it('makes no return of a price that is none', () => {
    const { values, days } = dailyReturns(bars([100, 101, Number.NaN, 103, 0, 105, -1, 107, 108]))
    expect([values.length, [...days]]).toEqual([2, [1, 8]])
  })
})

describe('how an entry goes along with what is held', () => {
  const returns = Array.from({ length: 40 }, (_, i) => Math.cos(i * 2.3) / 40)
  const known = new Map([
    ['NVDA', dailyReturns(bars(walk(returns)))],
    ['AMD', dailyReturns(bars(walk(returns)))],
  ])
  const buy = { symbol: 'NVDA', side: 'buy' } as const
  const alike = (positions: Parameters<typeof heldCorrelations>[1]['positions'], request: Parameters<typeof heldCorrelations>[0] = buy) =>
    heldCorrelations(request, { positions, orders: [] }, known, 60).map(({ symbol, coefficient }) => [
      symbol,
      coefficient && Math.round(coefficient),
    ])

  it('is 1 for what loses together, and -1 for what pays for it', () => {
    expect(alike([position({ symbol: 'AMD' })])).toEqual([['AMD', 1]])
    expect(alike([position({ symbol: 'AMD', side: 'short' })])).toEqual([['AMD', -1]])
    expect(alike([position({ symbol: 'AMD' })], { symbol: 'NVDA', side: 'sell' })).toEqual([['AMD', -1]])
    expect(alike([position({ symbol: 'AMD', side: 'short' })], { symbol: 'NVDA', side: 'sell' })).toEqual([['AMD', 1]])
  })

  it('leaves its own symbol and what is closed out, and says of whom nothing is known', () => {
    expect(alike([position(), position({ symbol: 'AMD', status: 'closed' }), position({ symbol: 'XOM' })])).toEqual([['XOM', null]])
  })

  it('counts entries on their way, but not those that have ended or only shrink something', () => {
    const orders = [order({ symbol: 'AMD' }), order({ symbol: 'INTC', status: 'canceled' }), order({ symbol: 'XOM', role: 'close' })]
    expect(heldCorrelations(buy, { positions: [], orders }, known, 60).map(({ symbol }) => symbol)).toEqual(['AMD'])
  })
})
