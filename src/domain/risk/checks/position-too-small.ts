import { z } from 'zod'
import { decimal, roundUp, text } from '../../decimal.ts'
import { defineCheck, money } from '../check.ts'
import { heldInSymbol, requestNotional } from '../exposure.ts'
import { decimalLimit } from '../limits.ts'

export const check = defineCheck({
  code: 'POSITION_TOO_SMALL',
  tier: 'position',
  limits: z.strictObject({ usd: decimalLimit('0', '1000000', '100', 'USD that a position must at least be worth') }),
  transient: false,
  evaluate(context, { usd: least }) {
    const held = heldInSymbol(context)
    const size = held.plus(requestNotional(context))
    if (size.gte(decimal(least))) return null
    const { price } = context.request
    const needed = price.gt(decimal('0')) ? roundUp(decimal(least).minus(held).div(price), 0) : null
    return {
      limit: least,
      actual: text(size),
      wouldPass: needed && `min ${needed.toFixed()} shares`,
      explain: `${money(size)} is under the ${money(decimal(least))} minimum`,
    }
  },
})
