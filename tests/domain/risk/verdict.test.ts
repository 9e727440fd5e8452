import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { price, quantity, text } from '../../../src/domain/decimal.ts'
import { exitSide } from '../../../src/domain/position.ts'
import { clearedByLedger, clearForSending, denialsOf, judgeEntry, riskReducing } from '../../../src/domain/risk/verdict.ts'
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

describe('an entry that was approved', () => {
  const verdict = judgeEntry(riskContext(), checks)
  const ticket = order()

  it('is sent for what was approved, or less, and nothing else', () => {
    if (!verdict.approved) throw new Error('the sample is denied')
    expect(clearForSending(verdict.entry, { ...ticket, quantity: quantity('40') }).ticket.quantity.toFixed()).toBe('40')
    expect(() => clearForSending(verdict.entry, { ...ticket, quantity: quantity('41') })).toThrow('not what was approved')
    expect(() => clearForSending(verdict.entry, { ...ticket, symbol: 'AMD' })).toThrow('not what was approved')
    expect(() => clearForSending(verdict.entry, { ...ticket, side: 'sell' })).toThrow('not what was approved')
  })

  it('is proven by its order on the books after a restart; nothing else is', () => {
    const bracket = { stopLoss: price('95'), takeProfit: null }
    expect(clearedByLedger(order({ bracket })).entry.request).toMatchObject({
      symbol: 'NVDA',
      stopLoss: bracket.stopLoss,
      takeProfit: null,
    })
    expect(clearedByLedger(order({ limitPrice: null, expectedPrice: price('99'), bracket: null })).entry.request.price.toFixed()).toBe('99')
    expect(() => clearedByLedger(order({ role: 'close' }))).toThrow('no approved entry')
    expect(() => clearedByLedger(order({ proposalId: null }))).toThrow('no approved entry')
    expect(() => clearedByLedger(order({ limitPrice: null, expectedPrice: null }))).toThrow('has no price')
  })

  it('leads with what will not go away by itself, then by tier', () => {
    const found = judgeEntry(
      riskContext({
        reconciling: true,
        blockedSymbols: ['NVDA'],
        quote: null,
        positions: Array.from({ length: 5 }, (_, i) => position({ symbol: `S${i}` })),
      }),
      checks,
    )
    const codes = denialsOf(found).map(({ code }) => code)
    expect([codes[0], codes.at(-1)]).toEqual(['BLOCKED', 'RECONCILING'])
    expect(codes.indexOf('QUOTE_STALE')).toBeLessThan(codes.indexOf('MAX_POSITIONS'))
  })
})
