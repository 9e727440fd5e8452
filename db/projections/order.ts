import { decimal, price, quantity, type Usd, usd } from '../../src/domain/decimal.ts'
import { type Order, slippageOf } from '../../src/domain/order.ts'
import { executionLog, fills, orders, riskEvents } from '../schema.ts'
import { eventId, type Projection, put, type Step, type Write } from './write.ts'

export const orderProjection: Projection<'order'> = (id, steps) => {
  const last = steps.at(-1)
  return [
    ...(last ? [orderRow(last.after, last.version)] : []),
    ...steps.flatMap((step) => [logRow(id, step), ...fillRows(id, step), ...riskRows(id, step)]),
  ]
}

function orderRow({ bracket, ...rest }: Order, streamVersion: number): Write {
  const legs = { bracketStopLoss: bracket?.stopLoss ?? null, bracketTakeProfit: bracket?.takeProfit ?? null }
  return put(orders, { ...rest, ...legs, streamVersion })
}

function logRow(orderId: string, { event, after, version, meta }: Step<'order'>): Write {
  const at = 'at' in event ? event.at : meta.occurredAt
  const latencyMs = after.submittedAt === null ? null : Date.parse(at) - Date.parse(after.submittedAt)
  const filled = event.type === 'OrderPartiallyFilled' || event.type === 'OrderFilled'
  const slippage = filled ? slippageOf(after, price(event.price)) : null
  return put(executionLog, { id: eventId('order', orderId, version), orderId, event: event.type, latencyMs, slippage, at })
}

function fillRows(orderId: string, { event, after }: Step<'order'>): readonly Write[] {
  if (!('executionId' in event)) return []
  const figures = { quantity: quantity(event.quantity), price: price(event.price), fees: usd(event.fees) }
  const row = { executionId: event.executionId, orderId, symbol: after.symbol, side: after.side, ...figures, at: event.at }
  if (event.type !== 'OrderFillReversed') return [put(fills, row)]
  // The ledger is never changed: what was taken back stands in it the other way round.
  const reversal = { side: after.side === 'buy' ? ('sell' as const) : ('buy' as const), fees: figures.fees.times(decimal('-1')) as Usd }
  return [put(fills, { ...row, ...reversal })]
}

function riskRows(orderId: string, { event, after, version }: Step<'order'>): readonly Write[] {
  if (event.type !== 'OrderRejected') return []
  const { symbol, proposalId } = after
  const id = eventId('order', orderId, version)
  return [put(riskEvents, { id, at: event.at, kind: event.type, symbol, proposalId, explain: event.reason, denials: [] })]
}
