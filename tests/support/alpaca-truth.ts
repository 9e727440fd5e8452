import type { DecimalString } from '../../src/domain/decimal.ts'
import { type EmulatedOrder, isOpen } from '../emulators/alpaca/records.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../emulators/alpaca.ts'
import { type AtBroker, wrongInBooks } from './books.ts'
import type { BrokerTruth } from './broker-truth.ts'

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
    orders: alpaca.orders().map((order) => ({
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

export interface Market {
  /** @param middle USD, in the middle of the quote */
  quote(symbol: string, middle: number): void
  close(): void
}

const quotesEveryMs = 1_000

/** Quotes and trades that never grow old, at 100 USD until they are told otherwise. */
export function keepQuoting(alpaca: AlpacaEmulator, symbols: readonly string[]): Market {
  const prices = new Map(symbols.map((symbol) => [symbol, 100]))
  const say = (symbol: string, middle: number) => {
    alpaca.world.setQuote(symbol, (middle - 0.01).toFixed(2) as DecimalString, (middle + 0.01).toFixed(2) as DecimalString)
    alpaca.market.trade(symbol, middle, 100)
  }
  const sayAll = () => {
    for (const [symbol, middle] of prices) say(symbol, middle)
  }
  sayAll()
  const ticking = setInterval(sayAll, quotesEveryMs)
  return {
    quote(symbol, middle) {
      prices.set(symbol, middle)
      say(symbol, middle)
    },
    close: () => clearInterval(ticking),
  }
}

/** From here on it is a Tuesday, 10:00 in New York, and time goes on as it does: milliseconds ahead of the clock on the wall. */
export const aheadOfWall = (): number => Date.parse('2026-03-03T15:00:00Z') - Date.now()

/** The emulated Alpaca, in this process: no kill reaches it. */
export async function alpacaTruth(): Promise<BrokerTruth> {
  const aheadMs = aheadOfWall()
  const alpaca = await startAlpacaEmulator({ now: () => Date.now() + aheadMs, cash: '1000000000', rateLimit: null })
  const symbols = Array.from(
    { length: 600 },
    (_, i) => `T${[26 * 26, 26, 1].map((n) => String.fromCharCode(65 + (Math.floor(i / n) % 26))).join('')}`,
  )
  const market = keepQuoting(alpaca, symbols)
  return {
    name: 'emulated Alpaca',
    variables: alpaca.access,
    settings: {},
    paper: { aheadMs },
    symbols,
    entries: async () => entriesAt(alpaca),
    async wrong(home) {
      const report = alpaca.checks.report()
      return [...(await wrongInBooks(home, booksOfAlpaca(alpaca))), ...(report.includes(' 0 violations') ? [] : [report])]
    },
    async close() {
      market.close()
      await alpaca.stop()
    },
  }
}
