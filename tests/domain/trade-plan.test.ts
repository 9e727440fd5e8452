import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, fromNumber, type Price, price, quantity, tickPlaces, usd } from '../../src/domain/decimal.ts'
import { judgeEntry } from '../../src/domain/risk/verdict.ts'
import { sizing as fixedPercent } from '../../src/domain/sizing/fixed-percent.ts'
import { size } from '../../src/domain/sizing/size.ts'
import { entryLimit, entryRequest, type PlanInput, plan, planTerms } from '../../src/domain/trade-plan.ts'
import { iso, loadChecks, noon, proposal, riskContext, withDefaults } from '../support/samples.ts'

const checks = withDefaults(await loadChecks())
const exits = { stop_atr: '1.5', target_atr: '3', fallback_stop_percent: '5', fallback_target_percent: '10' }
const input = (over: Partial<PlanInput> = {}): PlanInput => ({
  side: 'buy',
  entry: price('100'),
  atr: 2,
  stopLoss: null,
  takeProfit: null,
  exits,
  ceilingPercent: '1.5',
  ...over,
})
const told = (p: ReturnType<typeof plan>) => [p.limitPrice, p.ceilingPrice, p.stopLoss, p.takeProfit].map((x) => x.toFixed())

const anyPrice = fc.integer({ min: 5_000, max: 50_000_000 }).map((n) => fromNumber(n / 10_000, 4) as Price)
const anyAtr = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e7, noNaN: false }), fc.double({ min: 0.0001, max: 50, noNaN: true }))
const anyLevel = fc.option(fc.oneof(anyPrice, fc.constant(price('-1')), fc.constant(price('0'))), { nil: null })
const anyInput = fc.record({
  side: fc.constantFrom('buy' as const, 'sell' as const),
  entry: anyPrice,
  atr: anyAtr,
  stopLoss: anyLevel,
  takeProfit: anyLevel,
  exits: fc.constant(exits),
  ceilingPercent: fc.constantFrom('0', '0.1', '1.5', '5', '20'),
})

