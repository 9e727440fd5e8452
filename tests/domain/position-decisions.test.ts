import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { price, quantity, text, usd } from '../../src/domain/decimal.ts'
import type { PositionFill } from '../../src/domain/position.ts'
import { fillPosition, splitFill } from '../../src/domain/position-decisions.ts'
import { iso, position } from '../support/samples.ts'

describe('a fill at the edge of a position', () => {
  const sell = (shares: string): PositionFill => ({
    orderId: 'o2',
    executionId: 'e2',
    side: 'sell',
    quantity: quantity(shares),
    price: price('101'),
    fees: usd('0.5'),
    at: iso(1),
  })

  it('is divided where it goes beyond, with nothing lost and the fees counted once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (n) => {
        const { within, beyond } = splitFill(position(), sell(String(n)))
        expect(text(within.quantity.plus(beyond?.quantity ?? quantity('0')))).toBe(String(n))
        expect(text(within.fees.plus(beyond?.fees ?? usd('0')))).toBe('0.5')
        expect(within.quantity.lte(quantity('40'))).toBe(true)
        expect(beyond === null).toBe(n <= 40)
      }),
    )
  })

  it('throws when it is larger than the position it closes, and is refused once that is closed', () => {
    expect(() => fillPosition(position(), sell('41'), 'manual')).toThrow('exceeds position of 40')
    expect(fillPosition(position({ status: 'closed' }), sell('1'), 'manual')).toMatchObject({
      ok: false,
      refusal: { code: 'POSITION_CLOSED' },
    })
  })

  it('keeps the worst and the best it saw when it closes', () => {
    const decision = fillPosition(position(), sell('40'), 'take_profit')
    expect(decision).toMatchObject({ ok: true, events: [{ type: 'PositionClosed', mae: '0', mfe: '40', exitReason: 'take_profit' }] })
  })
})
