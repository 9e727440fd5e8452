import { randomUUID } from 'node:crypto'
import {
  type Decimal,
  type DecimalString,
  decimal,
  divide,
  notional,
  type Price,
  price,
  type Quantity,
  quantity,
  text,
  type Usd,
  usd,
} from '../../../src/domain/decimal.ts'
import { splitOrderPrices } from '../../../src/domain/split.ts'
import type { AlpacaBook } from './book.ts'
import { move, type Tell } from './fills.ts'
import type { Market } from './market.ts'
import type { Venue } from './venue.ts'

export interface CorrectionParts {
  readonly book: AlpacaBook
  readonly venue: Venue
  readonly tell: Tell
  readonly market: Market
  readonly now: () => number
}
interface Terms {
  readonly price: DecimalString
  readonly quantity: DecimalString
}

/** What changes the books without any order: executions taken back, splits, dividends. */
export function createCorrections({ book, venue, tell, market, now }: CorrectionParts) {
  function undo(executionId: string, corrected: Terms | null): string | null {
    const execution = book.executions.get(executionId)
    if (!execution || execution.undone) throw new RangeError(`no execution ${executionId}`)
    const order = book.order(execution.orderId)
    execution.undone = true
    move(book, execution, true)
    const activity = book.activities.findIndex((a) => 'executionId' in a && a.executionId === executionId)
    if (activity >= 0) book.activities.splice(activity, 1)
    order.filled = order.filled.minus(execution.quantity) as Quantity
    order.filledWorth = order.filledWorth.minus(notional(execution.price, execution.quantity)) as Usd
    if (order.status === 'filled') order.status = 'canceled'
    if (corrected === null) {
      const { price: at, quantity: shares } = execution
      tell('trade_bust', order, { executionId: randomUUID(), previousExecutionId: executionId, price: at, quantity: shares })
      return null
    }
    const silent: Tell = () => undefined
    const next = venue.record(order, { quantity: quantity(corrected.quantity), price: price(corrected.price), at: now() }, silent)
    tell('trade_correct', order, {
      executionId: next.executionId,
      previousExecutionId: executionId,
      price: next.price,
      quantity: next.quantity,
    })
    return next.executionId
  }
  function splitSymbol(symbol: string, ratio: Decimal): void {
    const held = book.positions.get(symbol)
    market.split(symbol, Number(text(ratio)), 1, now())
    for (const order of book.open(symbol)) {
      if (ratio.lt(decimal('1'))) venue.endFamily(order, 'canceled', now())
      else {
        const prices = splitOrderPrices({ ...order, bracket: null }, ratio)
        Object.assign(order, { limitPrice: prices.limitPrice, stopPrice: prices.stopPrice })
        order.quantity = order.quantity.times(ratio) as Quantity
        order.filled = order.filled.times(ratio) as Quantity
      }
    }
    const mark = book.marks.get(symbol)
    if (mark) for (const key of ['last', 'lastDay'] as const) mark[key] = divide(mark[key], ratio) as Price
    if (!held) return
    const more = held.quantity.times(ratio) as Quantity
    const gained = held.side === 'long' ? more.minus(held.quantity) : held.quantity.minus(more)
    book.setPosition({ ...held, quantity: more })
    book.nonTrade({ type: 'SPLIT', symbol, quantity: text(gained), netAmount: '0', description: `${text(ratio)} for 1` }, now())
  }

  return {
    /** The exchange takes an execution back. */
    bust(executionId: string): void {
      undo(executionId, null)
    },
    /** The exchange corrects an execution. @returns the new execution's id */
    correct: (executionId: string, terms: Terms): string => undo(executionId, terms) ?? '',
    /** `ratio` new shares for one old. Working orders go on in new shares; a reverse split cancels them, as Alpaca does. */
    split(symbol: string, ratio: DecimalString): void {
      splitSymbol(symbol, decimal(ratio))
    },
    dividend(symbol: string, perShare: DecimalString): void {
      const shares = book.positionQuantity(symbol)
      const netAmount = text(usd(perShare).times(shares))
      book.nonTrade({ type: 'DIV', subType: 'CDIV', symbol, quantity: text(shares), perShare, netAmount }, now())
    },
  }
}
