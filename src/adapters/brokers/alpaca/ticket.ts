import { trading } from '@alpacahq/alpaca-trade-api'
import { text } from '../../../domain/decimal.ts'
import type { OrderTicket } from '../../../domain/order.ts'

/**
 * The request for a ticket. An entry with both legs is a bracket, with its stop alone one-triggers-other; a reducing limit
 * order with a bracket is one-cancels-other: it is itself the target.
 */
export function orderRequest(ticket: OrderTicket, reducing: boolean): trading.PostOrderRequest {
  const { limitPrice, stopPrice, trailPercent } = ticket
  return {
    clientOrderId: ticket.clientOrderId,
    symbol: ticket.symbol,
    side: ticket.side,
    type: ticket.type,
    timeInForce: ticket.timeInForce,
    qty: text(ticket.quantity),
    ...(limitPrice && { limitPrice: text(limitPrice) }),
    ...(stopPrice && { stopPrice: text(stopPrice) }),
    ...(trailPercent && { trailPercent: text(trailPercent) }),
    ...(ticket.extendedHours && { extendedHours: true }),
    ...legsOf(ticket, reducing),
  }
}

function legsOf({ bracket, limitPrice }: OrderTicket, reducing: boolean): Partial<trading.PostOrderRequest> {
  if (bracket === null) return {}
  const target = reducing ? (limitPrice ?? bracket.takeProfit) : bracket.takeProfit
  return {
    orderClass: reducing ? trading.OrderClass.Oco : target ? trading.OrderClass.Bracket : trading.OrderClass.Oto,
    stopLoss: { stopPrice: text(bracket.stopLoss) },
    ...(target && { takeProfit: { limitPrice: text(target) } }),
  }
}
