import { price, quantity, usd } from '../../../../src/domain/decimal.ts'
import type { RiskContext } from '../../../../src/domain/risk/check.ts'
import { noon, request, riskContext } from '../../../support/samples.ts'

/** One line of the table that shows what the checks say. */
export interface Case {
  readonly code: string
  readonly when: string
  /** edge: exactly at the limit. bad: data that is missing, stale, zero, negative, of the wrong sign or no number. */
  readonly kind: 'pass' | 'edge' | 'warns' | 'deny' | 'bad'
  /** null: passes. Otherwise words of the denial's `wouldPass`, or '' where there are none. */
  readonly denied: string | null
  /** Words of the warning. */
  readonly warning?: string
  readonly transient?: boolean
  readonly context: RiskContext
}

export const pass = (code: string, when: string, context: RiskContext): Case => ({ code, when, kind: 'pass', denied: null, context })
/** Passes at the limit. */
export const edge = (code: string, when: string, context: RiskContext): Case => ({ ...pass(code, when, context), kind: 'edge' })
/** Bad data that has a stated neutral: it passes. */
export const neutral = (code: string, when: string, context: RiskContext): Case => ({ ...pass(code, when, context), kind: 'bad' })
export const warns = (code: string, when: string, context: RiskContext, warning: string, kind: Case['kind'] = 'warns'): Case => ({
  ...pass(code, when, context),
  kind,
  warning,
})
export const deny = (code: string, when: string, context: RiskContext, denied: string, transient?: boolean): Case => ({
  code,
  when,
  kind: 'deny',
  denied,
  context,
  ...(transient === undefined ? {} : { transient }),
})
export const bad: typeof deny = (...row) => ({ ...deny(...row), kind: 'bad' })

export const sized = (shares: string, at = '100') => request({ quantity: quantity(shares), price: price(at) })
export const asked = (over: Parameters<typeof request>[0]): RiskContext => riskContext({ request: request(over) })
export const quoted = (bid: string, ask: string, last: string, at = noon) =>
  riskContext({ quote: { bid: price(bid), ask: price(ask), last: price(last), at } })
export const funded = (equity: string, buyingPower: string) =>
  riskContext({ account: { equity: usd(equity), cash: usd(equity), buyingPower: usd(buyingPower) } })
export const short = request({ side: 'sell', stopLoss: price('105'), takeProfit: price('90') })
