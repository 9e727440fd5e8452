import type { Side } from './alert.ts'
import { type Decimal, decimal, minimum, notional, type Price, type Quantity, roundUp, type Usd, zero } from './decimal.ts'

/** What trading costs besides the price. All USD. */
export interface FeeSchedule {
  /** Per million dollars sold: the SEC's section 31 fee. */
  readonly secPerMillion: Decimal
  /** Per share sold: FINRA's trading activity fee. */
  readonly tafPerShare: Decimal
  /** The most one sale pays of the trading activity fee. */
  readonly tafCap: Decimal
  /** Per share, both ways. */
  readonly commissionPerShare: Decimal
}

const millionth = decimal('0.000001')
const toTheCent = (amount: Decimal): Decimal => roundUp(amount, 2)

/** Fees of one execution; each kind is rounded up to the cent by itself. */
export function executionFees(
  execution: { readonly side: Side; readonly quantity: Quantity; readonly price: Price },
  schedule: FeeSchedule,
): Usd {
  const commission = toTheCent(schedule.commissionPerShare.times(execution.quantity))
  if (execution.side === 'buy') return commission as Usd
  const sold = notional(execution.price, execution.quantity)
  const sec = toTheCent(sold.times(schedule.secPerMillion).times(millionth))
  const taf = minimum(toTheCent(schedule.tafPerShare.times(execution.quantity)), schedule.tafCap)
  return zero.plus(commission).plus(sec).plus(taf) as Usd
}
