import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantity, text } from '../../../src/domain/decimal.ts'
import { exitSide } from '../../../src/domain/position.ts'
import { judgeEntry, riskReducing } from '../../../src/domain/risk/verdict.ts'
import { loadChecks, order, position, riskContext, withDefaults } from '../../support/samples.ts'

const checks = withDefaults(await loadChecks())

describe('closing and protecting', () => {
  const states = ['active', 'paused', 'halted'] as const
  const ticket = { ...order(), type: 'market' as const, limitPrice: null, bracket: null }

  it.each(states)('is accepted while trading is %s, whatever the data; entries only while it is active', (state) => {
    fc.assert(
      fc.property(
        fc.constantFrom('long' as const, 'short' as const),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (side, shares, blind) => {
          const held = position({ side })
          const close = riskReducing({ ...ticket, side: exitSide(side), quantity: quantity(String(shares)) }, held)
          expect(text(close.ticket.quantity)).toBe(String(shares))
          const trading = { ...riskContext().trading, state }
          const verdict = judgeEntry(riskContext({ trading, ...(blind ? { quote: null, account: null } : {}) }), checks)
          expect(verdict.approved).toBe(state === 'active' && !blind)
        },
      ),
    )
  })

  it('is never an entry in disguise', () => {
    expect(() => riskReducing({ ...ticket, side: 'sell', quantity: quantity('41') }, position())).toThrow('exceeds the position')
    expect(() => riskReducing({ ...ticket, side: 'buy', quantity: quantity('1') }, position())).toThrow('does not reduce a long')
    expect(() => riskReducing({ ...ticket, side: 'sell', symbol: 'AMD' }, position())).toThrow('is not NVDA')
    expect(() => riskReducing({ ...ticket, side: 'sell', quantity: quantity('0') }, position())).toThrow('not positive')
  })
})
