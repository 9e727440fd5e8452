import { z } from 'zod'

/**
 * What of Alpaca's answers is read. Everything else is left alone, and words that may gain new members (statuses, types,
 * events) are plain text here: the mapper decides what to make of one that nobody knows.
 */
const decimalText = z.string().regex(/^-?\d{1,20}(\.\d{1,20})?$/)
const orNull = <T extends z.ZodType>(shape: T) => shape.nullish().transform((value) => value ?? null)
const moment = z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'not a time')

const orderFields = {
  id: z.string().min(1),
  client_order_id: orNull(z.string()),
  created_at: moment,
  submitted_at: orNull(moment),
  /** Null for orders of several symbols at once. */
  symbol: orNull(z.string()),
  /** Null for orders in dollars. */
  qty: orNull(decimalText),
  filled_qty: orNull(decimalText),
  order_class: orNull(z.string()),
  type: orNull(z.string()),
  order_type: orNull(z.string()),
  side: orNull(z.string()),
  time_in_force: z.string(),
  limit_price: orNull(decimalText),
  stop_price: orNull(decimalText),
  trail_percent: orNull(decimalText),
  status: z.string(),
  extended_hours: orNull(z.boolean()),
  replaces: orNull(z.string()),
}
const legShape = z.object(orderFields)
export const orderShape = z.object({ ...orderFields, legs: orNull(z.array(legShape)) })
export type WireOrder = z.infer<typeof orderShape>
export const ordersShape = z.array(orderShape)

/** One per order of a bulk cancel. */
export const canceledShape = z.array(
  z.object({ id: z.string(), status: z.number(), body: orNull(z.object({ message: orNull(z.string()) })) }),
)

export const accountShape = z.object({
  status: z.string(),
  equity: decimalText,
  cash: decimalText,
  buying_power: decimalText,
  currency: orNull(z.string()),
  trading_blocked: orNull(z.boolean()),
  account_blocked: orNull(z.boolean()),
  trade_suspended_by_user: orNull(z.boolean()),
})
export type WireAccount = z.infer<typeof accountShape>

export const positionsShape = z.array(
  z.object({ symbol: z.string(), side: z.enum(['long', 'short']), qty: decimalText, avg_entry_price: decimalText }),
)

/** Trades and everything else in one list: which fields are there depends on the type. */
export const activityShape = z.object({
  id: z.string().min(1),
  activity_type: z.string(),
  activity_sub_type: orNull(z.string()),
  transaction_time: orNull(moment),
  date: orNull(z.string()),
  created_at: orNull(moment),
  status: orNull(z.string()),
  symbol: orNull(z.string()),
  side: orNull(z.string()),
  qty: orNull(decimalText),
  cum_qty: orNull(decimalText),
  price: orNull(decimalText),
  order_id: orNull(z.string()),
  net_amount: orNull(decimalText),
  group_id: orNull(z.string()),
})
export type WireActivity = z.infer<typeof activityShape>
export const activitiesShape = z.array(activityShape)

/** A message of the trade-updates stream, without its envelope. */
export const tradeUpdateShape = z.object({
  event: z.string(),
  event_id: orNull(z.union([z.string(), z.number()]).transform(String)),
  execution_id: orNull(z.string()),
  previous_execution_id: orNull(z.string()),
  timestamp: orNull(moment),
  price: orNull(decimalText),
  qty: orNull(decimalText),
  reason: orNull(z.string()),
  order: orderShape,
})
export type WireTradeUpdate = z.infer<typeof tradeUpdateShape>
