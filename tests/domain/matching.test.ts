import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, price, type Quantity, quantity } from '../../src/domain/decimal.ts'
import { type MatchBar, matchPrice, participation, type Terms } from '../../src/domain/matching/fill-rules.ts'
import { type MatchStep, matchBar, type WorkingOrder } from '../../src/domain/matching/match-bar.ts'

const bar = (open: string, high: string, low: string, close: string, change: Partial<MatchBar> = {}): MatchBar => ({
  at: 1_000,
  open: price(open),
  high: price(high),
  low: price(low),
  close: price(close),
  halfSpread: price('0.01'),
  available: 1_000,
  ...change,
})
const terms = (side: 'buy' | 'sell', type: 'market' | 'limit' | 'stop', at: string | null = null): Terms => ({
  side,
  type,
  limitPrice: type === 'limit' && at !== null ? price(at) : null,
  stopPrice: type === 'stop' && at !== null ? price(at) : null,
  triggered: false,
})
const fillOf = (t: Terms, b: MatchBar): string | null => matchPrice(t, b)?.toFixed() ?? null
const calm = bar('10', '10.5', '9.5', '10.2')

describe('the price of a fill', () => {
  it.each([
    ['market buy: the open ask', terms('buy', 'market'), '10.01'],
    ['market sell: the open bid', terms('sell', 'market'), '9.99'],
    ['buy limit above the open ask: the open ask', terms('buy', 'limit', '10.3'), '10.01'],
    ['buy limit that the low ask reaches: the limit', terms('buy', 'limit', '9.6'), '9.6'],
    ['buy limit that only the low bid reaches: none', terms('buy', 'limit', '9.5'), null],
    ['sell limit below the open bid: the open bid', terms('sell', 'limit', '9.8'), '9.99'],
    ['sell limit that the high bid reaches: the limit', terms('sell', 'limit', '10.49'), '10.49'],
    ['sell limit that only the high ask reaches: none', terms('sell', 'limit', '10.5'), null],
    ['sell stop over which the bar opens (a gap): the open bid', terms('sell', 'stop', '10.4'), '9.99'],
    ['sell stop that the low bid reaches: the stop', terms('sell', 'stop', '9.49'), '9.49'],
    ['sell stop out of reach: none', terms('sell', 'stop', '9.48'), null],
    ['buy stop under which the bar opens: the open ask', terms('buy', 'stop', '9.7'), '10.01'],
    ['buy stop that the high ask reaches: the stop', terms('buy', 'stop', '10.51'), '10.51'],
    ['buy stop out of reach: none', terms('buy', 'stop', '10.52'), null],
  ])('%s', (_, t, expected) => {
    expect(fillOf(t, calm)).toBe(expected)
  })

  it('is rounded to the tick, against the trader', () => {
    const fine = bar('10.003', '10.003', '10.003', '10.003', { halfSpread: price('0.005') })
    expect(fillOf(terms('buy', 'market'), fine)).toBe('10.01')
    expect(fillOf(terms('sell', 'market'), fine)).toBe('9.99')
    const penny = bar('0.50003', '0.50003', '0.50003', '0.50003', { halfSpread: price('0.00001') })
    expect(fillOf(terms('buy', 'market'), penny)).toBe('0.5001')
  })

  it('takes at most a tenth of the volume, in whole shares', () => {
    expect([participation(1_009), participation(9), participation(0)]).toEqual([100, 0, 0])
  })
})

const order = (id: string, t: Terms, left: string, change: Partial<WorkingOrder> = {}): WorkingOrder => ({
  ...t,
  id,
  left: quantity(left),
  liveFrom: 0,
  liveUntil: null,
  heldBy: null,
  group: null,
  sliceLimit: null,
  ...change,
})
const shown = (steps: readonly MatchStep[]): readonly string[] =>
  steps.map((s) =>
    s.type === 'filled' ? `${s.id} ${s.quantity.toFixed()}@${s.price.toFixed()}${s.complete ? '' : '…'}` : `${s.id} ${s.type}`,
  )
const legs = (change: Partial<WorkingOrder> = {}): readonly WorkingOrder[] => [
  order('target', terms('sell', 'limit', '10.4'), '100', { group: 'g', ...change }),
  order('stop', terms('sell', 'stop', '9.6'), '100', { group: 'g', ...change }),
]

