import { describe, expect, it } from 'vitest'
import { draw } from '../../../src/adapters/pictures/draw.ts'
import { bannerColours, colour, levelColours } from '../../../src/adapters/pictures/theme.ts'
import { candlesDrawing, equityDrawing } from '../../support/drawings.ts'
import { decodePng } from '../../support/png.ts'

describe('a picture', () => {
  it('is a PNG of 1600 x 900 with every level in its colour and words in the bundled font', () => {
    const png = draw(candlesDrawing({ banner: 'LIVE' }))
    expect(png.byteLength).toBeLessThan(150_000)
    const { width, height, count } = decodePng(png)
    expect([width, height]).toEqual([1600, 900])
    // A tag alone has 20,000 pixels, most of them plain.
    for (const kind of ['target', 'ceiling', 'entry', 'stop'] as const) expect(count(levelColours[kind])).toBeGreaterThan(5_000)
    expect(count(bannerColours.LIVE)).toBeGreaterThan(5_000)
    // Letters: ink on the tags, and the title on the ground. Without a font there would be none.
    expect(count(colour.ink)).toBeGreaterThan(2_000)
    expect(count(colour.text)).toBeGreaterThan(4_000)
  })

  it('of equity has the curve, the fall below it and the mode', () => {
    const png = draw(equityDrawing())
    expect(png.byteLength).toBeLessThan(150_000)
    const { count } = decodePng(png)
    expect(count(colour.bad)).toBeGreaterThan(1_000)
    expect(count(bannerColours.PAPER)).toBeGreaterThan(5_000)
  })

  it('of several ways of sizing has a line and a name for each, in its colour', () => {
    const line = (method: string, step: number) => ({ method, equity: Array.from({ length: 40 }, (_, i) => String(100_000 + i * step)) })
    const lines = [line('volatility', 60), line('fixed-percent', 20), line('fractional-kelly', -10)]
    const png = draw({ kind: 'sizing', banner: 'SIM', trades: 39, lines, asOf: 1.38e12 })
    expect(png.byteLength).toBeLessThan(150_000)
    const { count } = decodePng(png)
    for (const ink of [colour.good, colour.accent, colour.warning]) expect(count(ink)).toBeGreaterThan(5_000)
  })

  it('takes names for text and nothing else', () => {
    const hostile = '<script>&"\'{b|x}\u202e'
    expect(decodePng(draw(candlesDrawing({ symbol: hostile, trade: hostile }))).width).toBe(1600)
  })

  it('of nonsense is refused', () => {
    expect(() => draw(candlesDrawing({ levels: [{ kind: 'stop', at: 'NaN' }] }))).toThrow(/not a decimal/)
  })
})
