import type { z } from 'zod'
import { exchangeDate } from '../../../domain/calendar.ts'
import { divide, notional, type Price, type Usd, zero } from '../../../domain/decimal.ts'
import { holdingAfter } from '../../../domain/matching/holding.ts'
import type { BrokerExecution, BrokerUpdate } from '../../../ports/broker.ts'
import {
  type AccountRecord,
  accountRecord,
  executionRecord,
  isoOf,
  isWorking,
  type OrderRecord,
  orderRecord,
  type PositionRecord,
  plain,
  positionRecord,
  type SplitUpdate,
  splitRecord,
  toBrokerOrder,
} from './records.ts'
import type { Pending } from './writer.ts'

/** Orders that ended, and executions, are kept this long: long enough for any reconcile. */
const keptMs = 5 * 86_400_000

/**
 * The simulated broker's books: in memory, with every change noted for the store. Nothing here decides anything.
 * Keys: `account`, `order:<id>`, `execution:<id>`, `position:<symbol>`, `split:<id>`, `clients:<date>` (client ids of forgotten orders).
 */
export class Book {
  readonly orders = new Map<string, OrderRecord>()
  readonly positions = new Map<string, PositionRecord>()
  readonly executions = new Map<string, BrokerExecution>()
  readonly splits = new Map<string, SplitUpdate>()
  readonly forgottenClientIds = new Set<string>()
  account: AccountRecord
  readonly #working = new Map<string, Map<string, OrderRecord>>()
  readonly #byClientId = new Map<string, string>()
  readonly #children = new Map<string, string[]>()
  readonly #pending: () => Pending

  constructor(stored: ReadonlyMap<string, unknown>, opening: AccountRecord, pending: () => Pending) {
    this.#pending = pending
    const account = stored.get('account')
    this.account = account === undefined ? opening : accountRecord.parse(account)
    const each = <T extends z.ZodType>(prefix: string, type: T, add: (record: z.output<T>) => void): void => {
      for (const [key, value] of stored) if (key.startsWith(prefix)) add(type.parse(value))
    }
    const orders: OrderRecord[] = []
    each('order:', orderRecord, (order) => orders.push(order))
    for (const order of orders.sort((a, b) => a.place - b.place)) this.#index(order)
    const executions: BrokerExecution[] = []
    each('execution:', executionRecord, (e) => executions.push(e))
    for (const e of executions.sort((a, b) => a.at.localeCompare(b.at) || a.executionId.localeCompare(b.executionId)))
      this.executions.set(e.executionId, e)
    each('position:', positionRecord, (p) => this.positions.set(p.symbol, p))
    each('split:', splitRecord, (s) => this.splits.set(s.id, s))
    for (const [key, value] of stored)
      if (key.startsWith('clients:') && Array.isArray(value)) for (const id of value) this.forgottenClientIds.add(String(id))
  }

  #index(order: OrderRecord): void {
    const before = this.orders.get(order.id)
    this.orders.set(order.id, order)
    if (!before) {
      this.#byClientId.set(order.clientOrderId, order.id)
      if (order.parentId !== null) this.#children.set(order.parentId, [...(this.#children.get(order.parentId) ?? []), order.id])
    }
    const ofSymbol = this.#working.get(order.symbol) ?? new Map<string, OrderRecord>()
    if (isWorking(order)) this.#working.set(order.symbol, ofSymbol.set(order.id, order))
    else if (ofSymbol.delete(order.id) && ofSymbol.size === 0) this.#working.delete(order.symbol)
  }

  #note(key: string, record: object | null): void {
    this.#pending().entries.set(key, record && plain(record))
  }
  tell(update: BrokerUpdate): void {
    this.#pending().updates.push(update)
  }
  tellOrder(order: OrderRecord, reason: string | null = null): void {
    this.tell({ type: 'order', order: toBrokerOrder(order), reason })
  }

  nextNumber(): number {
    this.setAccount({ sequence: this.account.sequence + 1 })
    return this.account.sequence
  }
  setAccount(change: Partial<AccountRecord>): void {
    this.account = { ...this.account, ...change }
    this.#note('account', this.account)
  }
  put(order: OrderRecord): OrderRecord {
    this.#index(order)
    this.#note(`order:${order.id}`, order)
    return order
  }
  order(id: string): OrderRecord {
    const found = this.orders.get(id)
    if (!found) throw new RangeError(`no simulated order ${id}`)
    return found
  }
  byClientId(clientOrderId: string): OrderRecord | null {
    const id = this.#byClientId.get(clientOrderId)
    return id === undefined ? null : this.order(id)
  }
  legsOf(id: string): readonly OrderRecord[] {
    return (this.#children.get(id) ?? []).flatMap((child) => this.orders.get(child) ?? [])
  }
  working(symbol: string): readonly OrderRecord[] {
    return [...(this.#working.get(symbol)?.values() ?? [])]
  }
  allWorking(): readonly OrderRecord[] {
    return [...this.#working.values()].flatMap((orders) => [...orders.values()])
  }
  workingSymbols(): ReadonlySet<string> {
    return new Set(this.#working.keys())
  }

  addExecution(execution: BrokerExecution): void {
    this.executions.set(execution.executionId, execution)
    this.#note(`execution:${execution.executionId}`, execution)
    this.setPosition(holdingAfter(this.positions.get(execution.symbol), execution))
    const worth = notional(execution.price, execution.quantity)
    const cash = (execution.side === 'buy' ? this.account.cash.minus(worth) : this.account.cash.plus(worth)).minus(execution.fees)
    this.setAccount({ cash: cash as Usd })
    this.tell({ type: 'execution', execution })
  }

  setPosition(position: PositionRecord): void {
    const gone = position.quantity.eq(zero)
    if (gone) this.positions.delete(position.symbol)
    else this.positions.set(position.symbol, position)
    this.#note(`position:${position.symbol}`, gone ? null : position)
  }
  averagePrice(position: PositionRecord): Price {
    return divide(position.cost, position.quantity) as Price
  }
  addSplit(split: SplitUpdate): void {
    this.splits.set(split.id, split)
    this.#note(`split:${split.id}`, split)
    this.tell(split)
  }

  /** Forgets what ended long ago, but never a client id. */
  prune(now: number): void {
    const before = now - keptMs
    const ids: string[] = []
    for (const order of this.orders.values()) {
      if (isWorking(order) || order.changedAt >= before) continue
      this.orders.delete(order.id)
      this.#children.delete(order.id)
      this.#byClientId.delete(order.clientOrderId)
      this.forgottenClientIds.add(order.clientOrderId)
      ids.push(order.clientOrderId)
      this.#note(`order:${order.id}`, null)
    }
    if (ids.length > 0) this.#pending().entries.set(`clients:${exchangeDate(now)}`, ids)
    this.#forget('execution', this.executions, isoOf(before))
    this.#forget('split', this.splits, isoOf(before))
  }
  #forget(kind: string, records: Map<string, { readonly at: string }>, before: string): void {
    for (const [id, record] of records) {
      if (record.at >= before) continue
      records.delete(id)
      this.#note(`${kind}:${id}`, null)
    }
  }
}
