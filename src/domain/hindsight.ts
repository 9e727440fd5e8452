import type { Side } from './alert.ts'
import { type Decimal, decimal, type Price, type Quantity, type Usd } from './decimal.ts'
import { percentText } from './risk/exposure.ts'

/** One bar of the time in between. */
export interface HindsightBar {
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
}
export interface UnmadeTrade {
  readonly side: Side
  readonly quantity: Quantity
  readonly limitPrice: Price
  readonly stopLoss: Price
  readonly takeProfit: Price
}
export interface Hindsight {
  /** The last price of the time. */
  readonly price: Price
  /** From the card's price to the last one, %, two decimals; positive is up whatever the side. */
  readonly movePercent: string
  /** What the card's shares would have made by then, before fees. */
  readonly pnl: Usd
  /** What would have ended it. */
  readonly exit: 'open' | 'stop' | 'target'
}

/**
 * What a card would have made as if filled at its price: the first bar that reaches the stop or the target ends it. A bar
 * that reaches both counts as the stop, and one that opens beyond the stop fills at its open: hindsight must not flatter.
 * @returns null without bars.
 */
export function hindsight(trade: UnmadeTrade, bars: readonly HindsightBar[]): Hindsight | null {
  const last = bars.at(-1)
  if (!last) return null
  const { limitPrice } = trade
  const ended = firstExit(trade, bars)
  const out = ended?.at ?? last.close
  const won = trade.side === 'buy' ? out.minus(limitPrice) : limitPrice.minus(out)
  return {
    price: last.close,
    movePercent: percentText(last.close.minus(limitPrice), limitPrice),
    pnl: won.times(trade.quantity) as Usd,
    exit: ended?.exit ?? 'open',
  }
}

function firstExit(trade: UnmadeTrade, bars: readonly HindsightBar[]): { readonly at: Price; readonly exit: 'stop' | 'target' } | null {
  // A short is a long seen in a mirror: signs turn, and with them which end of a bar is its worst.
  const mirrored = decimal(trade.side === 'buy' ? '1' : '-1')
  const seen = (p: Decimal): Decimal => p.times(mirrored)
  const [stop, target] = [seen(trade.stopLoss), seen(trade.takeProfit)]
  for (const bar of bars) {
    const [worst, best] = trade.side === 'buy' ? [bar.low, bar.high] : [bar.high, bar.low]
    if (seen(bar.open).lte(stop)) return { at: bar.open, exit: 'stop' }
    if (seen(worst).lte(stop)) return { at: trade.stopLoss, exit: 'stop' }
    if (seen(best).gte(target)) return { at: trade.takeProfit, exit: 'target' }
  }
  return null
}
