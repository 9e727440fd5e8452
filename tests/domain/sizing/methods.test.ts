import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, price, quantity, type Usd, usd } from '../../../src/domain/decimal.ts'
import { compareSizing } from '../../../src/domain/sizing/compare.ts'
import { sizing as confidence } from '../../../src/domain/sizing/confidence-scaled.ts'
import { sizing as shrink } from '../../../src/domain/sizing/correlation-shrink.ts'
import { sizing as fixedPercent } from '../../../src/domain/sizing/fixed-percent.ts'
import { sizing as fixedRisk } from '../../../src/domain/sizing/fixed-risk.ts'
import { sizing as kelly } from '../../../src/domain/sizing/fractional-kelly.ts'
import { type SizingInput, type SizingMethod, tradeRecord } from '../../../src/domain/sizing/method.ts'
import { sizing as volatility } from '../../../src/domain/sizing/volatility.ts'
import { position } from '../../support/samples.ts'

const all = [confidence, shrink, fixedPercent, fixedRisk, kelly, volatility] as SizingMethod[]
const input = (over: Partial<SizingInput> = {}): SizingInput => ({
  equity: usd('100000'),
  entry: price('100'),
  stop: price('95'),
  confidence: 0.85,
  atr: 2,
  rvol: 1,
  correlation: null,
  results: [],
  ...over,
})
const sized = (method: SizingMethod, over: Partial<SizingInput> = {}, settings: object = {}) => {
  const { shares, because } = method.size(input(over), method.settings.parse(settings))
  return [shares.round(2).toFixed(), because]
}
/** So many wins of $150 and losses of $100, mixed. */
const record = (wins: number, losses: number): readonly Usd[] => [...Array(wins).fill(usd('150')), ...Array(losses).fill(usd('-100'))]

describe('sizing', () => {
  const cases: readonly [string, SizingMethod, Partial<SizingInput>, string, string][] = [
    ['half way between the confidences', confidence as SizingMethod, {}, '50', '5 % of equity for its confidence'],
    ['the lowest confidence', confidence as SizingMethod, { confidence: 0.5 }, '25', '2.5 % of equity for its confidence'],
    ['certainty', confidence as SizingMethod, { confidence: 1 }, '75', '7.5 % of equity for its confidence'],
    ['no confidence at all', confidence as SizingMethod, { confidence: Number.NaN }, '25', '2.5 % of equity for its confidence'],
    ['a calm share', volatility as SizingMethod, {}, '166.67', '0.5 % at risk by ATR'],
    ['a wild share', volatility as SizingMethod, { atr: 8 }, '41.67', '0.5 % at risk by ATR'],
    ['twice the usual volume', volatility as SizingMethod, { rvol: 2 }, '166.67', '0.5 % at risk by ATR'],
    ['five times the usual volume', volatility as SizingMethod, { rvol: 5 }, '66.67', '0.5 % at risk by ATR, less for 5.0x volume'],
    ['hardly any volume', volatility as SizingMethod, { rvol: 0 }, '166.67', '0.5 % at risk by ATR'],
    ['no ATR', volatility as SizingMethod, { atr: null }, '100', '0.5 % at risk by its stop'],
    ['an ATR that is none', volatility as SizingMethod, { atr: Number.NaN, rvol: Number.NaN }, '100', '0.5 % at risk by its stop'],
    ['29 trades', kelly as SizingMethod, { results: record(20, 9) }, '50', '5 % of equity (29 of 30 trades for Kelly)'],
    [
      '30 trades that won two in five at 3 : 2: no edge',
      kelly as SizingMethod,
      { results: record(12, 18) },
      '0',
      'no edge in the last 30 trades (Kelly)',
    ],
    // W 0.42, R 1.5: 0.42 - 0.58 / 1.5 = 0.0333; a quarter is 0.83 %.
    ['a small edge', kelly as SizingMethod, { results: record(21, 29) }, '166.6', '0.833 % of equity at risk (Kelly x 0.25, 50 trades)'],
    ['a large edge, bounded', kelly as SizingMethod, { results: record(25, 10) }, '200', '1 % of equity at risk (Kelly x 0.25, 35 trades)'],
    ['nothing lost yet', kelly as SizingMethod, { results: record(30, 0) }, '200', '1 % of equity at risk (Kelly x 0.25, 30 trades)'],
    ['nothing won yet', kelly as SizingMethod, { results: record(0, 30) }, '0', 'no edge in the last 30 trades (Kelly)'],
    ['moves with nothing', shrink as SizingMethod, { correlation: 0.3 }, '50', '5 % of equity'],
    ['nothing is known of it', shrink as SizingMethod, {}, '50', '5 % of equity'],
    ['moves exactly alike', shrink as SizingMethod, { correlation: 1 }, '12.5', '1.25 % of equity, less for a correlation of 1.00'],
    ['moves half alike', shrink as SizingMethod, { correlation: 0.65 }, '31.2', '3.12 % of equity, less for a correlation of 0.65'],
    ['moves against it', shrink as SizingMethod, { correlation: -0.8 }, '50', '5 % of equity'],
  ]
  it.each(cases)('%s', (_, method, over, shares, because) => {
    expect(sized(method, over)).toEqual([shares, because])
  })

  it('never asks for less than nothing, nor for more when equity is smaller', () => {
    const any = fc.record({
      confidence: fc.double({ noNaN: false }),
      atr: fc.option(fc.double({ noNaN: false })),
      rvol: fc.option(fc.double({ noNaN: false })),
      correlation: fc.option(fc.double({ noNaN: false })),
      results: fc.array(
        fc.integer({ min: -500, max: 500 }).map((n) => usd(String(n))),
        { maxLength: 60 },
      ),
    })
    fc.assert(
      fc.property(fc.constantFrom(...all), any, (method, over) => {
        const settings = method.settings.parse({})
        const [large, small] = ['100000', '40000'].map((equity) => method.size(input({ ...over, equity: usd(equity) }), settings).shares)
        expect(large?.gte(decimal('0'))).toBe(true)
        expect(small && large?.gte(small)).toBe(true)
      }),
    )
  })
})

