import { randomUUID } from 'node:crypto'
import { notional, type Price, type Quantity, text, type Usd, zero } from '../../../src/domain/decimal.ts'
import { executionFees, type FeeSchedule } from '../../../src/domain/fees.ts'
import { holdingAfter } from '../../../src/domain/matching/holding.ts'
import { compact } from './activities.ts'
import type { AlpacaBook } from './book.ts'
import { type EmulatedExecution, type EmulatedOrder, isOpen, leftOf } from './records.ts'
import { stamp } from './views.ts'

/** What goes out on the trade-updates stream, beside the order. */
export interface UpdateDetails {
  readonly executionId?: string
  readonly previousExecutionId?: string
  readonly price?: Price
  readonly quantity?: Quantity
}
export type Tell = (event: string, order: EmulatedOrder, details?: UpdateDetails) => void

export interface Traded {
  readonly quantity: Quantity
  readonly price: Price
  readonly at: number
}

/**
 * One execution: the ledger, the position, the cash, the FILL activity, the event. An order that was over already
 * stays what it was unless this completes it.
 */
export function applyFill(book: AlpacaBook, order: EmulatedOrder, traded: Traded, tell: Tell): EmulatedExecution {
  const { quantity, price, at } = traded
  const execution: EmulatedExecution = {
    executionId: randomUUID(),
    orderId: order.id,
    symbol: order.symbol,
    side: order.side,
    quantity,
    price,
    at,
    undone: false,
  }
  book.executions.set(execution.executionId, execution)
  move(book, execution)
  order.filled = order.filled.plus(quantity) as Quantity
  order.filledWorth = order.filledWorth.plus(notional(price, quantity)) as Usd
  const complete = leftOf(order).lte(zero)
  if (complete) {
    order.status = 'filled'
    order.times.filledAt = at
  } else if (isOpen(order) && !order.status.startsWith('pending_')) order.status = 'partially_filled'
  order.times.updatedAt = at
  book.activities.push(fillActivity(order, execution, complete))
  tell(complete ? 'fill' : 'partial_fill', order, { executionId: execution.executionId, price, quantity })
  return execution
}

/** Position and cash after an execution; `undo` takes one back. */
export function move(book: AlpacaBook, execution: EmulatedExecution, undo = false): void {
  const { symbol, quantity, price } = execution
  const side = undo ? (execution.side === 'buy' ? 'sell' : 'buy') : execution.side
  book.setPosition(holdingAfter(book.positions.get(symbol), { symbol, side, quantity, price }))
  const worth = notional(price, quantity)
  book.cash = (side === 'buy' ? book.cash.minus(worth) : book.cash.plus(worth)) as Usd
}

/** As Alpaca tells it: without the execution's id. */
function fillActivity(order: EmulatedOrder, execution: EmulatedExecution, complete: boolean) {
  const id = `${compact(execution.at)}::${randomUUID()}`
  const wire = {
    id,
    activity_type: 'FILL',
    transaction_time: stamp(execution.at),
    type: complete ? 'fill' : 'partial_fill',
    price: text(execution.price),
    qty: text(execution.quantity),
    side: order.side,
    symbol: order.symbol,
    leaves_qty: text(leftOf(order)),
    order_id: order.id,
    cum_qty: text(order.filled),
    order_status: complete ? 'filled' : 'partially_filled',
  }
  return { id, activity_type: 'FILL', at: execution.at, wire, executionId: execution.executionId }
}

/** What an execution costs by a schedule; Alpaca books it at the end of the day. */
export const feeOf = (execution: EmulatedExecution, schedule: FeeSchedule): Usd => executionFees(execution, schedule)
