import type { Side } from './alert.ts'
import { type Decimal, divide, type Price, roundDown, roundUp, tickPlaces } from './decimal.ts'

/** A resting price in new shares, on the price grid. @param ratio new shares for one old. */
export function splitPrice(old: Price, ratio: Decimal, round: 'up' | 'down'): Price {
  const exact = divide(old, ratio)
  return (round === 'up' ? roundUp : roundDown)(exact, tickPlaces(exact)) as Price
}

interface OrderPrices {
  readonly limitPrice: Price | null
  readonly stopPrice: Price | null
  readonly bracket: { readonly stopLoss: Price; readonly takeProfit: Price | null } | null
}

/**
 * The prices of a working order after a split. Rounding never makes an order fire sooner or trade at a worse price: a
 * buy's limit and a sell's stop go down, a sell's limit and a buy's stop go up. A bracket moves apart.
 */
export function splitOrderPrices(order: OrderPrices & { readonly side: Side }, ratio: Decimal): OrderPrices {
  const { side, limitPrice, stopPrice, bracket } = order
  const buys = side === 'buy'
  // Only an entry goes without a target, and one that buys has its stop below.
  const rising = bracket?.takeProfit ? bracket.stopLoss.lt(bracket.takeProfit) : buys
  return {
    limitPrice: limitPrice && splitPrice(limitPrice, ratio, buys ? 'down' : 'up'),
    stopPrice: stopPrice && splitPrice(stopPrice, ratio, buys ? 'up' : 'down'),
    bracket: bracket && {
      stopLoss: splitPrice(bracket.stopLoss, ratio, rising ? 'down' : 'up'),
      takeProfit: bracket.takeProfit && splitPrice(bracket.takeProfit, ratio, rising ? 'up' : 'down'),
    },
  }
}
