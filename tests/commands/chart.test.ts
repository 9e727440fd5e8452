import { describe, expect, it } from 'vitest'
import { command } from '../../commands/chart.ts'
import { price } from '../../src/domain/decimal.ts'
import { commandApp, run } from '../support/command-app.ts'
import { position } from '../support/samples.ts'

describe('/chart', () => {
  it('says the last price and how the day went, with the picture', async () => {
    const card = await run(command, commandApp({ prices: { NVDA: '103.5' } }).app, { symbol: 'nvda' })
    expect(card.title).toBe('NVDA $103.50, +3.5 % today')
    expect([card.tone, card.lines]).toEqual(['good', ['NVDA Incorporated', 'Updated 10:00:00 ET']])
    expect([card.facts, card.picture?.name]).toEqual([[], 'candles:NVDA'])
    expect((await run(command, commandApp({ prices: { NVDA: '97' } }).app, { symbol: 'NVDA' })).tone).toBe('bad')
  })

  it('adds your levels when you hold it, and says when there is no stop', async () => {
    const { app } = commandApp({ prices: { NVDA: '103.5' }, positions: [position({ stopLoss: null, takeProfit: price('110') })] })
    const card = await run(command, app, { symbol: 'NVDA' })
    expect(card.facts.map((f) => f.value)).toEqual(['+$140.00', 'Long 40', '$100.00', 'NONE', '$110.00'])
  })

  it('knows which symbols there are', async () => {
    const card = await run(command, commandApp({ prices: { NVDA: '103.5' } }).app, { symbol: 'NOPE' })
    expect([card.title, card.facts[0]?.value, card.picture]).toEqual(['There is no NOPE', 'NOT_FOUND', null])
  })

  it('says so when there is no quote', async () => {
    const { app } = commandApp({ prices: { NVDA: '1' } })
    const silent = { ...app.market, quote: async () => null, bars: app.market.bars }
    const card = await run(command, { ...app, read: app.read, market: silent }, { symbol: 'NVDA' })
    expect([card.title, card.tone]).toEqual(['NVDA no quote', 'neutral'])
  })
})
