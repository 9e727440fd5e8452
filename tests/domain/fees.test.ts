import { describe, expect, it } from 'vitest'
import { decimal, price, quantity } from '../../src/domain/decimal.ts'
import { executionFees } from '../../src/domain/fees.ts'

const schedule = {
  secPerMillion: decimal('20.60'),
  tafPerShare: decimal('0.000195'),
  tafCap: decimal('9.79'),
  commissionPerShare: decimal('0'),
}
const fees = (side: 'buy' | 'sell', shares: string, at: string, change: Partial<typeof schedule> = {}): string =>
  executionFees({ side, quantity: quantity(shares), price: price(at) }, { ...schedule, ...change }).toFixed()

describe('fees of an execution', () => {
  it('are nothing for a purchase without commission', () => {
    expect(fees('buy', '1000', '50')).toBe('0')
  })
  it('for 1,000 shares sold at $50: SEC 50,000 x 20.60 / 1,000,000 = 1.03, TAF 0.195 up to 0.20', () => {
    expect(fees('sell', '1000', '50')).toBe('1.23')
  })
  it('are rounded up to the cent each: one share at $10 costs two cents', () => {
    expect(fees('sell', '1', '10')).toBe('0.02')
  })
  it('never charge more trading activity fee than the cap', () => {
    // 60,000 shares at $1: SEC 1.236 -> 1.24, TAF 11.70 -> 9.79.
    expect(fees('sell', '60000', '1')).toBe('11.03')
  })
  it('charge commission both ways', () => {
    expect(fees('buy', '300', '50', { commissionPerShare: decimal('0.005') })).toBe('1.5')
    expect(fees('sell', '1', '10', { commissionPerShare: decimal('0.005') })).toBe('0.03')
  })
})
