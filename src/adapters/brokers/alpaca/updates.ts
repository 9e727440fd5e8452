import { price, quantity, usd } from '../../../domain/decimal.ts'
import type { BrokerExecution, BrokerUpdate, Received } from '../../../ports/broker.ts'
import { executionIdOf } from './activities.ts'
import type { Family } from './family.ts'
import { isoTime, sideOf, toBrokerOrder } from './mapper.ts'
import type { WireTradeUpdate } from './schema.ts'

/** Events that only say how an order is doing: its own status tells. */
const plainEvents: ReadonlySet<string> = new Set([
  'new',
  'accepted',
  'pending_new',
  'held',
  'fill',
  'partial_fill',
  'canceled',
  'expired',
  'done_for_day',
  'replaced',
  'rejected',
  'stopped',
  'pending_cancel',
  'pending_replace',
  'calculated',
  'suspended',
  'restated',
  'trade_bust',
  'trade_correct',
  'order_replace_rejected',
  'order_cancel_rejected',
])
export const isKnownEvent = (event: string): boolean => plainEvents.has(event)

export interface Told {
  readonly update: BrokerUpdate
  readonly received: Received
}

/**
 * What a message says, the order first, so that it is known before its fill. An event that nobody knows is told as well: the
 * order as it is now, its status unrecognized, so that its symbol is left alone.
 */
export function toldBy(message: WireTradeUpdate, raw: unknown, family: Family): readonly Told[] {
  const order = toBrokerOrder(message.order, family)
  const known = isKnownEvent(message.event)
  const status = known ? order.status : 'unrecognized'
  const statusWord = known ? order.statusWord : `${message.event}: ${order.statusWord}`
  const updates: BrokerUpdate[] = [{ type: 'order', order: { ...order, status, statusWord }, reason: reasonOf(message) }]
  const execution = executionOf(message)
  if (execution && (message.event === 'fill' || message.event === 'partial_fill')) updates.push({ type: 'execution', execution })
  const correction = correctionOf(message, execution)
  if (correction) updates.push(correction)
  const key = keyOf(message)
  return updates.map((update) => ({ update, received: { key: `${key}:${update.type}`, raw } }))
}

/** The same each time the message comes: Alpaca's own id where it gives one. */
export function keyOf({ event, event_id, execution_id, timestamp, order }: WireTradeUpdate): string {
  return event_id ?? [order.id, event, execution_id ?? timestamp ?? `${order.status}:${order.filled_qty}`].join(':')
}

function reasonOf({ event, reason }: WireTradeUpdate): string | null {
  if (event === 'order_cancel_rejected') return reason ?? 'the broker did not take the cancel'
  if (event === 'order_replace_rejected') return reason ?? 'the broker did not take the change'
  return reason
}

function executionOf({ order, execution_id, price: at, qty, timestamp }: WireTradeUpdate): BrokerExecution | null {
  const side = sideOf(order.side)
  if (at === null || qty === null || timestamp === null || side === null || order.symbol === null) return null
  return {
    executionId: executionIdOf(order.id, order.filled_qty ?? qty),
    reportedAs: execution_id,
    brokerOrderId: order.id,
    symbol: order.symbol,
    side,
    quantity: quantity(qty),
    price: price(at),
    fees: usd('0'),
    at: isoTime(timestamp),
  }
}

/** An execution taken back, or another in its place: under the id that the lists make of it from now on. */
function correctionOf(message: WireTradeUpdate, execution: BrokerExecution | null): BrokerUpdate | null {
  const { event, execution_id, previous_execution_id, timestamp, order } = message
  if (event !== 'trade_bust' && event !== 'trade_correct') return null
  const corrects = previous_execution_id ?? execution_id ?? ''
  const id = `${event}:${execution_id ?? corrects}`
  const replacement = event === 'trade_correct' ? execution : null
  return { type: 'correction', id, corrects, brokerOrderId: order.id, replacement, at: isoTime(timestamp ?? order.created_at) }
}