describe('orders that meet a bar', () => {
  it('ignore a bar that began before they were live', () => {
    expect(matchBar([order('a', terms('buy', 'market'), '10', { liveFrom: 1_001 })], calm, 2_000)).toEqual([])
  })
  it('meet only the open when their cancel takes effect within the bar, and nothing after it', () => {
    const reached = terms('buy', 'limit', '9.6')
    expect(matchBar([order('a', reached, '10', { liveUntil: 1_500 })], calm, 2_000)).toEqual([])
    expect(shown(matchBar([order('a', terms('buy', 'market'), '10', { liveUntil: 1_500 })], calm, 2_000))).toEqual(['a 10@10.01'])
    expect(matchBar([order('a', terms('buy', 'market'), '10', { liveUntil: 1_000 })], calm, 2_000)).toEqual([])
  })
  it('fill the stop, not the target, when one bar reaches both', () => {
    expect(shown(matchBar(legs(), calm, 2_000))).toEqual(['stop 100@9.6', 'target canceled'])
  })
  it('let a stop fire in the bar that filled its entry, but never its target', () => {
    const entry = order('entry', terms('buy', 'limit', '10.1'), '100')
    expect(shown(matchBar([entry, ...legs({ heldBy: 'entry' })], calm, 2_000))).toEqual([
      'entry 100@10.01',
      'target activated',
      'stop activated',
      'stop 100@9.6',
      'target canceled',
    ])
    const rising = bar('10', '10.5', '9.9', '10.2')
    expect(shown(matchBar([entry, ...legs({ heldBy: 'entry' })], rising, 2_000))).toEqual([
      'entry 100@10.01',
      'target activated',
      'stop activated',
    ])
  })
  it('keep legs held while the entry is filled in part', () => {
    const entry = order('entry', terms('buy', 'market'), '100')
    const thin = { ...calm, available: 40 }
    expect(shown(matchBar([entry, ...legs({ heldBy: 'entry' })], thin, 2_000))).toEqual(['entry 40@10.01…'])
  })
  it('shrink the other leg by what one filled, and remember that the stop fired', () => {
    expect(shown(matchBar(legs(), { ...calm, available: 30 }, 2_000))).toEqual(['stop triggered', 'stop 30@9.6…', 'target shrunk'])
    const fired = order('stop', { ...terms('sell', 'stop', '9.6'), triggered: true }, '70')
    expect(shown(matchBar([fired], bar('9.9', '9.9', '9.9', '9.9'), 2_000))).toEqual(['stop 70@9.89'])
  })
})

const cents = fc.integer({ min: 100, max: 20_000 }).map((n) => (n / 100).toFixed(2))
const anyBar = fc
  .record({
    prices: fc.tuple(cents, cents, cents, cents),
    spread: fc.integer({ min: 0, max: 20 }),
    available: fc.integer({ min: 0, max: 500 }),
  })
  .map(({ prices, spread, available }) => {
    const sorted = prices.map((p) => price(p)).sort((a, b) => a.cmp(b))
    const [low, open, close, high] = sorted
    if (!low || !open || !close || !high) throw new Error('four prices')
    return { at: 1_000, open, high, low, close, halfSpread: price((spread / 100).toFixed(2)), available } satisfies MatchBar
  })
const anyTerms = fc
  .record({ side: fc.constantFrom('buy', 'sell'), type: fc.constantFrom('market', 'limit', 'stop'), at: cents })
  .map(({ side, type, at }) => terms(side, type, at))
const anyShares = fc.integer({ min: 1, max: 400 }).map(String)

describe('whatever the bar', () => {
  it('a fill is never better than what the bar showed, nor worse than its limit', () => {
    fc.assert(
      fc.property(anyTerms, anyBar, (t, b) => {
        const at = matchPrice(t, b)
        if (at === null) return
        const bestAsk = b.low.plus(b.halfSpread)
        const bestBid = b.high.minus(b.halfSpread)
        if (t.side === 'buy') expect(at.gte(bestAsk)).toBe(true)
        else expect(at.lte(bestBid)).toBe(true)
        if (t.limitPrice) expect(t.side === 'buy' ? at.lte(t.limitPrice) : at.gte(t.limitPrice)).toBe(true)
        if (t.stopPrice) expect(t.side === 'buy' ? at.gte(t.stopPrice) : at.lte(t.stopPrice)).toBe(true)
      }),
    )
  })

  it('all fills together never exceed the volume, nor any order what was left of it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyTerms, anyShares), { maxLength: 6 }), anyBar, (drawn, b) => {
        const orders = drawn.map(([t, left], n) => order(String(n), t, left))
        const fills = matchBar(orders, b, 2_000).filter((s) => s.type === 'filled')
        const total = fills.reduce((sum, f) => sum.plus(f.quantity), decimal('0'))
        expect(total.lte(decimal(String(b.available)))).toBe(true)
        for (const o of orders) {
          const own = fills.filter((f) => f.id === o.id).reduce((sum, f) => sum.plus(f.quantity), decimal('0'))
          expect(own.lte(o.left)).toBe(true)
        }
      }),
    )
  })

  it('two legs never sell more than the position, over any run of bars', () => {
    fc.assert(
      fc.property(fc.array(anyBar, { minLength: 1, maxLength: 20 }), cents, cents, anyShares, (bars, a, b, shares) => {
        const [low, high] = decimal(a).lt(decimal(b)) ? [a, b] : [b, a]
        let live: WorkingOrder[] = [
          order('target', terms('sell', 'limit', high), shares, { group: 'g' }),
          order('stop', terms('sell', 'stop', low), shares, { group: 'g' }),
        ]
        let sold: Quantity = quantity('0')
        for (const each of bars) {
          for (const step of matchBar(live, each, 2_000)) {
            if (step.type === 'filled') sold = sold.plus(step.quantity) as Quantity
            live = live.flatMap((o) => after(o, step))
          }
          expect(sold.lte(quantity(shares))).toBe(true)
        }
      }),
    )
  })
})

function after(o: WorkingOrder, step: MatchStep): WorkingOrder[] {
  if (o.id !== step.id) return [o]
  if (step.type === 'filled') return step.complete ? [] : [{ ...o, left: o.left.minus(step.quantity) as Quantity }]
  if (step.type === 'shrunk') return [{ ...o, left: step.left }]
  if (step.type === 'canceled') return []
  return [step.type === 'triggered' ? { ...o, triggered: true } : o]
}
