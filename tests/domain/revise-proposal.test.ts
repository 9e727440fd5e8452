import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maximum, minimum, price, quantity, text, zero } from '../../src/domain/decimal.ts'
import { type Proposal, proposalEvolution } from '../../src/domain/proposal.ts'
import { type Revision, reviseProposal } from '../../src/domain/revise-proposal.ts'
import { iso, proposal, terms } from '../support/samples.ts'

/** The sample: buy 41 at 121.95, up to 123.77, stop 115.85, target 134.15. */
const wanted = (over: Partial<Record<'quantity' | 'limit' | 'stop' | 'target', string>> = {}, version = 1): Revision => ({
  version,
  quantity: quantity(over.quantity ?? '41'),
  limitPrice: price(over.limit ?? '123.77'),
  stopLoss: price(over.stop ?? '115.85'),
  takeProfit: price(over.target ?? '134.15'),
  by: 'discord:1',
  at: iso(60_000),
})
const short = (): Proposal =>
  proposal({
    side: 'sell',
    terms: terms({ ceilingPrice: price('120.13'), stopLoss: price('128.05'), takeProfit: price('109.75') }),
  })
const revise = (state: Proposal, revision: Revision) => {
  const decision = reviseProposal(state, revision)
  return decision.ok ? { ...decision, after: decision.events.reduce(proposalEvolution.evolve, state) } : decision
}
const refusalOf = (state: Proposal, revision: Revision) => {
  const decision = reviseProposal(state, revision)
  return decision.ok ? null : decision.refusal
}

describe('editing a card', () => {
  it('given fewer shares, a lower limit and a nearer stop, then the next version asks, and whoever had approved the old one did so in vain', () => {
    const first = { by: 'discord:2', quantity: '41', at: iso() }
    const result = revise(proposal({ firstApproval: first }), wanted({ quantity: '10', limit: '121.00', stop: '117' }))
    expect(result.ok && result.after).toMatchObject({
      status: 'pending',
      revisedBy: 'discord:1',
      firstApproval: null,
      terms: { version: 2, sizedBy: 'set by hand' },
    })
    if (!result.ok) return
    const { limitPrice, ceilingPrice, riskAmount } = result.after.terms
    expect([limitPrice, ceilingPrice, riskAmount].map(text)).toEqual(['121', '121', '40'])
  })

  it('given a limit between the price and the old ceiling, then the price on the card stays and only the ceiling comes nearer', () => {
    const result = revise(proposal(), wanted({ limit: '122.50' }))
    expect(result.ok && [text(result.after.terms.limitPrice), text(result.after.terms.ceilingPrice)]).toEqual(['121.95', '122.5'])
  })

  it.each([
    ['more shares', { quantity: '42' }, 'QUANTITY_OUT_OF_RANGE', 'quantity: must be whole, 1 to 41 shares, not 42'],
    ['part of a share', { quantity: '1.5' }, 'QUANTITY_OUT_OF_RANGE', 'quantity: must be whole, 1 to 41 shares, not 1.5'],
    ['no share', { quantity: '0' }, 'QUANTITY_OUT_OF_RANGE', 'quantity: must be whole, 1 to 41 shares, not 0'],
    ['a higher limit', { limit: '123.78' }, 'LIMIT_OUT_OF_RANGE', 'limit: must be at most $123.77, not $123.78'],
    ['a stop above the limit', { limit: '120', stop: '121' }, 'STOP_WRONG_SIDE', 'stop: must be below the entry $120.00, not $121.00'],
    ['a target below the limit', { target: '120' }, 'TARGET_WRONG_SIDE', 'target: must be above the limit $123.77, not $120.00'],
    ['a stop further away', { stop: '115' }, 'RISK_GROWS', 'stop: must risk at most $250.10; $115.00 risks $284.95'],
    ['a finer price than there is', { stop: '115.855' }, 'SUB_PENNY', 'stop: must be in steps of $0.01, not $115.855'],
    ['a price of nothing', { target: '0' }, 'NOT_A_PRICE', 'target: must be above $0, not $0'],
    ['nothing new', {}, 'NOTHING_CHANGED', 'nothing is different from version 1'],
  ])('given %s, then it is refused and says the field, the limit and the value', (_, over, code, explain) => {
    expect(refusalOf(proposal(), wanted(over))).toEqual({ code, explain })
  })

  it('given several mistakes, then all are named at once', () => {
    const refusal = refusalOf(proposal(), wanted({ quantity: '50', limit: '130' }))
    expect(refusal?.code).toBe('QUANTITY_OUT_OF_RANGE')
    for (const field of ['quantity:', 'limit:']) expect(refusal?.explain).toContain(field)
  })

  it('given fewer shares, then the stop may go further away as long as no more is at risk', () => {
    expect(revise(proposal(), wanted({ quantity: '20', stop: '112' })).ok).toBe(true)
    expect(refusalOf(proposal(), wanted({ quantity: '20', stop: '105' }))?.code).toBe('RISK_GROWS')
  })

  it('given a short, then everything is the other way round', () => {
    const base = { limit: '120.13', stop: '128.05', target: '109.75' }
    expect(revise(short(), wanted({ ...base, limit: '121' })).ok).toBe(true)
    expect(refusalOf(short(), wanted({ ...base, limit: '120' }))?.explain).toContain('limit: must be at least $120.13')
    expect(refusalOf(short(), wanted({ ...base, stop: '119' }))?.code).toBe('STOP_WRONG_SIDE')
    expect(refusalOf(short(), wanted({ ...base, stop: '129' }))?.code).toBe('RISK_GROWS')
    expect(refusalOf(short(), wanted({ ...base, target: '125' }))?.code).toBe('TARGET_WRONG_SIDE')
  })

  it('given another version, a decided card, one whose time is up, or an exit, then nothing is edited', () => {
    expect(refusalOf(proposal(), wanted({ quantity: '1' }, 2))?.code).toBe('OTHER_VERSION')
    expect(refusalOf(proposal({ status: 'approved' }), wanted({ quantity: '1' }))?.code).toBe('ALREADY_DECIDED')
    expect(refusalOf(proposal({ expiresAt: iso(60_000) }), wanted({ quantity: '1' }))?.code).toBe('EXPIRED')
    expect(refusalOf(proposal({ intent: 'reduce' }), wanted({ quantity: '1' }))?.code).toBe('NOT_EDITABLE')
  })

  it('given seconds before it lapses, then there is time to tap the new version', () => {
    const result = revise(proposal({ expiresAt: iso(61_000) }), wanted({ quantity: '1' }))
    expect(result.ok && result.after.expiresAt).toBe(iso(150_000))
  })
})

