import type { trading } from '@alpacahq/alpaca-trade-api'
import { type DecimalString, decimal, divide, price, quantity, text, type Usd, usd, zero } from '../../../domain/decimal.ts'
import { activityAt, type BrokerActivity, type BrokerExecution } from '../../../ports/broker.ts'
import { isoTime, momentOf, sideOf } from './mapper.ts'
import type { WireActivity } from './schema.ts'

/** What is read again. Spin-offs, mergers and name changes come along so that somebody hears of them. */
export const readTypes: readonly trading.ActivityType[] = [
  'FILL',
  'FEE',
  'CFEE',
  'DIVFEE',
  'PTC',
  'SPLIT',
  'SPIN',
  'MA',
  'NC',
  'REORG',
  'OPASN',
  'OPEXC',
  'JNLS',
  'ACATS',
]

/** The same from the stream and from the lists: lists lack the execution's own id, and both know how much was filled so far. */
export const executionIdOf = (orderId: string, cumulative: DecimalString): string => `${orderId}:${text(decimal(cumulative))}`

/** The share count of a split, new for old; null when the activity does not say. */
export type SplitRatio = (symbol: string, day: string) => Promise<DecimalString | null>

export interface ActivityParts {
  readonly splitRatio: SplitRatio
  readonly log: { warn(facts: object, message: string): void }
}

/** Oldest first. What cannot be made sense of is said once and left out: comparing positions finds whatever it changed. */
export async function toActivities(wire: readonly WireActivity[], parts: ActivityParts): Promise<readonly BrokerActivity[]> {
  const splits = await splitsOf(wire, parts)
  const others = wire.flatMap((activity) => simpleActivity(activity, parts) ?? [])
  return [...others, ...splits].sort((a, b) => activityAt(a).localeCompare(activityAt(b)))
}

function simpleActivity(activity: WireActivity, { log }: ActivityParts): BrokerActivity | null {
  const { id, activity_type: type, symbol } = activity
  if (type === 'FILL') {
    const execution = toExecution(activity)
    if (execution === null) log.warn({ activity: id }, 'a fill lacks what a fill must have; it is left out')
    return execution && { type: 'execution', execution }
  }
  if (type === 'SPLIT') return null
  if (type === 'FEE' || type === 'CFEE' || type === 'DIVFEE' || type === 'PTC') return toFee(activity)
  log.warn({ activity: id, type, symbol }, 'something other than a trade changed the account; the books are compared with the broker')
  return null
}

function toExecution({ order_id, cum_qty, symbol, side, qty, price: at, transaction_time }: WireActivity): BrokerExecution | null {
  const way = sideOf(side)
  if (order_id === null || cum_qty === null || symbol === null || way === null || qty === null || at === null || transaction_time === null)
    return null
  return {
    executionId: executionIdOf(order_id, cum_qty),
    // The activity's own id is none that a correction would name.
    reportedAs: null,
    brokerOrderId: order_id,
    symbol,
    side: way,
    quantity: quantity(qty),
    price: price(at),
    fees: usd('0'),
    at: isoTime(transaction_time),
  }
}

const regulatory: ReadonlySet<string> = new Set(['REG', 'TAF', 'CAT', 'ORF', 'OCC'])
const commission: ReadonlySet<string> = new Set(['COM', 'NRC'])

function toFee({ id, activity_sub_type: sub, symbol, net_amount, ...times }: WireActivity): BrokerActivity | null {
  if (net_amount === null || times.status === 'canceled') return null
  const kind = sub !== null && regulatory.has(sub) ? 'regulatory' : sub !== null && commission.has(sub) ? 'commission' : 'other'
  return { type: 'fee', id, kind, symbol, amount: zero.minus(decimal(net_amount)) as Usd, at: timeOf(times) }
}

const timeOf = (activity: Parameters<typeof momentOf>[0]): string => new Date(momentOf(activity)).toISOString()

/** A split comes as one entry, or as two: the old shares out, the new ones in. */
async function splitsOf(wire: readonly WireActivity[], { splitRatio, log }: ActivityParts): Promise<readonly BrokerActivity[]> {
  const groups = new Map<string, WireActivity[]>()
  for (const activity of wire) {
    if (activity.activity_type !== 'SPLIT' || activity.symbol === null || activity.status === 'canceled') continue
    const key = activity.group_id ?? `${activity.symbol}:${dayOf(activity)}`
    groups.set(key, [...(groups.get(key) ?? []), activity])
  }
  const found: BrokerActivity[] = []
  for (const [key, group] of groups) {
    const [first] = group
    if (!first) continue
    const symbol = first.symbol ?? ''
    const ratio = ratioOf(group) ?? (await splitRatio(symbol, dayOf(first)))
    if (ratio === null) log.warn({ split: key, symbol }, 'by how much a symbol was split could not be found out')
    else found.push({ type: 'split', id: `split:${key}`, symbol, ratio, at: timeOf(first) })
  }
  return found
}

const dayOf = (activity: WireActivity): string => (activity.date ?? timeOf(activity)).slice(0, 10)

/** Of shares out and shares in; null when they do not come as a pair. */
function ratioOf(group: readonly WireActivity[]): DecimalString | null {
  const quantities = group.flatMap(({ qty }) => (qty === null ? [] : [decimal(qty)]))
  const out = quantities.find((shares) => shares.lt(zero))
  const into = quantities.find((shares) => shares.gt(zero))
  // Long positions give the old shares and get the new ones; short ones the other way round.
  if (quantities.length !== 2 || !out || !into) return null
  const [old, fresh] = quantities[0] === out ? [out, into] : [into, out]
  return text(divide(fresh.abs(), old.abs()))
}
