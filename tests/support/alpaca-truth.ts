import type { AlpacaEmulator } from '../emulators/alpaca.ts'
import { type EmulatedOrder, isOpen } from '../emulators/alpaca/records.ts'
import type { AtBroker } from './books.ts'

const isRoot = (order: EmulatedOrder): boolean => order.parentId === null && order.source === 'api'
/** A purchase, as far as long positions go: what tests of the whole bot trade. */
const isEntry = (order: EmulatedOrder): boolean => isRoot(order) && order.side === 'buy' && !order.closing

/** The client ids of all entries that the emulated broker ever took, one for each time. */
export const entriesAt = (alpaca: AlpacaEmulator, symbol?: string): readonly string[] =>
  alpaca
    .orders(symbol)
    .filter(isEntry)
    .map(({ clientOrderId }) => clientOrderId)

/** What the emulated broker has, as books are compared with it. */
export function booksOfAlpaca(alpaca: AlpacaEmulator): AtBroker {
  const filled = new Map<string, number>()
  const executions = [...alpaca.book.executions.values()].map((execution) => {
    // As the lists name an execution: by its order and what was filled of it until then.
    const soFar = (filled.get(execution.orderId) ?? 0) + execution.quantity.toNumber()
    filled.set(execution.orderId, soFar)
    return {
      executionId: `${execution.orderId}:${soFar}`,
      symbol: execution.symbol,
      side: execution.side,
      quantity: execution.quantity.toFixed(),
    }
  })
  return {
    orders: alpaca
      .orders()
      .map((order) => ({
        id: order.id,
        clientOrderId: order.clientOrderId,
        reducing: !isEntry(order),
        status: order.status,
        symbol: order.symbol,
      })),
    executions,
    positions: [...alpaca.book.positions.values()].map(({ symbol, side, quantity }) => ({ symbol, side, quantity: quantity.toFixed() })),
  }
}

/** Shares of a long position that no working stop at the broker covers. */
export function nakedShares(alpaca: AlpacaEmulator, symbol: string): number {
  const held = alpaca.book.positions.get(symbol)?.quantity.toNumber() ?? 0
  const stops = alpaca.orders(symbol).filter((o) => isOpen(o) && o.heldBy === null && o.side === 'sell' && o.stopPrice !== null)
  return held - stops.reduce((sum, stop) => sum + stop.quantity.minus(stop.filled).toNumber(), 0)
}
