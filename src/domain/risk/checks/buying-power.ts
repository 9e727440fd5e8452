import { z } from 'zod'
import { type Decimal, decimal, divide, percentOf, text, zero } from '../../decimal.ts'
import { defineCheck, money } from '../check.ts'
import { requestNotional, unreserved } from '../exposure.ts'
import { decimalLimit, missing, mostShares } from '../limits.ts'

/** What may be spent on shares, so that the buffer is left. */
const spendable = (free: Decimal, buffer: string): Decimal => divide(free, decimal('1').plus(percentOf(decimal('1'), buffer)))

export const check = defineCheck({
  code: 'BUYING_POWER',
  tier: 'position',
  limits: z.strictObject({ buffer_percent: decimalLimit('0', '10', '0.1', '% of the order kept aside for fees and rounding') }),
  transient: true,
  evaluate(context, { buffer_percent: buffer }) {
    if (context.account === null) return missing('account')
    const free = context.account.buyingPower.minus(unreserved(context))
    const size = requestNotional(context)
    const needed = size.plus(percentOf(size, buffer))
    if (needed.lte(free)) return null
    return {
      limit: text(free),
      actual: text(needed),
      wouldPass: mostShares(spendable(free, buffer), context.request.price),
      explain: `needs ${money(needed)}; ${money(free)} of buying power is free`,
    }
  },
  room(context, { buffer_percent: buffer }) {
    if (context.account === null || context.request.price.lte(zero)) return null
    const { buyingPower } = context.account
    const most = spendable(buyingPower.minus(unreserved(context)), buffer)
    return { shares: divide(most, context.request.price), because: `the ${money(buyingPower)} of buying power` }
  },
})
