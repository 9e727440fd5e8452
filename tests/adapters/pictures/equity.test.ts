import { describe, expect, it } from 'vitest'
import { dollarLabel, drawdown, equityOption } from '../../../src/adapters/pictures/equity.ts'
import { colour } from '../../../src/adapters/pictures/theme.ts'
import { decimal } from '../../../src/domain/decimal.ts'
import { equityDrawing } from '../../support/drawings.ts'
import { noon } from '../../support/samples.ts'
import { shapesOf, textAt, textsOf } from './shapes.ts'

const hour = 3_600_000
const points = (...values: string[]) => values.map((equity, i) => ({ at: noon + i * hour, equity }))

describe('a curve of equity', () => {
  it('leads with the net figure in its colour, with the period and whose money it is', () => {
    const won = equityOption(equityDrawing())
    expect(textAt(won, '+$268.40 net').style.fill).toBe(colour.good)
    expect(textsOf(won)).toEqual(expect.arrayContaining(['Today, closed trades less fees', 'PAPER']))
    expect(textAt(equityOption(equityDrawing({ net: '-1234.5' })), '-$1,234.50 net').style.fill).toBe(colour.bad)
  })

  it('shows the equity now and the deepest fall', () => {
    const texts = textsOf(equityOption(equityDrawing({ points: points('100000', '110000', '99000', '105000') })))
    expect(texts).toEqual(expect.arrayContaining(['$105,000', '-10.00 %']))
  })

  it('is drawn twice: the curve, and below it how far under its peak', () => {
    const option = equityOption(equityDrawing({ points: points('100', '110', '99') }))
    const [curve, below] = option.series as { data: number[] }[]
    expect(curve?.data).toEqual([100, 110, 99])
    expect(below?.data).toEqual([0, 0, -10])
  })

  it('names no deepest fall when there is none', () => {
    expect(textsOf(equityOption(equityDrawing({ points: points('100', '100') })))).not.toContain('Worst')
  })

  it('labels days when it spans several', () => {
    const many = Array.from({ length: 96 }, (_, i) => ({ at: noon + i * hour, equity: `${100_000 + i}` }))
    expect(textsOf(equityOption(equityDrawing({ points: many })))).toEqual(expect.arrayContaining(['Oct 8', 'Oct 9', 'Oct 10']))
  })

  it('keeps its amounts inside the picture', () => {
    for (const factor of [1, 1_000, 100_000]) {
      const big = points('1000', '1010', '990').map((p) => ({ ...p, equity: String(Number.parseInt(p.equity, 10) * factor) }))
      for (const text of shapesOf(equityOption(equityDrawing({ points: big }))).filter((s) => s.style.align === 'right' && s.x < 200))
        expect(text.x - text.style.text.length * 20 * 0.62).toBeGreaterThanOrEqual(0)
    }
  })
})

it('the drawdown is measured from the highest so far', () => {
  const fall = drawdown(['100', '90', '120', '60'].map(decimal))
  expect(fall.map((f) => f.toFixed())).toEqual(['0', '-10', '0', '-50'])
})

it.each([
  [100_250, 50, '$100,250'],
  [100_250.5, 0.01, '$100,250.50'],
  [1_234_500, 500, '$1.2345M'],
  [2_700_000, 20_000, '$2.70M'],
  [-1_500, 100, '-$1,500'],
])('%d in steps of %d reads %s', (value, step, label) => {
  expect(dollarLabel(value, step)).toBe(label)
})
