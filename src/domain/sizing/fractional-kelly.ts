import { z } from 'zod'
import { type Decimal, decimal, divide, minimum, one, percentOf, roundDown, text, zero } from '../decimal.ts'
import { countLimit, decimalLimit } from '../risk/limits.ts'
import { defineSizing, type TradeRecord, tradeRecord } from './method.ts'

/** Kelly's fraction of what may be lost: W - (1 - W) / R. Negative where the record has no edge. */
function kelly({ winRate, payOff }: TradeRecord): Decimal {
  // Nothing lost yet: the formula's limit for an endless pay-off.
  if (payOff === null) return winRate
  return winRate.minus(divide(one.minus(winRate), payOff))
}

/** A fraction of Kelly's bet, from one's own measured record: what is lost at the stop is that part of equity. */
export const sizing = defineSizing({
  name: 'fractional-kelly',
  settings: z.strictObject({
    fraction: decimalLimit('0.01', '1', '0.25', "part of Kelly's bet that is made; all of it ruins whoever misjudges the odds"),
    fewest_trades: countLimit(30, 1000, 30, 'closed trades under which a fixed % of equity is used'),
    fallback_percent: decimalLimit('0.01', '100', '5', '% of equity until there are that many'),
    most_percent: decimalLimit('0.01', '10', '1', '% of equity that may be lost at the stop, at most'),
  }),
  size({ equity, entry, stop, results }, { fraction, fewest_trades, fallback_percent, most_percent }) {
    const record = tradeRecord(results)
    if (record.trades < fewest_trades) {
      const because = `${fallback_percent} % of equity (${record.trades} of ${fewest_trades} trades for Kelly)`
      return { shares: divide(percentOf(equity, fallback_percent), entry), because }
    }
    const bet = kelly(record).times(decimal(fraction)).times(decimal('100'))
    if (bet.lte(zero)) return { shares: zero, because: `no edge in the last ${record.trades} trades (Kelly)` }
    const percent = roundDown(minimum(bet, decimal(most_percent)), 3)
    const because = `${text(percent)} % of equity at risk (Kelly x ${fraction}, ${record.trades} trades)`
    return { shares: divide(percentOf(equity, percent), entry.minus(stop).abs()), because }
  },
})
