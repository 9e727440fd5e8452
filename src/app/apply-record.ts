import { exchangeDate } from '../domain/calendar.ts'
import { type DecimalString, decimal, price, quantity, text, type Usd, usd, zero } from '../domain/decimal.ts'
import { type Fill, isTerminal, type Order, type OrderEvent } from '../domain/order.ts'
import { reverseFill } from '../domain/order-decisions.ts'
import { exitSide, type Position, type PositionFill } from '../domain/position.ts'
import { openPosition, splitPosition } from '../domain/position-decisions.ts'
import type { BrokerActivity } from '../ports/broker.ts'
import type { Transaction } from '../ports/event-store.ts'
import { applyExecution, fillIntoPosition, redraw } from './apply-fill.ts'
import { correctionNotice } from './cards/execution-notices.ts'
import type { AppContext } from './context.ts'
import { positionIdOf } from './ids.ts'

type Told<Type extends BrokerActivity['type']> = Extract<BrokerActivity, { type: Type }>

export async function applySplit(tx: Transaction, split: Told<'split'>): Promise<void> {
  if (!(await tx.firstSight('split', split.id))) return
  const ratio: DecimalString = split.ratio
  const open = await tx.read.openPosition(split.symbol)
  if (open) {
    const position = await tx.load('position', open.id)
    const decision = splitPosition(position.state, ratio, split.at)
    if (decision.ok) tx.append(position, decision.events)
  }
  for (const order of await tx.read.workingOrders()) {
    if (order.symbol !== split.symbol || isTerminal(order)) continue
    tx.append(await tx.load('order', order.id), [{ type: 'OrderSplit', ratio }])
  }
}

/** A fee that names a symbol belongs to its open or else its last trade; any other is the account's. Either way the day's result is net of it. */
export async function applyFee(tx: Transaction, fee: Told<'fee'>): Promise<void> {
  if (fee.amount.eq(zero) || !(await tx.firstSight('fee', fee.id))) return
  const facts = { feeId: fee.id, amount: text(fee.amount), at: fee.at }
  const trade = fee.symbol === null ? null : await tradeOf(tx, fee.symbol)
  if (trade !== null) tx.append(await tx.load('position', trade), [{ type: 'PositionFeeCharged', ...facts }])
  else tx.append(await tx.load('portfolio', exchangeDate(Date.parse(fee.at))), [{ type: 'AccountFeeCharged', kind: fee.kind, ...facts }])
}

async function tradeOf(tx: Transaction, symbol: string): Promise<string | null> {
  const open = await tx.read.openPosition(symbol)
  if (open) return open.id
  const { items } = await tx.read.trades({ symbol }, { limit: 1 })
  return items[0]?.positionId ?? null
}

/** How much of an order's stream is looked through for the execution that is corrected. */
const eventsOfAnOrder = 1_000

/**
 * A bust or a changed execution: the ledger keeps what was, takes it back with a row the other way round, and takes in what is true
 * instead. Realized and unrealized result together come out as if it had never been.
 * @returns false when the order or the execution is not known yet.
 */
export async function applyCorrection(context: AppContext, tx: Transaction, told: Told<'correction'>, at: string): Promise<boolean> {
  const known = await tx.read.orderByBrokerId(told.brokerOrderId)
  if (!known) return false
  const stored = (await tx.read.events({ stream: `order:${known.id}` }, eventsOfAnOrder)).map(({ event }) => event as OrderEvent)
  const wrong = stored.find((event) => isFill(event) && [event.reportedAs, event.executionId].includes(told.corrects))
  if (!wrong || !isFill(wrong)) return false
  const stream = await tx.load('order', known.id)
  const fill: Fill = {
    executionId: `reversal:${told.id}`,
    quantity: quantity(wrong.quantity),
    price: price(wrong.price),
    fees: usd(wrong.fees),
    at: told.at,
  }
  // What was taken back, was together with what is true instead.
  if (stored.some((event) => event.type === 'OrderFillReversed' && event.reverses === wrong.executionId)) return true
  const decision = reverseFill(stream.state, fill, wrong.executionId)
  if (decision.ok && decision.events.length > 0) {
    const { state: order } = tx.append(stream, decision.events)
    redraw(tx, order)
    await takeBack(context, tx, order, fill, at)
    tx.enqueue(correctionNotice(order, fill, told.replacement, context.broker.mode))
    // What follows is looked up in the books as they are now.
    await tx.flush()
  }
  if (told.replacement === null) return true
  // Only another price: where ids are made of quantities, it would be taken for the one whose place it takes.
  const isTaken = stream.state.executions.includes(told.replacement.executionId)
  const executionId = isTaken ? `${told.replacement.executionId}:${told.id}` : told.replacement.executionId
  return applyExecution(context, tx, { ...told.replacement, executionId }, at)
}

const isFill = (event: OrderEvent): event is Extract<OrderEvent, { type: 'OrderFilled' | 'OrderPartiallyFilled' }> =>
  event.type === 'OrderFilled' || event.type === 'OrderPartiallyFilled'

/** The same shares the other way, at the same price, fees included. */
async function takeBack(context: AppContext, tx: Transaction, order: Order, fill: Fill, at: string): Promise<void> {
  const side = order.side === 'buy' ? ('sell' as const) : ('buy' as const)
  const reversed: PositionFill = { ...fill, side, orderId: order.id, fees: fill.fees.times(decimal('-1')) as Usd }
  const trade = order.positionId ?? (await tradeOf(tx, order.symbol))
  const before = trade === null ? null : (await tx.load('position', trade)).state
  const ended = before?.status === 'closed' && order.side === exitSide(before.side) && !(await tx.read.openPosition(order.symbol))
  if (ended && before) return reopen(tx, before, reversed)
  // Not a fill of this order: nobody is to be told that it sold something.
  const nobodys: Order = { ...order, role: 'close', status: 'partially_filled', reason: 'external' }
  await fillIntoPosition(context, tx, nobodys, reversed, at)
}

/** What closed it never happened: the shares are held after all, behind the stop that they had. */
async function reopen(tx: Transaction, before: Position, fill: PositionFill): Promise<void> {
  const { symbol, stopLoss, takeProfit, context, category, proposalId } = before
  const stream = await tx.load('position', positionIdOf(symbol))
  const opened = openPosition(stream.state, fill, { symbol, stopLoss, takeProfit, context, category, proposalId })
  if (opened.ok) tx.append(stream, opened.events)
}
