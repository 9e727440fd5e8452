import { describe, expect, it } from 'vitest'
import { candlesOption, newsSlot, priceLabel } from '../../../src/adapters/pictures/candles.ts'
import { canvas, colour, levelColours } from '../../../src/adapters/pictures/theme.ts'
import { candlesDrawing, minuteBars } from '../../support/drawings.ts'
import { noon } from '../../support/samples.ts'
import { shapesOf, textAt, textsOf, widthOf } from './shapes.ts'

const minute = 60_000

describe('a chart of candles', () => {
  it('says symbol, side, size, price, change, mode and the time in New York', () => {
    const texts = textsOf(candlesOption(candlesDrawing({ banner: 'LIVE' })))
    expect(texts).toEqual(expect.arrayContaining(['NVDA  Buy 41', '122.40', '+1.64 % today', 'LIVE', '11:00 New York']))
  })

  it('draws every bar, in the order that candles are given in', () => {
    const option = candlesOption(candlesDrawing())
    const [series] = option.series as { data: number[][] }[]
    expect(series?.data).toHaveLength(60)
    for (const [, , low = 0, high = 0] of series?.data ?? []) expect(low).toBeLessThanOrEqual(high)
  })

  it('draws every level as a line across and as a tag with its price, each in its colour', () => {
    const option = candlesOption(candlesDrawing())
    for (const [kind, label] of [
      ['target', '134.15'],
      ['ceiling', '123.77'],
      ['entry', '121.95'],
      ['stop', '115.85'],
    ] as const) {
      const lines = shapesOf(option).filter((s) => s.type === 'polyline' && s.style.stroke === levelColours[kind])
      expect(lines.some((l) => l.shape.points[0]?.[1] === l.shape.points[1]?.[1])).toBe(true)
      expect(textAt(option, label).x).toBeGreaterThan(600)
    }
  })

  it('keeps the tags apart when levels are pennies away from each other', () => {
    const levels = (['target', 'ceiling', 'entry', 'stop'] as const).map((kind, i) => ({ kind, at: `${122 - i / 100}` }))
    const option = candlesOption(candlesDrawing({ levels }))
    const tags = ['Target', 'Ceiling', 'Entry', 'Stop'].map((label) => textAt(option, label).y)
    for (const [i, y] of tags.entries()) if (i > 0) expect(y - (tags[i - 1] ?? 0)).toBeGreaterThanOrEqual(30)
  })

  it('never lets an axis label stand under a tag, and nothing smaller than a phone can show or beyond the edge', () => {
    for (const start of [0.31, 9.99, 122, 4_512, 612_000]) {
      const scaled = (share: number): string => (start * share).toFixed(4)
      const levels = [
        { kind: 'target' as const, at: scaled(1.1) },
        { kind: 'entry' as const, at: scaled(1) },
        { kind: 'stop' as const, at: scaled(0.95) },
      ]
      const option = candlesOption(candlesDrawing({ bars: minuteBars(60, start), levels, last: scaled(1) }))
      for (const text of shapesOf(option).filter((s) => s.type === 'text')) {
        expect(text.style.fontSize).toBeGreaterThanOrEqual(20)
        const left = { left: 0, center: 0.5, right: 1 }[text.style.align] ?? 0
        expect(text.x - widthOf(text) * left).toBeGreaterThanOrEqual(0)
        expect(text.x + widthOf(text) * (1 - left)).toBeLessThanOrEqual(canvas.width)
        if (text.style.fill === colour.muted && text.y > 100) expect(text.x).toBeLessThan(600)
      }
    }
  })

  it('washes what may be won green and what may be lost red, also for a short', () => {
    const levels = [
      { kind: 'target' as const, at: '118' },
      { kind: 'entry' as const, at: '122' },
      { kind: 'stop' as const, at: '125' },
    ]
    const option = candlesOption(candlesDrawing({ levels }))
    const wash = (kind: 'target' | 'stop') => shapesOf(option).find((s) => s.type === 'rect' && s.style.fill === levelColours[kind])
    expect(wash('target')?.shape.y).toBeGreaterThan(wash('stop')?.shape.y ?? Number.POSITIVE_INFINITY)
  })

  it('labels round minutes', () => {
    expect(textsOf(candlesOption(candlesDrawing()))).toEqual(expect.arrayContaining(['10:15', '10:30', '10:45']))
  })

  it('does without levels, news, price or change', () => {
    const texts = textsOf(candlesOption(candlesDrawing({ levels: [], newsAt: null, last: null, dayChange: null, trade: '' })))
    expect(texts).toContain('NVDA')
    expect(texts).not.toContain('News')
  })
})

describe('the news', () => {
  const bars = minuteBars(3, 100)
  it.each([
    ['before the picture begins', noon - 1, null],
    ['in its minute', noon + minute + 20_000, 1],
    ['in the last complete one', noon + 3 * minute - 1, 2],
    ['after the last complete one', noon + 3 * minute, 3],
    ['long after the close', noon + 600 * minute, 3],
  ])('that came %s', (_, newsAt, slot) => {
    expect(newsSlot({ bars, newsAt })).toBe(slot)
  })

  it('has its flag where it covers no level', () => {
    const option = candlesOption(candlesDrawing())
    const flag = textAt(option, 'News')
    const lines = shapesOf(option).filter((s) => s.type === 'polyline' && Object.values(levelColours).includes(s.style.stroke))
    for (const { shape } of lines.filter((l) => l.shape.points[0]?.[1] === l.shape.points[1]?.[1] && l.style.stroke !== levelColours.last))
      expect(Math.abs((shape.points[0]?.[1] ?? 0) - flag.y)).toBeGreaterThan(15)
  })
})

it.each([
  ['0.5521', '0.5521'],
  ['122.4', '122.40'],
  ['612345.5', '612346'],
])('a price of %s reads %s', (value, label) => {
  expect(priceLabel(value)).toBe(label)
})
