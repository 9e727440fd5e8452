import { type Price, text, type Usd, usd, zero } from '../../domain/decimal.ts'
import type { Denial } from '../../domain/denial.ts'
import { type Order, slippageOf } from '../../domain/order.ts'
import type { Position } from '../../domain/position.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { percentText } from '../../domain/risk/exposure.ts'
import { priceText } from '../../domain/risk/limits.ts'
import type { Broker } from '../../ports/broker.ts'
import type { CardButton } from '../../ports/chat.ts'
import type { OutboxMessage } from '../../ports/event-store.ts'
import { type CardContent, dollars, notice, signed, span } from '../card.ts'
import { mentionable, type TradeThread } from '../trade-thread.ts'
import { orderView, positionView } from '../views.ts'
import { denialLine } from './proposal.ts'

/** The first shares of an entry: a position is open. */
export function fillNotice(position: Position, order: Order, mode: Broker['mode'], { thread, mention }: TradeThread): OutboxMessage {
  const verb = position.side === 'long' ? 'Bought' : 'Sold short'
  const part = position.quantity.lt(order.quantity) ? ` of ${text(order.quantity)}` : ''
  const filled = `${text(position.quantity)}${part}`
  const at = priceText(position.entryPrice)
  const risk = position.stopLoss === null ? 'no stop' : dollars(lossAt(position, position.stopLoss))
  const content: CardContent = {
    tone: 'good',
    event: 'fill',
    thread,
    title: `${verb} ${filled} ${position.symbol} at ${at}`,
    pushText: `${position.symbol} ${order.side.toUpperCase()} filled: ${filled} at ${at}, risk ${risk}`,
    facts: [
      { label: 'At risk', value: risk, emphasis: true },
      { label: 'Cost', value: dollars(position.cost) },
      { label: 'Fees', value: dollars(position.fees) },
      ...slippageFact(order),
      { label: 'Stop', value: position.stopLoss === null ? 'none' : priceText(position.stopLoss) },
      { label: 'Target', value: position.takeProfit === null ? 'none' : priceText(position.takeProfit) },
    ],
    buttons: exitButtons(position),
    menu: [whyButton(position.id)],
    data: positionView(position, null),
  }
  return notice(`fill-${position.id}`, mode, content, { mention })
}

/** Against the price that the decision was made at, for all of it; positive is worse. */
function slippageFact(order: Order): CardContent['facts'] & object {
  const perShare = order.filledAveragePrice && slippageOf(order, order.filledAveragePrice)
  return perShare ? [{ label: 'Slippage', value: `${signed(perShare.times(order.filledQuantity))} on the price` }] : []
}

/** What the stop would cost, USD before fees; nothing once it rests beyond the entry. */
function lossAt({ side, entryPrice, quantity }: Position, stop: Price): Usd {
  const loss = (side === 'long' ? entryPrice.minus(stop) : stop.minus(entryPrice)).times(quantity) as Usd
  return loss.lt(zero) ? usd('0') : loss
}

const exitButtons = ({ id, quantity }: Position): readonly CardButton[] => [
  { id: `move-stop:${id}`, label: 'Move stop', style: 'plain' },
  { id: `close-half:${id}:${text(quantity)}`, label: 'Close half', style: 'plain' },
  { id: `flatten:${id}`, label: 'Close', style: 'danger' },
]

/** A part of it is closed; the rest goes on. @param order the close that was filled. */
export function partNotice(position: Position, order: Order, mode: Broker['mode'], { thread, mention }: TradeThread): OutboxMessage {
  const { symbol, quantity, side, stopLoss } = position
  const verb = side === 'long' ? 'Sold' : 'Bought back'
  const at = priceText(order.filledAveragePrice ?? position.entryPrice)
  const content: CardContent = {
    tone: 'neutral',
    event: 'close',
    thread,
    title: `${verb} ${text(order.filledQuantity)} ${symbol} at ${at}`,
    pushText: `${symbol} ${order.side.toUpperCase()} filled: ${text(order.filledQuantity)} at ${at}; ${text(quantity)} left`,
    facts: [
      { label: 'Left', value: `${text(quantity)} shares`, emphasis: true },
      { label: 'Realized', value: signed(position.realizedPnl) },
      ...slippageFact(order),
      { label: 'Stop', value: stopLoss === null ? 'none' : priceText(stopLoss) },
    ],
    buttons: exitButtons(position),
    menu: [whyButton(position.id)],
    data: positionView(position, null),
  }
  return notice(`part-${order.id}`, mode, content, { mention })
}

