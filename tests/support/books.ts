import { openDatabase } from '../../db/connect.ts'
import { createKeyValueStore } from '../../db/key-value.ts'
import { createMaintenance } from '../../db/maintenance.ts'
import type { BotHome } from './bot.ts'
import { silentLog } from './database.ts'

type Rows = readonly Record<string, string | null>[]

/**
 * Looks at the books of a bot that has stopped, with SQL of its own, and at what its broker has.
 * @param elsewhere what a broker has that is a server of its own; left out: the simulated one, which stores it beside the books.
 * @returns everything that should never be, in words.
 */
export async function wrongInBooks(home: BotHome, elsewhere?: AtBroker): Promise<readonly string[]> {
  const database = await openDatabase({ url: home.databaseUrl, dataDir: `${home.folder}/data`, log: silentLog, migrate: false })
  try {
    const { sql } = database
    const maintenance = createMaintenance(database)
    const stored = [...(await createKeyValueStore(database).load('broker:simulated'))]
    const kept = <T>(prefix: string): T[] => stored.filter(([key]) => key.startsWith(prefix)).map(([, value]) => value as T)
    const broker: AtBroker = elsewhere ?? { orders: kept('order:'), executions: kept('execution:'), positions: kept('position:') }
    const ours: Ours = {
      orders: await sql`select id, client_order_id, broker_order_id, proposal_id, role, status, symbol, filled_quantity::text from orders`,
      fills: await sql`select execution_id, symbol, side, quantity::text, price::text from fills`,
      positions: await sql`select symbol, side, quantity::text from positions where status = 'open'`,
      proposals: await sql`select id, status, order_id from proposals`,
      events: await sql`select sequence::text, stream_id, type, data->>'role' as role from events order by events.sequence`,
    }
    return [
      ...(await maintenance.compareProjections()).map(({ where, problem }) => `projection ${where}: ${problem}`),
      ...(await maintenance.verifyChains()).map(({ where, problem }) => `chain ${where}: ${problem}`),
      ...ordersTwice(broker, ours),
      ...fillsAstray(broker, ours),
      ...positionsApart(broker, ours),
      ...cardsThatLie(ours),
      ...entriesAfterHalt(ours.events),
    ]
  } finally {
    await database.close()
  }
}

export interface AtBroker {
  readonly orders: readonly { id: string; clientOrderId: string; reducing: boolean; status: string; symbol: string }[]
  readonly executions: readonly { executionId: string; symbol: string; side: string; quantity: string }[]
  readonly positions: readonly { symbol: string; side: string; quantity: string }[]
}
interface Ours {
  readonly orders: Rows
  readonly fills: Rows
  readonly positions: Rows
  readonly proposals: Rows
  readonly events: Rows
}

const repeated = (values: readonly string[]): readonly string[] => values.filter((value, i) => values.indexOf(value) !== i)

function ordersTwice(broker: AtBroker, ours: Ours): readonly string[] {
  const entries = broker.orders.filter((order) => !order.reducing)
  const perProposal = ours.orders.filter((o) => o['role'] === 'entry' && o['proposal_id']).map((o) => o['proposal_id'] ?? '')
  const known = new Set(ours.orders.map((order) => order['broker_order_id']))
  return [
    ...repeated(broker.orders.map((order) => order.clientOrderId)).map((id) => `the broker has client id ${id} twice`),
    ...repeated(perProposal).map((id) => `proposal ${id} became two entry orders`),
    ...entries.filter((order) => !known.has(order.id)).map((order) => `the broker's entry ${order.clientOrderId} is not in the books`),
  ]
}

function fillsAstray(broker: AtBroker, ours: Ours): readonly string[] {
  const mine = ours.fills.map((fill) => fill['execution_id'] ?? '')
  const theirs = broker.executions.map((execution) => execution.executionId)
  return [
    ...repeated(mine).map((id) => `execution ${id} is counted twice`),
    ...theirs.filter((id) => !mine.includes(id)).map((id) => `execution ${id} is missing`),
    ...mine.filter((id) => !theirs.includes(id)).map((id) => `execution ${id} never was`),
  ]
}

/** Signed shares by symbol; whole numbers here, so plain arithmetic is exact. */
function sums(rows: readonly { symbol: string; side: string; quantity: string }[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>()
  for (const { symbol, side, quantity } of rows) {
    const sign = side === 'buy' || side === 'long' ? 1 : -1
    total.set(symbol, (total.get(symbol) ?? 0) + sign * Number(quantity))
  }
  return total
}

function positionsApart(broker: AtBroker, ours: Ours): readonly string[] {
  const plain = (rows: Rows) => rows.map((r) => ({ symbol: r['symbol'] ?? '', side: r['side'] ?? '', quantity: r['quantity'] ?? '0' }))
  const [filled, held, theirs] = [sums(plain(ours.fills)), sums(plain(ours.positions)), sums(broker.positions)]
  return [...new Set([...filled.keys(), ...held.keys(), ...theirs.keys()])].flatMap((symbol) => {
    const [a, b, c] = [filled, held, theirs].map((of) => of.get(symbol) ?? 0)
    return a === b && b === c ? [] : [`${symbol}: fills say ${a}, the position ${b}, the broker ${c}`]
  })
}

/** Approved means exactly one order; anything else means none. */
function cardsThatLie(ours: Ours): readonly string[] {
  return ours.proposals.flatMap(({ id, status, order_id }) => {
    const orders = ours.orders.filter((order) => order['proposal_id'] === id && order['role'] === 'entry')
    if (status === 'approved' && !ours.orders.some((order) => order['id'] === order_id)) return [`${id} is approved without its order`]
    return status !== 'approved' && orders.length > 0 ? [`${id} is ${status} and has an order`] : []
  })
}

function entriesAfterHalt(events: Rows): readonly string[] {
  const entries = new Set<string | null | undefined>()
  let halted = false
  return events.flatMap(({ type, stream_id, role }) => {
    if (type === 'OrderPrepared' && role === 'entry') entries.add(stream_id)
    if (type === 'TradingHalted') halted = true
    if (type === 'TradingResumed') halted = false
    return halted && type === 'OrderSubmitted' && entries.has(stream_id) ? [`entry ${stream_id} was submitted while halted`] : []
  })
}