const cents = (low: number, high: number) => fc.integer({ min: low, max: high }).map((n) => (n / 100).toFixed(2))
const anyRevision = fc.record({
  quantity: fc.integer({ min: 0, max: 60 }).map(String),
  limit: cents(10_000, 14_000),
  stop: cents(9_000, 14_000),
  target: cents(9_000, 15_000),
})

describe('any sequence of edits', () => {
  it.each([
    ['buy', proposal()],
    ['short', short()],
  ])('of a %s never leaves more at risk, more shares or a worse price, and every stop on its side', (_, start) => {
    let taken = 0
    fc.assert(
      fc.property(fc.array(anyRevision, { maxLength: 8 }), (edits) => {
        let state = start
        for (const edit of edits) {
          const result = revise(state, wanted(edit, state.terms.version))
          if (!result.ok) continue
          taken += 1
          const [was, is] = [state.terms, result.after.terms]
          expect(is.version).toBe(was.version + 1)
          expect(is.riskAmount.lte(was.riskAmount)).toBe(true)
          expect(
            is.ceilingPrice.minus(is.stopLoss).abs().times(is.quantity).lte(was.ceilingPrice.minus(was.stopLoss).abs().times(was.quantity)),
          ).toBe(true)
          expect(is.quantity.lte(was.quantity) && is.quantity.gt(zero)).toBe(true)
          const buys = state.side === 'buy'
          const nearer = buys ? minimum : maximum
          expect(nearer(is.ceilingPrice, was.ceilingPrice).eq(is.ceilingPrice)).toBe(true)
          expect(nearer(is.limitPrice, was.limitPrice).eq(is.limitPrice)).toBe(true)
          expect(is.ceilingPrice.minus(is.limitPrice).abs().lte(was.ceilingPrice.minus(was.limitPrice).abs())).toBe(true)
          expect(buys ? is.stopLoss.lt(is.limitPrice) : is.stopLoss.gt(is.limitPrice)).toBe(true)
          expect(buys ? is.takeProfit.gt(is.ceilingPrice) : is.takeProfit.lt(is.ceilingPrice)).toBe(true)
          expect(text(is.riskAmount)).toBe(text(is.limitPrice.minus(is.stopLoss).abs().times(is.quantity)))
          state = result.after
        }
      }),
      { numRuns: 3_000 },
    )
    expect(taken).toBeGreaterThan(100)
  })
})