const whyButton = (id: string): CardButton => ({ id: `why:${id}`, label: 'Why', style: 'plain' })

/** The stop of a position rests somewhere else at the broker, nearer to profit. */
export function stopNotice(position: Position, order: Order, mode: Broker['mode'], { thread, mention }: TradeThread): OutboxMessage {
  const { entryPrice, quantity, side, symbol, stopLoss } = position
  const stop = stopLoss ?? entryPrice
  const kept = (side === 'long' ? stop.minus(entryPrice) : entryPrice.minus(stop)).times(quantity)
  const content: CardContent = {
    tone: 'neutral',
    event: 'state',
    thread,
    title: `Stop of ${symbol} moved to ${priceText(stop)}`,
    facts: [
      { label: 'At the stop', value: `${signed(kept)} before fees`, emphasis: true },
      { label: 'Shares', value: text(quantity) },
      { label: 'In', value: priceText(entryPrice) },
    ],
    menu: [whyButton(position.id)],
    data: positionView(position, null),
  }
  return notice(`stop-${order.id}`, mode, content, { mention })
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
export function closeNotice(position: Position, mode: Broker['mode'], { thread, mention }: TradeThread): OutboxMessage {
  const net = position.realizedPnl.minus(position.fees)
  const why = position.exitReason === null ? '' : `: ${exits[position.exitReason]}`
  const title = `${signed(net)} on ${position.symbol}${why}`
  const invested = position.exitQuantity.times(position.entryPrice)
  const content: CardContent = {
    tone: net.lt(zero) ? 'bad' : 'good',
    event: 'close',
    thread,
    title,
    pushText: `${position.symbol} ${position.side === 'long' ? 'SELL' : 'BUY'} ${text(position.exitQuantity)}, closed: ${signed(net)} net${why}`,
    facts: [
      { label: 'Net', value: `${signed(net)} (${percentText(net, invested)} %)`, emphasis: true },
      { label: 'Before fees', value: signed(position.realizedPnl) },
      { label: 'Fees', value: dollars(position.fees) },
      { label: 'Shares', value: text(position.exitQuantity) },
      { label: 'In', value: priceText(position.entryPrice) },
      { label: 'Out', value: position.exitPrice === null ? 'unknown' : priceText(position.exitPrice) },
      { label: 'Held', value: position.closedAt === null ? 'unknown' : span(position.openedAt, position.closedAt) },
    ],
    buttons: [whyButton(position.id)],
    data: positionView(position, null),
  }
  return notice(`close-${position.id}`, mode, content, { mention })
}

export function rejectNotice(order: Order, mode: Broker['mode'], { thread, mention }: TradeThread): OutboxMessage {
  const content: CardContent = {
    tone: 'bad',
    event: 'denial',
    thread,
    title: `The broker rejected ${order.side} ${text(order.quantity)} ${order.symbol}`,
    lines: [order.reason ?? 'no reason given'],
    facts: [{ label: 'Order', value: `${order.role}, ${order.type}` }],
    buttons: [whyButton(order.id)],
    data: orderView(order),
  }
  return notice(`reject-${order.id}`, mode, content, { mention })
}

/** Our own risk refused an approval. @param by whoever approved it: heard by name, because a phone shows no edits. */
export function denialNotice(proposal: Proposal, denials: readonly Denial[], by: string, mode: Broker['mode']): OutboxMessage {
  const { symbol, side, terms } = proposal
  const content: CardContent = {
    tone: 'bad',
    event: 'denial',
    thread: `proposal:${proposal.id}`,
    title: `Denied: ${side} ${text(terms.quantity)} ${symbol}`,
    lines: denials.map(denialLine),
    pushText: `${symbol} ${side.toUpperCase()} ${text(terms.quantity)}, risk ${dollars(terms.riskAmount)}, denied: ${denials[0] ? denialLine(denials[0]) : 'no reason given'}`,
    buttons: [whyButton(proposal.id)],
  }
  return notice(`denial-${proposal.id}-${terms.version}`, mode, content, { mention: mentionable([by]) })
}
