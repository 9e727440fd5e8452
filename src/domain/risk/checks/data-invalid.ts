import { z } from 'zod'
import { text, zero } from '../../decimal.ts'
import { type AccountView, type CheckDenial, defineCheck, type EntryRequest, money, type QuoteView } from '../check.ts'
import { missing, priceText, secondsLimit } from '../limits.ts'

const bad = (explain: string, actual: string | null = null): CheckDenial => ({ limit: null, actual, wouldPass: null, explain })
/** The order itself is wrong: waiting does not mend it. */
const wrong = (explain: string, actual: string): CheckDenial => ({ ...bad(explain, actual), transient: false })

function badRequest({ side, quantity, price, takeProfit, confidence }: EntryRequest): CheckDenial | null {
  if (quantity.lte(zero) || !quantity.round(0).eq(quantity))
    return wrong(`quantity must be whole shares, 1 or more, not ${text(quantity)}`, text(quantity))
  if (price.lte(zero)) return wrong(`price must be above zero, not ${text(price)}`, text(price))
  if (!(confidence >= 0 && confidence <= 1)) return wrong(`confidence must be 0 to 1, not ${confidence}`, String(confidence))
  if (takeProfit === null) return null
  if (takeProfit.gt(zero) && (side === 'buy' ? takeProfit.gt(price) : takeProfit.lt(price))) return null
  const where = side === 'buy' ? 'above' : 'below'
  return wrong(`the target ${priceText(takeProfit)} must be ${where} ${priceText(price)}`, text(takeProfit))
}

function badAccount(account: AccountView | null): CheckDenial | null {
  if (account === null) return missing('account')
  const { currency = 'USD' } = account
  if (currency !== 'USD') return { ...bad(`the account is in ${currency.slice(0, 3)}, not in USD`), transient: false }
  if (account.equity.lte(zero)) return bad(`equity is ${money(account.equity)}`, text(account.equity))
  return account.buyingPower.lt(zero) ? bad(`buying power is ${money(account.buyingPower)}`, text(account.buyingPower)) : null
}

function badQuote(quote: QuoteView | null, now: number, future: number): CheckDenial | null {
  if (quote === null) return missing('quote')
  for (const [name, value] of [
    ['bid', quote.bid],
    ['ask', quote.ask],
    ['last', quote.last],
  ] as const)
    if (value.lte(zero)) return bad(`the ${name} is ${text(value)}`, text(value))
  if (quote.bid.gt(quote.ask)) return bad(`bid ${priceText(quote.bid)} is above ask ${priceText(quote.ask)}`, text(quote.bid))
  // Written so that a NaN time denies.
  if (quote.at <= now + future * 1000) return null
  return bad(`the quote is ${((quote.at - now) / 1000).toFixed(0)} s in the future`)
}

export const check = defineCheck({
  code: 'DATA_INVALID',
  tier: 'position',
  limits: z.strictObject({ future_seconds: secondsLimit(0, 60, 2, 'seconds that a quote may be ahead of our clock') }),
  transient: true,
  evaluate: ({ request, account, quote, now }, { future_seconds: future }) =>
    badRequest(request) ?? badAccount(account) ?? badQuote(quote, now, future),
})
