import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { price, quantity, text, usd } from '../../src/domain/decimal.ts'
import { type Fill, isTerminal, type Order, orderEvolution } from '../../src/domain/order.ts'
import { fillOrder } from '../../src/domain/order-decisions.ts'
import { iso, order } from '../support/samples.ts'

const fold = (state: Order, events: readonly Parameters<typeof orderEvolution.evolve>[1][]): Order =>
  events.reduce(orderEvolution.evolve, state)
const fillOf = (id: number, shares: number, at: number): Fill => ({
  executionId: `e${id}`,
  quantity: quantity(String(shares)),
  price: price((at / 100).toFixed(2)),
  fees: usd('0.01'),
  at: iso(id),
})
const apply = (state: Order, fill: Fill): Order => {
  const decision = fillOrder(state, fill)
  if (!decision.ok) throw new Error(decision.refusal.explain)
  return fold(state, decision.events)
}

/** Executions of one order, and a stream that delivers each of them at least once, in any order. */
const delivered = fc
  .array(fc.record({ shares: fc.integer({ min: 1, max: 50 }), at: fc.integer({ min: 1, max: 50_000 }) }), { minLength: 1, maxLength: 8 })
  .chain((parts) => {
    const fills = parts.map((part, id) => fillOf(id, part.shares, part.at))
    const again = fc.array(fc.integer({ min: 0, max: fills.length - 1 }), { maxLength: 12 })
    return again
      .chain((more) =>
        fc.shuffledSubarray(
          [...fills.keys(), ...more].map((i, n) => [i, n] as const),
          { minLength: fills.length + more.length },
        ),
      )
      .map((sequence) => ({ fills, stream: sequence.flatMap(([i]) => fills[i] ?? []) }))
  })

describe('fills of an order', () => {
  it('count once each, in whatever order and however often they are delivered', () => {
    fc.assert(
      fc.property(delivered, ({ fills, stream }) => {
        const whole = fills.reduce((sum, f) => sum.plus(f.quantity), quantity('0'))
        const worth = fills.reduce((sum, f) => sum.plus(f.quantity.times(f.price)), usd('0'))
        const state = stream.reduce(apply, order({ quantity: quantity(text(whole)) }))
        expect(text(state.filledQuantity)).toBe(text(whole))
        expect([...state.executions].sort()).toEqual(fills.map((f) => f.executionId).sort())
        expect(text(state.fees)).toBe((fills.length / 100).toFixed(2).replace(/\.?0+$/, ''))
        expect(state.filledAveragePrice?.times(whole).minus(worth).abs().lt(usd('0.000000001'))).toBe(true)
        expect(state.status).toBe('filled')
      }),
    )
  })

  it('still count after the order was canceled, without reviving it', () => {
    const canceled = order({ status: 'canceled', endedAt: iso() })
    const state = apply(canceled, fillOf(1, 10, 10_000))
    expect([text(state.filledQuantity), state.status, isTerminal(state)]).toEqual(['10', 'canceled', true])
  })

  it('leave a cancellation pending until the broker ends it', () => {
    const state = apply(order({ status: 'pending_cancel' }), fillOf(1, 10, 10_000))
    expect(state.status).toBe('pending_cancel')
  })

  it('throw when there are more than was ordered', () => {
    expect(() => apply(order(), fillOf(1, 41, 10_000))).toThrow('filled 41 of 40')
  })
})
