import { describe, expect, it } from 'vitest'
import { createFindDrawing } from '../../src/app/picture-data.ts'
import type { CandlesDrawing } from '../../src/ports/pictures.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

const minute = 60_000

describe('what a picture is drawn from', () => {
  const openDesk = deskPerTest()
  const candlesOf = async (desk: Awaited<ReturnType<typeof openDesk>>, name: string): Promise<CandlesDrawing> => {
    const drawing = await createFindDrawing(desk.app)(name)
    if (drawing?.kind !== 'candles') throw new Error(`no candles for ${name}`)
    return drawing
  }

  it('for a proposal: an hour of bars, its four levels, its news, the price and the day so far', async () => {
    const desk = await openDesk()
    desk.market.set('ACME', '102')
    await desk.alert()
    const { id, terms, publishedAt } = await desk.proposal()
    const drawing = await candlesOf(desk, `candles:${id}:1`)
    expect(drawing).toMatchObject({ banner: 'SIM', symbol: 'ACME', last: '102', dayChange: '2', newsAt: Date.parse(publishedAt) })
    expect(drawing.trade).toBe(`Buy ${terms.quantity.toFixed()}`)
    expect(drawing.bars).toHaveLength(60)
    expect(drawing.levels.map((l) => [l.kind, l.at])).toEqual([
      ['target', terms.takeProfit.toFixed()],
      ['ceiling', terms.ceilingPrice.toFixed()],
      ['entry', terms.limitPrice.toFixed()],
      ['stop', terms.stopLoss.toFixed()],
    ])
  })

  it('reaches back to news of up to two hours, and not for older news', async () => {
    const desk = await openDesk()
    await desk.alert()
    const { id } = await desk.proposal()
    await desk.market.pass(90 * 60)
    expect((await candlesOf(desk, `candles:${id}:1`)).bars).toHaveLength(95)
    await desk.market.pass(60 * 60)
    const late = await candlesOf(desk, `candles:${id}:1`)
    expect(late.bars).toHaveLength(60)
    expect(late.newsAt).toBeLessThan((late.bars[0]?.at ?? 0) + minute)
  })

  it('is nothing for another version than the one that stands, for no such proposal, and for no such symbol', async () => {
    const desk = await openDesk()
    await desk.alert()
    const { id } = await desk.proposal()
    const find = createFindDrawing(desk.app)
    expect(await Promise.all([`candles:${id}:2`, 'candles:none:1', 'nonsense'].map(find))).toEqual([null, null, null])
    const app = { ...desk.app, market: { ...desk.app.market, bars: async () => [] } }
    expect(await createFindDrawing(app)('candles:NOPE')).toBeNull()
  })

  it('for a symbol: its price alone, or the levels of what is held and the news that led to it', async () => {
    const desk = await openDesk()
    expect((await candlesOf(desk, 'candles:BETA')).levels).toEqual([{ kind: 'last', at: '100' }])
    const held = await desk.hold('ACME')
    const drawing = await candlesOf(desk, 'candles:ACME')
    expect(drawing.trade).toBe(`Long ${held.quantity.toFixed()}`)
    expect(drawing.levels.map((l) => [l.kind, l.at])).toEqual([
      ['target', held.takeProfit?.toFixed()],
      ['entry', held.entryPrice.round(4).toFixed()],
      ['stop', held.stopLoss?.toFixed()],
    ])
    expect(drawing.newsAt).not.toBeNull()
  })

  it('does without a price while there is no quote', async () => {
    const desk = await openDesk()
    desk.market.quoting(false)
    expect(await candlesOf(desk, 'candles:BETA')).toMatchObject({ last: null, dayChange: null, levels: [] })
  })

  it('for equity: the curve of the period and what it came to', async () => {
    const desk = await openDesk()
    await desk.app.mark()
    const drawing = await createFindDrawing(desk.app)('equity:month')
    expect(drawing).toMatchObject({ kind: 'equity', banner: 'SIM', period: 'This month', net: '0.00' })
    if (drawing?.kind !== 'equity') throw new Error('not equity')
    expect(drawing.points.length).toBeGreaterThanOrEqual(2)
  })
})
