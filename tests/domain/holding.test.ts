import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { price, quantity, text, usd, zero } from '../../src/domain/decimal.ts'
import { type Holding, holdingAfter } from '../../src/domain/matching/holding.ts'
import { sharesBound } from '../../src/domain/matching/shares-bound.ts'
import { sliceOf } from '../../src/domain/matching/slice.ts'

const traded = (side: 'buy' | 'sell', shares: string, at: string) => ({
  symbol: 'ACME',
  side,
  quantity: quantity(shares),
  price: price(at),
})
const heldAfter = (...trades: readonly ReturnType<typeof traded>[]): Holding | undefined =>
  trades.reduce<Holding | undefined>((held, trade) => holdingAfter(held, trade), undefined)
const shown = (held: Holding | undefined) => held && `${held.side} ${text(held.quantity)} for ${text(held.cost)}`

describe('what is held after a trade', () => {
  it.each([
    ['the first opens', [traded('buy', '10', '100')], 'long 10 for 1000'],
    ['more of it averages', [traded('buy', '10', '100'), traded('buy', '10', '110')], 'long 20 for 2100'],
    ['less of it keeps the average', [traded('buy', '10', '100'), traded('sell', '4', '500')], 'long 6 for 600'],
    ['all of it leaves nothing, at no cost', [traded('sell', '3', '7'), traded('buy', '3', '9')], 'short 0 for 0'],
    ['more than all opens the other side', [traded('buy', '10', '100'), traded('sell', '15', '90')], 'short 5 for 450'],
  ])('%s', (_, trades, expected) => {
    expect(shown(heldAfter(...trades))).toBe(expected)
  })

  it('always as many shares as were traded', () => {
    const trade = fc.tuple(
      fc.constantFrom('buy' as const, 'sell' as const),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 99 }),
    )
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1 }), (trades) => {
        const held = heldAfter(...trades.map(([side, shares, at]) => traded(side, String(shares), String(at))))
        const net = trades.reduce((sum, [side, shares]) => sum + (side === 'buy' ? shares : -shares), 0)
        expect(held?.quantity.toFixed()).toBe(String(Math.abs(net)))
        if (net !== 0) expect(held?.side).toBe(net > 0 ? 'long' : 'short')
        expect(held?.cost.gte(usd('0'))).toBe(true)
      }),
    )
  })
})

describe('shares that closing orders bind', () => {
  const order = (id: string, group: string | null, left: string) => ({ id, group, left: quantity(left) })
  it.each([
    ['none', [], '0'],
    ['single orders add up', [order('a', null, '3'), order('b', null, '4')], '7'],
    ['of a pair the larger counts', [order('a', 'g', '3'), order('b', 'g', '5'), order('c', null, '1')], '6'],
  ])('%s', (_, orders, expected) => {
    expect(text(sharesBound(orders))).toBe(expected)
  })
})

describe('orders that fill in parts', () => {
  const order = (clientOrderId: string, shares = '100') => ({ clientOrderId, quantity: quantity(shares) })

  it('are as many as the rate says, the same ones every time, in whole shares and never all at once', () => {
    const slices = Array.from({ length: 2_000 }, (_, n) => sliceOf(order(`order-${n}`), 7, 0.1))
    const chosen = slices.flatMap((slice) => slice ?? [])
    expect(chosen.length).toBeGreaterThan(140)
    expect(chosen.length).toBeLessThan(260)
    expect(chosen.every((slice) => slice.gt(zero) && slice.lt(quantity('100')) && slice.round(0).eq(slice))).toBe(true)
    expect(slices.map(String)).toEqual(Array.from({ length: 2_000 }, (_, n) => String(sliceOf(order(`order-${n}`), 7, 0.1))))
  })

  it('are never single shares, and none at a rate of nothing', () => {
    expect(sliceOf(order('a', '1'), 7, 1)).toBeNull()
    expect(sliceOf(order('a'), 7, 0)).toBeNull()
  })
})
