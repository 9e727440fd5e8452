import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromNumber, type Price, price, quantity, type Usd, usd } from '../../../src/domain/decimal.ts'
import { judgeEntry } from '../../../src/domain/risk/verdict.ts'
import { sizing as fixedPercent } from '../../../src/domain/sizing/fixed-percent.ts'
import { sizing as fixedRisk } from '../../../src/domain/sizing/fixed-risk.ts'
import type { SizingMethod } from '../../../src/domain/sizing/method.ts'
import { type SizeRequest, size } from '../../../src/domain/sizing/size.ts'
import { loadChecks, order, position, request, riskContext, withDefaults } from '../../support/samples.ts'

const checks = withDefaults(await loadChecks())
const using = (method: SizingMethod, settings: object = {}) => ({ method, settings: method.settings.parse(settings) })
const percent = using(fixedPercent as SizingMethod)
const risk = using(fixedRisk as SizingMethod)
const account = (equity: string, buyingPower = '1000000') => ({ equity: usd(equity), cash: usd(equity), buyingPower: usd(buyingPower) })
interface Wanted {
  readonly entry: Price
  readonly ceiling: Price
  readonly stop: Price
  readonly account: ReturnType<typeof account>
  /** USD of the symbol that are held already. */
  readonly held: string
  /** USD of another that the broker has not counted yet. */
  readonly unreserved: string
  readonly halvedBecause: string | null
}
function wanted(over: Partial<Wanted> = {}): SizeRequest {
  const { entry, ceiling, stop, account: funds, held, unreserved, halvedBecause } = { ...usual, ...over }
  const shares = (dollars: string) => quantity(String(Number(dollars) / 100))
  const coming = order({
    symbol: 'AMD',
    quantity: shares(unreserved),
    brokerOrderId: null,
    bracket: { stopLoss: price('95'), takeProfit: null },
  })
  const context = riskContext({
    request: request({ quantity: quantity('0'), price: ceiling, stopLoss: stop }),
    account: funds,
    positions: held === '0' ? [] : [position({ quantity: shares(held) })],
    workingOrders: unreserved === '0' ? [] : [coming],
  })
  return { entry, stop, confidence: 0.9, atr: null, rvol: null, context, halvedBecause }
}
const usual: Wanted = {
  entry: price('100'),
  ceiling: price('100'),
  stop: price('95'),
  account: account('60000'),
  held: '0',
  unreserved: '0',
  halvedBecause: null,
}

describe('the size of a position', () => {
  it('is 5 % of equity by default, rounded down', () => {
    expect(size(wanted({ account: account('61999') }), percent, checks)).toMatchObject({ ok: true, sizedBy: '5 % of equity' })
    const sized = size(wanted({ account: account('61999') }), percent, checks)
    expect(sized.ok && sized.quantity.toFixed()).toBe('30')
  })

  it('risks 0.5 % of equity between entry and stop when sized by risk', () => {
    const sized = size(wanted({ stop: price('90') }), risk, checks)
    expect(sized).toMatchObject({ ok: true, sizedBy: '0.5 % of equity at risk' })
    expect(sized.ok && sized.quantity.toFixed()).toBe('30')
  })

  it('is half of whatever binds while only half may be traded, and says so', () => {
    const half = { halvedBecause: 'first live week: half' }
    const small = size(wanted({ ...half, account: account('61999') }), percent, checks)
    expect(small).toMatchObject({ ok: true, sizedBy: 'first live week: half of 5 % of equity' })
    expect(small.ok && small.quantity.toFixed()).toBe('15')
    const large = size(wanted({ ...half, account: account('1000000') }), percent, checks)
    expect(large).toMatchObject({ ok: true, sizedBy: 'first live week: half of the $5,000.00 limit' })
    expect(large.ok && large.quantity.toFixed()).toBe('25')
    expect(size(wanted({ ...half, account: account('3000') }), percent, checks)).toMatchObject({ ok: false, code: 'NO_ROOM' })
  })

  const capped: readonly [string, Partial<Wanted>, string, string][] = [
    ['the dollar limit', { account: account('1000000') }, '50', 'the $5,000.00 limit'],
    ['the ceiling, at which risk will judge', { account: account('1000000'), ceiling: price('101.50') }, '49', 'the $5,000.00 limit'],
    ['what the symbol holds already', { held: '4000' }, '10', 'the $5,000.00 limit, of which $4,000.00 is held already'],
    ['buying power', { account: account('60000', '1500') }, '14', 'the $1,500.00 of buying power'],
    [
      'buying power that others have asked for',
      { account: account('60000', '3000'), unreserved: '1500' },
      '14',
      'the $3,000.00 of buying power',
    ],
  ]
  it.each(capped)('is capped by %s, which is named', (_, over, shares, because) => {
    const sized = size(wanted(over), percent, checks)
    expect(sized.ok && [sized.quantity.toFixed(), sized.sizedBy]).toEqual([shares, because])
  })

  it('is capped by a share of equity when that is smaller', () => {
    const sized = size(wanted({ account: account('20000') }), using(fixedPercent as SizingMethod, { percent: 50 }), checks)
    expect(sized.ok && [sized.quantity.toFixed(), sized.sizedBy]).toEqual(['20', 'the 10 % of equity limit'])
  })

  const nothing: readonly [string, Partial<Wanted>, string][] = [
    ['one share costs more', { entry: price('4000'), stop: price('3800'), ceiling: price('4000') }, 'NO_ROOM'],
    ['the symbol is full', { held: '5000' }, 'NO_ROOM'],
    ['the symbol is over-full', { held: '9000' }, 'NO_ROOM'],
    ['there is no buying power', { account: account('60000', '0') }, 'NO_ROOM'],
    ['equity is zero', { account: account('0') }, 'DATA_INVALID'],
    ['equity is negative', { account: account('-1') }, 'DATA_INVALID'],
    ['the price is zero', { entry: price('0') }, 'DATA_INVALID'],
    ['the stop is at the entry', { stop: price('100') }, 'DATA_INVALID'],
  ]
  it.each(nothing)('is an answer with a reason when %s', (_, over, code) => {
    const sized = size(wanted(over), percent, checks)
    expect(sized).toMatchObject({ ok: false, code })
    expect(sized.ok || sized.reason.length).toBeGreaterThan(10)
  })

  it('never exceeds what POSITION_TOO_LARGE and BUYING_POWER let through, whatever the account', () => {
    const judges = checks.filter(({ check }) => ['POSITION_TOO_LARGE', 'BUYING_POWER'].includes(check.code))
    const cents = (max: number) => fc.integer({ min: 1, max }).map((n) => fromNumber(n / 100, 2))
    fc.assert(
      fc.property(cents(500_000), cents(100_000_000), cents(100_000_000), fc.constantFrom(percent, risk), (at, equity, power, method) => {
        const funds = { equity: equity as Usd, cash: equity as Usd, buyingPower: power as Usd }
        const stop = at.times(fromNumber(0.95, 2)) as Price
        const sized = size(wanted({ entry: at as Price, ceiling: at as Price, stop, account: funds }), method, checks)
        if (!sized.ok) return
        const context = riskContext({ request: request({ price: at as Price, quantity: sized.quantity }), account: funds })
        expect(judgeEntry(context, judges).approved).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
