import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decimal, decimal, maximum, price, quantity, roundDown, usd, zero } from '../../../src/domain/decimal.ts'
import type { LimitUse, RiskContext } from '../../../src/domain/risk/check.ts'
import type { ArmedCheck } from '../../../src/domain/risk/verdict.ts'
import { loadChecks, noon, order, position, request, riskContext, standing, withDefaults } from '../../support/samples.ts'

const checks = withDefaults(await loadChecks())
const check = (code: string): ArmedCheck => {
  const found = checks.find((armed) => armed.check.code === code)
  if (!found) throw new Error(`no check ${code}`)
  return found
}
const roomy = checks.filter(({ check }) => check.room)
const shown = checks.filter(({ check }) => check.usage)

const asking = (context: RiskContext, shares: Decimal): RiskContext => ({ ...context, request: { ...context.request, quantity: shares } })
const denies = ({ check, limits }: ArmedCheck, context: RiskContext): boolean => {
  const found = check.evaluate(context, limits)
  return found !== null && 'wouldPass' in found
}

describe('the room that a check leaves', () => {
  it('is kept by every check that bounds a size by a sum of money', () => {
    const codes = roomy.map((armed) => armed.check.code).sort()
    expect(codes).toEqual(['BUYING_POWER', 'OPEN_RISK', 'POSITION_TOO_LARGE', 'SECTOR_EXPOSURE', 'TOTAL_EXPOSURE'])
  })

  it.each(roomy)('of $check.code is exactly what it lets through: so many shares pass, and one more does not', (armed) => {
    const dollars = fc.integer({ min: 1_000, max: 500_000 })
    fc.assert(
      fc.property(
        dollars,
        dollars,
        fc.integer({ min: 101, max: 50_000 }),
        fc.nat(200),
        fc.nat(200),
        fc.boolean(),
        (equity, power, cents, own, other, short) => {
          const at = price((cents / 100).toFixed(2))
          const stop = price((short ? (cents / 100) * 1.05 : (cents / 100) * 0.95).toFixed(2))
          const context = riskContext({
            request: request({ side: short ? 'sell' : 'buy', price: at, stopLoss: stop, quantity: quantity('0') }),
            account: { equity: usd(String(equity)), cash: usd('1'), buyingPower: usd(String(power)) },
            positions: own === 0 ? [] : [position({ quantity: quantity(String(own)) })],
            workingOrders: other === 0 ? [] : [order({ symbol: 'AMD', quantity: quantity(String(other)), brokerOrderId: null })],
            standing: standing({
              dayStart: usd(String(equity)),
              sectors: new Map([
                ['AMD', 'Technology'],
                ['NVDA', 'Technology'],
              ]),
            }),
          })
          const room = armed.check.room?.(context, armed.limits)
          if (!room) throw new Error('no room is said')
          expect(room.because.length).toBeGreaterThan(5)
          const most = maximum(zero, roundDown(room.shares, 0))
          if (most.gt(zero)) expect(denies(armed, asking(context, most))).toBe(false)
          expect(denies(armed, asking(context, most.plus(decimal('1'))))).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each(roomy)('of $check.code is not known without an account or a price, which it denies', ({ check, limits }) => {
    const blind = riskContext({ account: null, request: request({ price: price('0'), stopLoss: price('0') }) })
    expect(check.room?.(blind, limits)).toBeNull()
    expect(check.room?.(riskContext({ request: request({ price: price('0'), stopLoss: price('0') }) }), limits)).toBeNull()
  })
})

describe('the use of a limit', () => {
  const nothing = (over: Parameters<typeof riskContext>[0] = {}) => riskContext({ request: request({ quantity: quantity('0') }), ...over })
  const use = (code: string, context: RiskContext): LimitUse | null => {
    const armed = check(code)
    return armed.check.usage?.(context, armed.limits) ?? null
  }
  const figures = (code: string, context: RiskContext) => {
    const found = use(code, context)
    return found && [found.used.toFixed(), found.limit.toFixed(), found.unit]
  }
  const held = { positions: [position(), position({ symbol: 'AMD', quantity: quantity('10') })] }
  const sectors = standing({
    sectors: new Map([
      ['AMD', 'Technology'],
      ['NVDA', 'Energy'],
    ]),
  })
  const lost = {
    account: { equity: usd('98500'), cash: usd('1'), buyingPower: usd('1') },
    standing: standing({ highWater: usd('110000') }),
  }

  const lines: readonly [string, string, RiskContext, readonly string[] | null][] = [
    ['POSITION_TOO_LARGE', 'the symbol that was asked about', nothing(held), ['4000', '5000', 'usd']],
    ['POSITION_TOO_LARGE', 'nothing held', nothing(), ['0', '5000', 'usd']],
    ['MAX_POSITIONS', 'two held', nothing(held), ['2', '5', 'count']],
    ['MAX_POSITIONS', 'one more asked for', riskContext({ positions: [position({ symbol: 'AMD' })] }), ['2', '5', 'count']],
    ['TOTAL_EXPOSURE', 'two held', nothing(held), ['5000', '50000', 'usd']],
    ['SECTOR_EXPOSURE', 'the fullest', nothing({ ...held, standing: sectors }), ['4000', '40000', 'usd']],
    ['SECTOR_EXPOSURE', 'nothing held', nothing(), ['0', '40000', 'usd']],
    ['CORRELATION', 'nothing to compare', nothing(), null],
    ['CORRELATION', 'half alike', nothing({ correlations: [{ symbol: 'AMD', coefficient: 0.5, days: 60 }] }), ['50', '70', 'percent']],
    [
      'CORRELATION',
      'the closest counts',
      nothing({
        correlations: [
          { symbol: 'AMD', coefficient: 0.5, days: 60 },
          { symbol: 'KO', coefficient: -0.2, days: 60 },
        ],
      }),
      ['50', '70', 'percent'],
    ],
    ['DAILY_LOSS', 'a day that loses', nothing(lost), ['1500', '2000', 'usd']],
    ['MAX_DRAWDOWN', 'below the peak', nothing(lost), ['10.45', '15', 'percent']],
    ['OPEN_RISK', 'two held', nothing(held), ['250', '2000', 'usd']],
    ['ORDER_RATE', 'one lately', nothing({ recentEntries: [{ symbol: 'AMD', side: 'buy', at: noon - 1 }] }), ['1', '10', 'count']],
    ['BROKER_ERRORS', 'one lately', nothing({ brokerFailures: [noon - 1] }), ['1', '3', 'count']],
    ['STOP_TOO_WIDE', 'five percent away', nothing(), ['5', '20', 'percent']],
    ['STOP_TOO_WIDE', 'no stop', riskContext({ request: request({ stopLoss: null }) }), null],
    ['SPREAD_TOO_WIDE', 'four cents', nothing(), ['0.04', '2', 'percent']],
    ['SPREAD_TOO_WIDE', 'no quote', nothing({ quote: null }), null],
    ['QUOTE_STALE', 'a second old', nothing(), ['1', '5', 'seconds']],
    ['QUOTE_STALE', 'no quote', nothing({ quote: null }), null],
  ]
  it.each(lines)('%s: %s', (code, _, context, expected) => {
    expect(figures(code, context)).toEqual(expected)
    expect(use(code, context)?.explain.length ?? 0).toBeLessThanOrEqual(80)
  })

  it('is shown by a test for every check that has one, and never of an account that is not there', () => {
    const tested = new Set(lines.map(([code]) => code))
    expect(shown.map((armed) => armed.check.code).filter((code) => !tested.has(code))).toEqual([])
    const blind = nothing({ account: null, quote: null, standing: standing({ dayStart: null, highWater: null }) })
    const visible = shown.filter(({ check, limits }) => check.usage?.(blind, limits)).map((armed) => armed.check.code)
    expect(visible.sort()).toEqual(['BROKER_ERRORS', 'MAX_POSITIONS', 'ORDER_RATE', 'STOP_TOO_WIDE'])
  })
})
