import { z } from 'zod'
import { text, usd } from '../../decimal.ts'
import { defineCheck, money } from '../check.ts'
import { countLimit, decimalLimit } from '../limits.ts'

/** The pattern day trader rule. Only for brokers that report what it looks at: others do not apply it, or apply it themselves. */
export const check = defineCheck({
  code: 'REGULATORY_MARGIN',
  tier: 'portfolio',
  limits: z.strictObject({
    equity_usd: decimalLimit('0', '1000000', '25000', 'USD of equity from which day trades are not counted'),
    day_trades: countLimit(1, 1000, 3, 'day trades in five sessions from which a smaller account enters nothing new'),
  }),
  transient: true,
  evaluate({ account }, { equity_usd, day_trades: most }) {
    if (!account?.dayTrading || account.equity.gte(usd(equity_usd))) return null
    const { trades, flagged } = account.dayTrading
    // Written so that a NaN count denies.
    if (!flagged && trades < most) return null
    return {
      limit: equity_usd,
      actual: text(account.equity),
      wouldPass: `equity of ${money(usd(equity_usd))}`,
      explain: `${flagged ? 'a pattern day trader' : `${trades} day trades in 5 sessions`} with under ${money(usd(equity_usd))}`,
    }
  },
})
