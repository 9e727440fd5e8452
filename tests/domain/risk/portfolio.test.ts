import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Price, price, quantity, usd } from '../../../src/domain/decimal.ts'
import { gross, lossOf, net, type PortfolioInput, portfolioState, sectorName, unknownSector } from '../../../src/domain/risk/portfolio.ts'
import { order, position, standing } from '../../support/samples.ts'

/** 40 shares of NVDA at $100 with the stop at $95, unless said otherwise. */
const state = (over: Partial<PortfolioInput> = {}) =>
  portfolioState({ equity: usd('100000'), positions: [], orders: [], lasts: new Map(), standing: standing(), ...over })
const figure = (value: { toFixed(places?: number): string } | null) => value?.toFixed(2) ?? null
const bracket = { stopLoss: price('95'), takeProfit: price('110') }

describe('the portfolio at a moment', () => {
  it('adds up what is long and what is short, at the last trade, else the last mark', () => {
    const positions = [
      position({ markPrice: price('101') }),
      position({ id: 'p2', symbol: 'AMD', side: 'short', quantity: quantity('10'), stopLoss: price('105'), markPrice: price('99') }),
    ]
    const { exposure } = state({ positions, lasts: new Map([['AMD', price('90')]]) })
    expect([figure(exposure.long), figure(exposure.short), figure(gross(exposure)), figure(net(exposure))]).toEqual([
      '4040.00',
      '900.00',
      '4940.00',
      '3140.00',
    ])
  })

  it('values at the entry what was never marked', () => {
    expect(figure(state({ positions: [position({ markPrice: null })] }).exposure.long)).toBe('4000.00')
  })

  it('groups by symbol and by sector; unknown sectors share a bucket', () => {
    const positions = ['AMD', 'INTC', 'FOO', 'BAR'].map((symbol) => position({ symbol }))
    const sectors = new Map([
      ['AMD', 'Technology'],
      ['INTC', 'Technology'],
      ['FOO', ' unknown '],
    ])
    const { bySymbol, bySector } = state({ positions, standing: standing({ sectors }) })
    expect([...bySymbol.keys()]).toEqual(['AMD', 'INTC', 'FOO', 'BAR'])
    expect([...bySector].map(([sector, exposure]) => [sector, figure(gross(exposure))])).toEqual([
      ['Technology', '8000.00'],
      [unknownSector, '8000.00'],
    ])
    expect([sectorName(null), sectorName(undefined), sectorName(''), sectorName('Energy')]).toEqual([
      unknownSector,
      unknownSector,
      unknownSector,
      'Energy',
    ])
  })

  it.each(['ready', 'sending', 'unknown', 'accepted', 'partially_filled', 'pending_cancel'] as const)(
    'counts an entry that is %s as if it were filled, for what is left of it',
    (status) => {
      const coming = order({ status, filledQuantity: quantity('10'), bracket })
      const { exposure, reserved, openRisk, reservedRisk } = state({ orders: [coming] })
      expect([exposure.long, reserved.long, openRisk, reservedRisk].map(figure)).toEqual(['3000.00', '3000.00', '150.00', '150.00'])
    },
  )

  it('does not count entries that have ended, legs and closes', () => {
    const orders = [
      order({ status: 'filled' }),
      order({ status: 'canceled' }),
      order({ role: 'target', side: 'sell' }),
      order({ role: 'close', side: 'sell' }),
    ]
    expect(figure(gross(state({ orders }).exposure))).toBe('0.00')
  })

  it('judges a market entry by what it was decided at, else the last trade; one without any price breaks', () => {
    const market = order({ symbol: 'AMD', limitPrice: null, expectedPrice: price('50'), bracket: null })
    expect(figure(state({ orders: [market] }).exposure.long)).toBe('2000.00')
    const blind = { ...market, expectedPrice: null }
    expect(figure(state({ orders: [blind], lasts: new Map([['AMD', price('60')]]) }).exposure.long)).toBe('2400.00')
    expect(() => state({ orders: [blind] })).toThrow('has no price')
  })

  const risks: readonly [string, Parameters<typeof position>[0], string][] = [
    ['the way to its stop', {}, '200.00'],
    ['upward for a short', { side: 'short', stopLoss: price('103') }, '120.00'],
    ['nothing once the stop is beyond the entry', { stopLoss: price('101') }, '0.00'],
    ['all of it without a stop', { stopLoss: null }, '4400.00'],
    ['all of it while no stop works', { unprotected: true }, '4400.00'],
    ['all of it with a stop at zero', { stopLoss: price('0') }, '4400.00'],
  ]
  it.each(risks)('risks %s', (_, over, dollars) => {
    expect(figure(state({ positions: [position(over)], lasts: new Map([['NVDA', price('110')]]) }).openRisk)).toBe(dollars)
  })

  it('never lets a gain that is locked in pay for the loss of another', () => {
    const positions = [position({ stopLoss: price('150') }), position({ symbol: 'AMD' })]
    expect(figure(state({ positions }).openRisk)).toBe('200.00')
  })

  it("tells the day's result from where the day began, and the peak, which may be now", () => {
    const past = standing({ dayStart: usd('101000'), highWater: usd('99000') })
    expect([figure(state({ standing: past }).dayPnl), figure(state({ standing: past }).highWater)]).toEqual(['-1000.00', '100000.00'])
    expect(figure(state({ standing: standing({ highWater: usd('120000') }) }).highWater)).toBe('120000.00')
  })

  it('does not guess: without an account, or without a beginning, the day has no result', () => {
    expect(state({ equity: null }).dayPnl).toBeNull()
    expect(state({ standing: standing({ dayStart: null }) }).dayPnl).toBeNull()
    expect(figure(state({ equity: null }).highWater)).toBe('100000.00')
  })

  it('counts losses in a row up to the newest', () => {
    const results = ['-5', '-1', '2', '-9'].map(usd)
    expect(state({ standing: standing({ results, days: results.slice(0, 2) }) })).toMatchObject({ losingTrades: 2, losingDays: 2 })
    expect(state({ standing: standing({ results: [usd('0'), usd('-1')] }) })).toMatchObject({ losingTrades: 0, losingDays: 0 })
  })

  it('has no loss on a day that gains', () => {
    expect([lossOf(usd('-12.5')), lossOf(usd('3'))].map((loss) => loss.toFixed())).toEqual(['12.5', '0'])
  })

  it('is the same sum however it is grouped', () => {
    const held = fc.record({
      symbol: fc.constantFrom('AMD', 'INTC', 'XOM', 'NVDA'),
      side: fc.constantFrom('long' as const, 'short' as const),
      shares: fc.integer({ min: 1, max: 500 }),
      cents: fc.integer({ min: 100, max: 50_000 }),
    })
    const sectors = new Map([
      ['AMD', 'Technology'],
      ['XOM', 'Energy'],
    ])
    fc.assert(
      fc.property(fc.array(held, { maxLength: 12 }), (all) => {
        const positions = all.map(({ symbol, side, shares, cents }) =>
          position({ symbol, side, quantity: quantity(String(shares)), markPrice: price((cents / 100).toFixed(2)) as Price }),
        )
        const { exposure, bySymbol, bySector } = state({ positions, standing: standing({ sectors }) })
        const sum = (groups: ReadonlyMap<string, typeof exposure>) =>
          [...groups.values()].reduce((total, one) => total.plus(gross(one)), usd('0')).toFixed(4)
        expect([sum(bySymbol), sum(bySector)]).toEqual([gross(exposure).toFixed(4), gross(exposure).toFixed(4)])
      }),
    )
  })
})
