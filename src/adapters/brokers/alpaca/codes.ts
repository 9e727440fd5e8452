import type { AlpacaFailure } from '../../alpaca/failures.ts'

/**
 * Why Alpaca did not take an order, as this program names it:
 *
 * | code | what it means | how Alpaca says it |
 * |---|---|---|
 * | `held_for_orders` | the shares are bound by other orders: cancel those first | 403 40310000, `insufficient qty`, held_for_orders > 0 |
 * | `insufficient_quantity` | there are not that many shares to sell | 403 40310000, `insufficient qty` |
 * | `insufficient_buying_power` | it costs more than the account may spend | 403 40310000, `buying power` |
 * | `wash_trade` | it could trade with an order of the same account | 403 40310000, `wash trade` |
 * | `not_fractionable` | whole shares only | 403 40310000, `fractionable` |
 * | `not_shortable` | cannot be borrowed, or the account may not short | 403 or 422, `short` |
 * | `account_restricted` | the account may not trade | 403, `not authorized`, `restricted`, `blocked`, `suspended` |
 * | `sub_penny` | parts of a cent | 422 42210000, `sub-penny` |
 * | `unknown_symbol` | no such asset | 404 or 422, `asset … not found` |
 * | `not_tradable` | the asset is not traded (now) | 422, `not tradable`, `not active`, `halted` |
 * | `order_not_open` | it has ended, so it cannot be changed | 404 or 422 for a change |
 * | `unauthorized` | the keys are wrong, or of the other kind of account | 401 |
 * | `forbidden` | any other 403 | 403 |
 * | `invalid_order` | any other fault in the request | any other 4xx |
 * | `rate_limited` | too many requests, it never got in | 429, or no room in our own budget |
 */
export type RefusalCode =
  | 'held_for_orders'
  | 'insufficient_quantity'
  | 'insufficient_buying_power'
  | 'wash_trade'
  | 'not_fractionable'
  | 'not_shortable'
  | 'account_restricted'
  | 'sub_penny'
  | 'unknown_symbol'
  | 'not_tradable'
  | 'order_not_open'
  | 'unauthorized'
  | 'forbidden'
  | 'invalid_order'
  | 'rate_limited'

/** One number of Alpaca's stands for many reasons, so the words decide; the first that fits counts. */
const byWords: readonly { readonly code: RefusalCode; readonly statuses: readonly number[]; readonly words: RegExp }[] = [
  { code: 'wash_trade', statuses: [403, 422], words: /wash trade|opposite side/i },
  { code: 'insufficient_buying_power', statuses: [403, 422], words: /buying power|insufficient (balance|funds|margin)/i },
  { code: 'not_fractionable', statuses: [403, 422], words: /fractionable/i },
  { code: 'not_shortable', statuses: [403, 422], words: /\bshort|borrow/i },
  { code: 'insufficient_quantity', statuses: [403, 422], words: /insufficient qty|insufficient quantity/i },
  { code: 'account_restricted', statuses: [403], words: /not authorized|restricted|blocked|suspended|rejected by user request/i },
  { code: 'sub_penny', statuses: [422], words: /sub-?penny|minimum pricing/i },
  { code: 'unknown_symbol', statuses: [404, 422], words: /(asset|symbol).*not found|could not find asset|invalid symbol/i },
  { code: 'not_tradable', statuses: [403, 422], words: /not (active|tradable|tradeable)|halted/i },
]

export function refusalCode(failure: AlpacaFailure): RefusalCode {
  const { kind, status, message, details } = failure
  if (kind === 'limited' || kind === 'unsent') return 'rate_limited'
  if (status === 401) return 'unauthorized'
  const found = byWords.find(({ statuses, words }) => status !== null && statuses.includes(status) && words.test(message))
  if (found?.code === 'insufficient_quantity' && Number(details['held_for_orders'] ?? 0) > 0) return 'held_for_orders'
  if (found) return found.code
  return status === 403 ? 'forbidden' : 'invalid_order'
}

/** A used client id is answered under this number; so are other faults of the request, so it only means: look whether it is there. */
export const mayBeDuplicate = ({ status, code }: AlpacaFailure): boolean => status === 422 && code === 40010001

/** The same number, and words that leave no doubt. */
export const isTaken = (failure: AlpacaFailure): boolean => mayBeDuplicate(failure) && /must be unique/i.test(failure.message)
