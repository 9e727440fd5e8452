import { z } from 'zod'
import { decimal, type Price, price, type Quantity, quantity, type Usd, usd } from '../../../domain/decimal.ts'
import type { BrokerOrder, BrokerUpdate } from '../../../ports/broker.ts'

const asPrice = z.string().transform((v): Price => price(v))
const asQuantity = z.string().transform((v): Quantity => quantity(v))
const asUsd = z.string().transform((v): Usd => usd(v))
const side = z.enum(['buy', 'sell'])
const orNull = <T extends z.ZodType>(type: T) => type.nullable()

/** What the simulated broker remembers of an order. Times are epoch milliseconds. */
export const orderRecord = z.object({
  id: z.string(),
  /** Ascending in the order of acceptance. */
  place: z.number(),
  clientOrderId: z.string(),
  parentId: orNull(z.string()),
  /** The order whose place this one took. */
  replaces: orNull(z.string()).default(null),
  legRole: orNull(z.enum(['stop', 'target'])),
  /** The entry whose completion brings this leg to life. */
  heldBy: orNull(z.string()),
  /** Orders of one group cancel each other. */
  group: orNull(z.string()),
  /** Whether it shrinks a position; false for an entry. */
  reducing: z.boolean(),
  symbol: z.string(),
  side,
  type: z.enum(['market', 'limit', 'stop']),
  quantity: asQuantity,
  filled: asQuantity,
  limitPrice: orNull(asPrice),
  stopPrice: orNull(asPrice),
  timeInForce: z.enum(['day', 'gtc']),
  bracket: orNull(z.object({ stopLoss: asPrice, takeProfit: orNull(asPrice) })),
  status: z.enum(['accepted', 'held', 'partially_filled', 'pending_cancel', 'filled', 'canceled', 'expired', 'rejected', 'replaced']),
  /** A stop that fired and is not complete. */
  triggered: z.boolean(),
  /** What a working entry binds of the buying power, per share. */
  reservedPrice: asPrice,
  sliceLimit: orNull(asQuantity),
  liveFrom: z.number(),
  cancelAt: orNull(z.number()),
  expiresAt: orNull(z.number()),
  changedAt: z.number(),
})
export type OrderRecord = Readonly<z.output<typeof orderRecord>>

export const executionRecord = z.object({
  executionId: z.string(),
  reportedAs: orNull(z.string()).default(null),
  brokerOrderId: z.string(),
  symbol: z.string(),
  side,
  quantity: asQuantity,
  price: asPrice,
  fees: asUsd,
  at: z.string(),
})

export const positionRecord = z.object({ symbol: z.string(), side: z.enum(['long', 'short']), quantity: asQuantity, cost: asUsd })
export type PositionRecord = Readonly<z.output<typeof positionRecord>>

export type SplitUpdate = Extract<BrokerUpdate, { type: 'split' }>
export const splitRecord = z.object({
  type: z.literal('split'),
  id: z.string(),
  symbol: z.string(),
  ratio: z.string().refine((v) => decimal(v).gt(decimal('0'))),
  at: z.string(),
})

/** `sequence` numbers orders and executions; `time` is the last moment that was settled. */
export const accountRecord = z.object({ cash: asUsd, sequence: z.number(), time: z.number() })
export type AccountRecord = Readonly<z.output<typeof accountRecord>>

/** Decimals become text; everything else is JSON already. */
export function plain(record: object): unknown {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, plainValue(value)]))
}
function plainValue(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  return 'toFixed' in value && typeof value.toFixed === 'function' ? value.toFixed() : plain(value)
}

const terminal: ReadonlySet<OrderRecord['status']> = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced'])
export const isWorking = (order: OrderRecord): boolean => !terminal.has(order.status)
export const leftOf = (order: OrderRecord): Quantity => order.quantity.minus(order.filled) as Quantity

export const isoOf = (ms: number): string => new Date(ms).toISOString()

export const toBrokerOrder = (order: OrderRecord): BrokerOrder => ({
  brokerOrderId: order.id,
  clientOrderId: order.clientOrderId,
  parentBrokerOrderId: order.parentId,
  legRole: order.legRole,
  ticket: {
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: order.quantity,
    limitPrice: order.limitPrice,
    stopPrice: order.stopPrice,
    trailPercent: null,
    extendedHours: false,
    timeInForce: order.timeInForce,
    bracket: order.bracket,
  },
  status: order.status,
  statusWord: order.status,
  replaces: order.replaces,
  filledQuantity: order.filled,
  at: isoOf(order.changedAt),
})
