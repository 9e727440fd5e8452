import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brokenScale, places, scaleOf, spread, ticks } from '../../../src/adapters/pictures/scale.ts'

describe('a scale', () => {
  it('puts the highest value above the lowest, with air at both ends', () => {
    const scale = scaleOf([10, 20], 100, 200, 0.1)
    expect([scale.low, scale.high]).toEqual([9, 21])
    expect(scale.y(20)).toBeGreaterThan(100)
    expect(scale.y(10)).toBeLessThan(300)
    expect(scale.y(15)).toBeCloseTo(200)
  })

  it('gives a flat line the middle', () => {
    expect(scaleOf([100, 100], 0, 100, 0.1).y(100)).toBeCloseTo(50)
    expect(scaleOf([0], 0, 100, 0.1).y(0)).toBeCloseTo(50)
  })

  it('stays whole when the prices have room beside stop and target', () => {
    const scale = brokenScale([100, 105], [98, 107], 0, 300)
    expect([scale.top, scale.height]).toEqual([0, 300])
  })

  it('breaks when a far stop and target would flatten the prices, and shows them at the edges in order', () => {
    const scale = brokenScale([100, 101], [95, 110], 0, 300)
    expect(scale.height).toBeLessThan(300)
    expect(scale.y(110)).toBeLessThan(scale.top)
    expect(scale.y(95)).toBeGreaterThan(scale.top + scale.height)
    expect(scale.y(100) - scale.y(101)).toBeGreaterThan(150)
    expect([110, 101, 100, 95].map(scale.y)).toEqual([110, 101, 100, 95].map(scale.y).toSorted((a, b) => a - b))
  })
})

describe('ticks', () => {
  it.each([
    [99.2, 101.8, 5, 0.5, [99.5, 100, 100.5, 101, 101.5]],
    [0.541, 0.559, 4, 0.005, [0.545, 0.55, 0.555]],
    [98_700, 101_900, 4, 1000, [99_000, 100_000, 101_000]],
  ])('between %f and %f are round', (low, high, about, step, values) => {
    const found = ticks(low, high, about)
    expect(found.step).toBeCloseTo(step, 9)
    expect(found.values).toHaveLength(values.length)
    for (const [i, value] of values.entries()) expect(found.values[i]).toBeCloseTo(value, 9)
  })

  it('have as many digits as tell them apart', () => {
    expect([1000, 1, 0.5, 0.1, 0.005].map(places)).toEqual([0, 0, 1, 1, 3])
  })
})

describe('labels', () => {
  it('stay where they are when they have room', () => {
    expect(spread([200, 50, 120], 30, 0, 300)).toEqual([200, 50, 120])
  })

  it('never cover each other and never leave the plot, whatever is wanted', () => {
    const wanted = fc.array(fc.double({ min: -50, max: 350, noNaN: true }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(wanted, (middles) => {
        const placed = spread(middles, 30, 0, 300).toSorted((a, b) => a - b)
        for (const [i, y] of placed.entries()) {
          expect(y).toBeGreaterThanOrEqual(15 - 1e-6)
          expect(y).toBeLessThanOrEqual(285 + 1e-6)
          if (i > 0) expect(y - (placed[i - 1] ?? 0)).toBeGreaterThanOrEqual(30 - 1e-6)
        }
      }),
    )
  })
})
