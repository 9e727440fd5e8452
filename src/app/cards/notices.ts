import { approximate, text, zero } from '../../domain/decimal.ts'
import type { Order } from '../../domain/order.ts'
import type { Position } from '../../domain/position.ts'
import { percentText } from '../../domain/risk/exposure.ts'
import { priceText } from '../../domain/risk/limits.ts'
import type { TradingState } from '../../domain/trading-state.ts'
import type { Broker } from '../../ports/broker.ts'
import type { EventMeta, OutboxMessage } from '../../ports/event-store.ts'
import { clockTime, count, dollars, notice, signed, span } from '../card.ts'
import { orderView, positionView } from '../views.ts'

/** The first shares of an entry: a position is open. */
export function fillNotice(position: Position, order: Order, mode: Broker['mode']): OutboxMessage {
  const verb = position.side === 'long' ? 'Bought' : 'Sold short'
  const part = position.quantity.lt(order.quantity) ? ` of ${text(order.quantity)}` : ''
  return notice(`fill-${position.id}`, mode, {
    event: 'fill',
    tone: 'good',
    title: `${verb} ${text(position.quantity)}${part} ${position.symbol} at ${priceText(position.entryPrice)}`,
    facts: [
      { label: 'Cost', value: dollars(position.cost), emphasis: true },
      { label: 'Fees', value: dollars(position.fees) },
      { label: 'Stop', value: position.stopLoss === null ? 'none' : priceText(position.stopLoss) },
      { label: 'Target', value: position.takeProfit === null ? 'none' : priceText(position.takeProfit) },
    ],
    buttons: [{ id: `why:${position.id}`, label: 'Why', style: 'plain' }],
    data: positionView(position, null),
  })
}

const exits: { readonly [K in NonNullable<Position['exitReason']>]: string } = {
  stop_loss: 'stop',
  take_profit: 'target',
  trailing_stop: 'trailing stop',
  time_exit: 'time is up',
  session_close: 'end of the session',
  manual: 'closed by hand',
  signal: 'opposite signal',
  breaker: 'circuit breaker',
  kill: 'flattened',
  external: 'closed at the broker',
}

/** The whole life of a trade in one line: net of fees first. */
export function closeNotice(position: Position, mode: Broker['mode']): OutboxMessage {
  const net = position.realizedPnl.minus(position.fees)
  const why = position.exitReason === null ? '' : `: ${exits[position.exitReason]}`
  const title = `${signed(net)} on ${position.symbol}${why}`
  const invested = position.exitQuantity.times(position.entryPrice)
  return notice(`close-${position.id}`, mode, {
    event: 'close',
    tone: net.lt(zero) ? 'bad' : 'good',
    title,
    facts: [
      { label: 'Net', value: `${signed(net)} (${percentText(net, invested)} %)`, emphasis: true },
      { label: 'Before fees', value: signed(position.realizedPnl) },
      { label: 'Fees', value: dollars(position.fees) },
      { label: 'Shares', value: text(position.exitQuantity) },
      { label: 'In', value: priceText(position.entryPrice) },
      { label: 'Out', value: position.exitPrice === null ? 'unknown' : priceText(position.exitPrice) },
      { label: 'Held', value: position.closedAt === null ? 'unknown' : span(position.openedAt, position.closedAt) },
    ],
    buttons: [{ id: `why:${position.id}`, label: 'Why', style: 'plain' }],
    data: positionView(position, null),
  })
}

export const rejectNotice = (order: Order, mode: Broker['mode']): OutboxMessage =>
  notice(`reject-${order.id}`, mode, {
    event: 'denial',
    tone: 'bad',
    title: `The broker rejected ${order.side} ${text(order.quantity)} ${order.symbol}`,
    lines: [order.reason ?? 'no reason given'],
    facts: [{ label: 'Order', value: `${order.role}, ${order.type}` }],
    buttons: [{ id: `why:${order.id}`, label: 'Why', style: 'plain' }],
    data: orderView(order),
  })

const headlines: { readonly [K in TradingState['state']]: { readonly title: string; readonly line: string } } = {
  active: { title: 'Trading is active again', line: 'New entries are allowed.' },
  paused: { title: 'Paused: no new entries', line: 'Exits, stops and flatten keep working. Back: /resume by an approver.' },
  halted: {
    title: 'HALTED: no new entries',
    line: 'Working entries are being canceled; protective stops stay. Back: /resume <reason> by a risk officer.',
  },
}

const modeLines: { readonly [K in TradingState['mode']]: string } = {
  supervised: 'Every entry waits for a person.',
  autonomous: 'Entries that pass every risk check are sent without asking.',
}

/** Tells everybody that trading was paused, halted, resumed, or changed its mode. */
export function stateNotice(trading: TradingState, meta: EventMeta, mode: Broker['mode']): OutboxMessage {
  // Every change of the state itself is stamped with its time; a change of mode leaves that stamp alone.
  const modeOnly = trading.since !== meta.occurredAt
  const { title, line } = modeOnly ? { title: `Mode: ${trading.mode}`, line: modeLines[trading.mode] } : headlines[trading.state]
  return notice(`state-${meta.correlationId}`, mode, {
    event: trading.state === 'halted' && !modeOnly ? 'critical' : 'state',
    tone: trading.state === 'active' ? 'good' : trading.state === 'paused' ? 'warning' : 'bad',
    title,
    lines: [line, ...(trading.cause === null ? [] : [`Cause: ${trading.cause}`])],
    facts: [
      { label: 'By', value: meta.actor },
      { label: 'At', value: `${clockTime(meta.occurredAt)} ET` },
      { label: 'Mode', value: trading.mode },
    ],
    pushText: `${title} (by ${meta.actor})`,
    buttons: trading.state === 'halted' ? [{ id: 'flatten:all', label: 'Flatten all', style: 'danger' }] : [],
  })
}

/** Breaks through whatever is muted: shares that no stop guards. */
export function unprotectedNotice(position: Position, reason: string, mode: Broker['mode']): OutboxMessage {
  const title = `UNPROTECTED: ${count(approximate(position.quantity), 'share')} of ${position.symbol} without a stop`
  return notice(`unprotected-${position.id}`, mode, {
    event: 'critical',
    tone: 'bad',
    title,
    lines: [reason, 'It is tried again until it holds. To close the position now: Flatten.'],
    facts: [
      { label: 'Position', value: `${position.side} ${text(position.quantity)} at ${priceText(position.entryPrice)}` },
      { label: 'Stop', value: position.stopLoss === null ? 'none' : priceText(position.stopLoss) },
    ],
    buttons: [{ id: `flatten:${position.id}`, label: `Close ${position.symbol}`, style: 'danger' }],
    data: positionView(position, null),
  })
}
