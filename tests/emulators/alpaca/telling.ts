import { text } from '../../../src/domain/decimal.ts'
import type { AlpacaBook } from './book.ts'
import type { Tell } from './fills.ts'
import type { TradeStream } from './trade-stream.ts'
import { orderView, stamp } from './views.ts'

let events = 0
/** What is told of an order, as the stream has it: with the whole order as it is now. */
export function createTell(book: AlpacaBook, now: () => number, send: TradeStream['forge']): Tell {
  return (event, order, details = {}) => {
    events += 1
    const at = stamp(now(), events)
    const { executionId, previousExecutionId, price, quantity } = details
    send({
      at,
      event_id: `01EMULATED${String(events).padStart(16, '0')}`,
      event,
      timestamp: at,
      order: orderView(order, book.legsOf(order), book.assetOf(order.symbol)),
      ...(executionId === undefined ? {} : { execution_id: executionId, position_qty: text(book.positionQuantity(order.symbol)) }),
      ...(previousExecutionId === undefined ? {} : { previous_execution_id: previousExecutionId }),
      ...(price === undefined ? {} : { price: text(price) }),
      ...(quantity === undefined ? {} : { qty: text(quantity) }),
    })
  }
}
