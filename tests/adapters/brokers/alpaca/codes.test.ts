import { describe, expect, it } from 'vitest'
import { AlpacaFailure } from '../../../../src/adapters/alpaca/failures.ts'
import { mayBeDuplicate, refusalCode } from '../../../../src/adapters/brokers/alpaca/codes.ts'

const refused = (status: number, code: number, message: string, details: Record<string, unknown> = {}) =>
  new AlpacaFailure('refused', message, { status, code, details })

describe('why Alpaca refused', () => {
  it.each([
    [403, 40310000, 'insufficient qty available for order (requested: 10, available: 0)', { held_for_orders: '10' }, 'held_for_orders'],
    [
      403,
      40310000,
      'insufficient qty available for order (requested: 10, available: 5)',
      { held_for_orders: '0' },
      'insufficient_quantity',
    ],
    [403, 40310000, 'insufficient qty available for order (requested: 10, available: 5)', {}, 'insufficient_quantity'],
    [403, 40310000, 'insufficient buying power', {}, 'insufficient_buying_power'],
    [403, 40310000, 'potential wash trade detected. use complex orders', {}, 'wash_trade'],
    [403, 40310000, 'asset "BRK.A" is not fractionable', {}, 'not_fractionable'],
    [403, 40310000, 'account is not allowed to short', {}, 'not_shortable'],
    [422, 42210000, 'asset "HARD" cannot be sold short', {}, 'not_shortable'],
    [403, 40310000, 'account is not authorized to trade', {}, 'account_restricted'],
    [403, 40310000, 'new orders are rejected by user request', {}, 'account_restricted'],
    [403, 40310000, 'something new', {}, 'forbidden'],
    [422, 42210000, 'invalid limit_price 10.005. sub-penny increment does not fulfill minimum pricing criteria', {}, 'sub_penny'],
    [422, 42210000, 'asset "NOPE" not found', {}, 'unknown_symbol'],
    [422, 42210000, 'asset ACME is not active', {}, 'not_tradable'],
    [422, 42210000, 'asset "ACME" is not tradable', {}, 'not_tradable'],
    [422, 42210000, 'stop_loss.stop_price must be <= base_price - 0.01', {}, 'invalid_order'],
    [400, 40010000, 'request body format is invalid', {}, 'invalid_order'],
    [401, 40110000, 'unauthorized.', {}, 'unauthorized'],
  ] as const)('%i %i %s', (status, code, message, details, expected) => {
    expect(refusalCode(refused(status, code, message, details))).toBe(expected)
  })

  it('calls what never got in rate limited', () => {
    expect(refusalCode(new AlpacaFailure('limited', 'x', { status: 429 }))).toBe('rate_limited')
    expect(refusalCode(new AlpacaFailure('unsent', 'x'))).toBe('rate_limited')
  })

  it('suspects a used client id behind one number only', () => {
    expect(mayBeDuplicate(refused(422, 40010001, 'client_order_id must be unique'))).toBe(true)
    expect(mayBeDuplicate(refused(422, 42210000, 'client_order_id must be unique'))).toBe(false)
  })
})