describe('a trade plan', () => {
  it('puts stop and target 1.5 and 3 ATR away, and the ceiling 1.5 % up', () => {
    expect(told(plan(input(), checks))).toEqual(['100', '101.5', '97', '106'])
    expect(told(plan(input({ side: 'sell' }), checks))).toEqual(['100', '98.5', '103', '94'])
  })

  it('falls back to 5 % and 10 % without an ATR', () => {
    for (const atr of [null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(told(plan(input({ atr }), checks))).toEqual(['100', '101.5', '95', '110'])
  })

  it('widens a stop that is too tight and narrows one that is too wide, at limit and ceiling alike', () => {
    expect(told(plan(input({ atr: 0.1 }), checks))[2]).toBe('98')
    expect(told(plan(input({ atr: 40 }), checks))[2]).toBe('81.2')
  })

  it("takes the alert's own levels, unless they are on the wrong side", () => {
    expect(told(plan(input({ stopLoss: price('93.337'), takeProfit: price('120.009') }), checks)).slice(2)).toEqual(['93.33', '120'])
    expect(told(plan(input({ stopLoss: price('101'), takeProfit: price('99') }), checks)).slice(2)).toEqual(['97', '106'])
  })

  it('refuses an entry that is no price', () => {
    expect(() => plan(input({ entry: price('0') }), checks)).toThrow('entry must be above zero')
    expect(() => plan(input({ entry: price('0.00001') }), checks)).toThrow('smallest price increment')
  })

  it('never denies itself: every price, ATR, level and side passes every stop check, SUB_PENNY and the order checks', () => {
    const own = ['STOP_MISSING', 'STOP_WRONG_SIDE', 'STOP_TOO_TIGHT', 'STOP_TOO_WIDE', 'SUB_PENNY', 'DATA_INVALID']
    const relevant = checks.filter(({ check }) => own.includes(check.code))
    fc.assert(
      fc.property(anyInput, (wanted) => {
        const made = plan(wanted, checks)
        for (const at of [made.limitPrice, made.ceilingPrice]) {
          const request = { ...riskContext().request, side: wanted.side, price: at, stopLoss: made.stopLoss, takeProfit: made.takeProfit }
          const verdict = judgeEntry(riskContext({ request }), relevant)
          expect(verdict.approved ? [] : verdict.entry.denials).toEqual([])
        }
        for (const level of [made.limitPrice, made.ceilingPrice, made.stopLoss, made.takeProfit])
          expect(level.round(tickPlaces(level)).eq(level)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  it('never lets the ceiling exceed its percentage, nor fall behind the limit', () => {
    fc.assert(
      fc.property(anyInput, (wanted) => {
        const { limitPrice, ceilingPrice } = plan(wanted, checks)
        const away = wanted.side === 'buy' ? ceilingPrice.minus(limitPrice) : limitPrice.minus(ceilingPrice)
        expect(away.gte(decimal('0'))).toBe(true)
        expect(away.times(decimal('100')).lte(limitPrice.times(decimal(wanted.ceilingPercent)))).toBe(true)
      }),
    )
  })

  it('passes every check there is once it is sized, at any price that a share can be bought at', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 490_000 }).map((n) => fromNumber(n / 100, 2) as Price),
        anyAtr,
        (entry, atr) => {
          const made = plan(input({ entry, atr }), checks)
          const account = { equity: usd('100000'), cash: usd('100000'), buyingPower: usd('200000') }
          const asked = { ...riskContext().request, price: made.ceilingPrice, stopLoss: made.stopLoss, quantity: quantity('0') }
          const context = riskContext({ account, request: asked })
          const request = { entry: made.limitPrice, stop: made.stopLoss, confidence: 0.9, atr, rvol: null, context, halvedBecause: null }
          const sized = size(request, { method: fixedPercent, settings: fixedPercent.settings.parse({}) }, checks)
          if (!sized.ok) throw new Error(sized.reason)
          const card = proposal({ terms: planTerms(made, sized, 1, iso()) })
          const quote = { bid: made.limitPrice, ask: made.limitPrice, last: made.limitPrice, at: noon }
          const verdict = judgeEntry(riskContext({ request: entryRequest(card), quote, account }), checks)
          expect(verdict.approved ? [] : verdict.entry.denials).toEqual([])
        },
      ),
      { numRuns: 500 },
    )
  })

  it('asks risk about the worst price the approval covers, for no more shares than tapped', () => {
    const asked = entryRequest(proposal(), quantity('20'))
    expect([asked.price.toFixed(), asked.quantity.toFixed(), asked.confidence]).toEqual(['123.77', '20', 0.9])
  })
})

describe('the limit of an entry', () => {
  const card = proposal()
  const quoted = (bid: string, ask: string) => ({ bid: price(bid), ask: price(ask) })

  it('is a little above the ask, in whole ticks, or below the bid', () => {
    expect(entryLimit(card, quoted('121.80', '121.90'), '0.1').toFixed()).toBe('122.03')
    expect(
      entryLimit(
        { ...card, side: 'sell', terms: { ...card.terms, ceilingPrice: price('120') } },
        quoted('121.80', '121.90'),
        '0.1',
      ).toFixed(),
    ).toBe('121.67')
  })

  it('is the one that a person set by hand, to the letter', () => {
    expect(entryLimit({ ...card, revisedBy: 'discord:1' }, quoted('100', '100.1'), '0.1')).toEqual(card.terms.ceilingPrice)
  })

  it('is never beyond what was approved, whatever the market', () => {
    fc.assert(
      fc.property(fc.constantFrom('buy' as const, 'sell' as const), anyPrice, fc.constantFrom('0', '0.1', '5'), (side, at, offset) => {
        const limit = entryLimit({ ...card, side }, { bid: at, ask: at }, offset)
        expect(side === 'buy' ? limit.lte(card.terms.ceilingPrice) : limit.gte(card.terms.ceilingPrice)).toBe(true)
      }),
    )
  })
})