describe('the record of closed trades', () => {
  it('is win rate and pay-off; what came out even has not won', () => {
    const { trades, winRate, payOff } = tradeRecord(['150', '-100', '0', '-50'].map(usd))
    expect([trades, winRate.toFixed(), payOff?.round(4).toFixed()]).toEqual([4, '0.25', '3'])
    expect(tradeRecord([])).toMatchObject({ trades: 0, payOff: null })
  })
})

describe('one’s own trades, sized otherwise', () => {
  const past = (result: string, over: Parameters<typeof position>[0] = {}) =>
    position({ status: 'closed', exitQuantity: quantity('40'), realizedPnl: usd(result), fees: usd('0'), ...over })
  const using = (method: SizingMethod) => ({ method, settings: method.settings.parse({}) })
  const compared = (method: SizingMethod, trades: readonly ReturnType<typeof past>[]) =>
    compareSizing(using(method), trades, usd('100000'), decimal('10'))

  it('makes of each trade what a share made, times the shares of the method', () => {
    // 5 % of $100,000 are 50 shares; $4 a share won, then $2 a share lost on 51 of them.
    const { net, deepest, trades, curve } = compared(fixedPercent as SizingMethod, [past('160'), past('-80')])
    expect([net, deepest].map((v) => v.toFixed())).toEqual(['100', '100'])
    expect([trades, curve.map((v) => v.toFixed())]).toEqual([2, ['100000', '100200', '100100']])
  })

  it('caps each at the limit, and counts what has no stop nowhere', () => {
    const { net, trades } = compared(volatility as SizingMethod, [
      past('40', { stopLoss: price('99.9'), initialStop: price('99.9') }),
      past('400', { initialStop: null }),
    ])
    // 0.5 % at risk over $0.10 would be 5,000 shares; a tenth of equity are 100.
    expect([net.toFixed(), trades]).toEqual(['100', 1])
  })

  it('measures Kelly by the record of then, never by what came later', () => {
    const trades = Array.from({ length: 31 }, () => past('-40'))
    const { trades: made, net } = compared(kelly as SizingMethod, trades)
    // Thirty at the fixed size; by then there is no edge, and nothing more is bet.
    expect([made, net.lt(usd('0'))]).toEqual([30, true])
  })
})
