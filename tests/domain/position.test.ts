import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, fromNumber, price, quantity, text, usd } from '../../src/domain/decimal.ts'
import { type Position, type PositionFill, positionEvolution, unrealizedPnl } from '../../src/domain/position.ts'
import { fillPosition, openPosition, splitPosition } from '../../src/domain/position-decisions.ts'
import { iso } from '../support/samples.ts'

/** An exact fraction, so that the arithmetic under test has nothing in common with its judge. */
class Exact {
  readonly n: bigint
  readonly d: bigint
  constructor(n: bigint, d = 1n) {
    this.n = n
    this.d = d
  }
  static of(plain: string): Exact {
    const [whole = '0', cents = ''] = plain.split('.')
    return new Exact(BigInt(`${whole}${cents}`), 10n ** BigInt(cents.length))
  }
  plus(o: Exact): Exact {
    return new Exact(this.n * o.d + o.n * this.d, this.d * o.d)
  }
  minus(o: Exact): Exact {
    return this.plus(new Exact(-o.n, o.d))
  }
  times(o: Exact): Exact {
    return new Exact(this.n * o.n, this.d * o.d)
  }
  over(o: Exact): Exact {
    return o.n < 0n ? new Exact(-this.n * o.d, -this.d * o.n) : new Exact(this.n * o.d, this.d * o.n)
  }
  eq(o: Exact): boolean {
    return this.n * o.d === o.n * this.d
  }
  near(o: Exact): boolean {
    const { n, d } = this.minus(o)
    return (n < 0n ? -n : n) * 10n ** 9n <= d
  }
}

interface Step {
  readonly grow: boolean
  readonly shares: number
  readonly price: string
  readonly fees: string
  readonly split: string | null
}
const cents = (max: number, places = 2) => fc.integer({ min: 1, max }).map((n) => fromNumber(n / 10 ** places, places).toFixed())
const anyStep: fc.Arbitrary<Step> = fc.record({
  grow: fc.boolean(),
  shares: fc.integer({ min: 1, max: 500 }),
  price: fc.oneof(cents(500_000), cents(9_999, 4)),
  fees: fc.oneof(fc.constant('0'), cents(500), cents(99_999, 6)),
  split: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom('2', '4', '10') }),
})
const anyLife = fc.record({ short: fc.boolean(), steps: fc.array(anyStep, { minLength: 1, maxLength: 25 }), last: anyStep })

interface Ledger {
  readonly state: Position
  readonly held: Exact
  readonly cost: Exact
  readonly bought: Exact
  readonly sold: Exact
  readonly fees: Exact
}

/** Plays a life of fills, splits in between, and closes what is left; the same in fractions beside it. */
function live({ short, steps, last }: { short: boolean; steps: readonly Step[]; last: Step }): { open: Ledger[]; end: Ledger } {
  let ledger: Ledger | null = null
  const open: Ledger[] = []
  let id = 0
  const apply = (step: Step, grow: boolean, shares: string): Ledger => {
    const side = grow === short ? 'sell' : 'buy'
    const fill: PositionFill = {
      orderId: 'o',
      executionId: `e${id++}`,
      side,
      quantity: quantity(shares),
      price: price(step.price),
      fees: usd(step.fees),
      at: iso(id),
    }
    const before = ledger
    const state = before?.state ?? positionEvolution.initial('pos')
    const opening = { symbol: 'X', stopLoss: null, takeProfit: null, context: null, category: null, proposalId: null }
    const decision = before === null ? openPosition(state, fill, opening) : fillPosition(state, fill, 'manual')
    if (!decision.ok) throw new Error(decision.refusal.explain)
    const [q, worth] = [Exact.of(shares), Exact.of(shares).times(Exact.of(step.price))]
    const nothing = new Exact(0n)
    const { held, cost, bought, sold, fees } = before ?? { held: nothing, cost: nothing, bought: nothing, sold: nothing, fees: nothing }
    return {
      state: decision.events.reduce(positionEvolution.evolve, state),
      held: grow ? held.plus(q) : held.minus(q),
      cost: grow ? cost.plus(worth) : cost.minus(cost.times(q).over(held)),
      bought: side === 'buy' ? bought.plus(worth) : bought,
      sold: side === 'sell' ? sold.plus(worth) : sold,
      fees: fees.plus(Exact.of(step.fees)),
    }
  }
  for (const step of steps) {
    const has: number = ledger === null ? 0 : Number(text((ledger as Ledger).state.quantity))
    const grow = step.grow || has < 2
    ledger = apply(step, grow, String(grow ? step.shares : Math.min(step.shares, has - 1)))
    if (step.split !== null) {
      const decision = splitPosition(ledger.state, step.split, iso(id))
      if (!decision.ok) throw new Error(decision.refusal.explain)
      const state = decision.events.reduce(positionEvolution.evolve, ledger.state)
      ledger = { ...ledger, state, held: ledger.held.times(Exact.of(step.split)) }
    }
    open.push(ledger)
  }
  if (ledger === null) throw new Error('a life has at least one fill')
  return { open, end: apply(last, false, text((ledger as Ledger).state.quantity)) }
}

describe('a position over any life of fills', () => {
  it('holds exactly the sum of its fills, in shares of today', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { open, end } = live(life)
        for (const { state, held } of open) expect(Exact.of(text(state.quantity)).eq(held)).toBe(true)
        expect(text(end.state.quantity)).toBe('0')
        expect(end.state.status).toBe('closed')
      }),
    )
  })

  it('realizes exactly what was sold less what was bought, to the last digit, splits and shorts included', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { end } = live(life)
        expect(Exact.of(text(end.state.realizedPnl).replace('-', '')).eq(absolute(end.sold.minus(end.bought)))).toBe(true)
        expect(end.state.realizedPnl.lt(decimal('0'))).toBe(end.sold.minus(end.bought).n < 0n)
        expect(text(end.state.cost)).toBe('0')
      }),
    )
  })

  it('keeps fees apart and whole', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { end } = live(life)
        expect(Exact.of(text(end.state.fees)).eq(end.fees)).toBe(true)
      }),
    )
  })

  it('carries the average cost of what it still holds', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const { state, cost, held } of live(life).open) {
          expect(Exact.of(text(state.cost)).near(cost)).toBe(true)
          // A price is rounded at 20 places, so it is judged per share; the cost beside it is what money is reckoned with.
          expect(Exact.of(text(state.entryPrice)).near(cost.over(held))).toBe(true)
        }
      }),
    )
  })

  it('has realized and unrealized P&L that add up to cash flow plus worth at any moment', () => {
    fc.assert(
      fc.property(anyLife, cents(500_000), (life, mark) => {
        for (const { state, held, bought, sold } of live(life).open) {
          const worth = held.times(Exact.of(mark)).times(new Exact(life.short ? -1n : 1n))
          const whole = state.realizedPnl.plus(unrealizedPnl(state, price(mark)))
          expect(signedOf(text(whole)).near(sold.minus(bought).plus(worth))).toBe(true)
        }
      }),
    )
  })
})

const absolute = (e: Exact): Exact => new Exact(e.n < 0n ? -e.n : e.n, e.d)
const signedOf = (plain: string): Exact => {
  const size = Exact.of(plain.replace('-', ''))
  return plain.startsWith('-') ? new Exact(-size.n, size.d) : size
}
