import { text, usd } from '../domain/decimal.ts'
import { fillOrder } from '../domain/order-decisions.ts'
import { storeTicket } from '../domain/order-ticket.ts'
import type { BrokerOrder, BrokerPosition } from '../ports/broker.ts'
import type { Transaction } from '../ports/event-store.ts'
import { fillIntoPosition } from './apply-fill.ts'
import { type AppContext, occasion } from './context.ts'
import { externalId } from './ids.ts'

const looks = 3

/**
 * Books that begin at an account that was traded before: what it holds is taken over as it is, as somebody else's, and counts like
 * anything held. What happened before that moment is never read.
 */
export async function takeOpeningBalance(context: AppContext): Promise<void> {
  if (context.watermark.opening() !== null || !(await isEmpty(context))) return
  for (let look = 1; look <= looks; look++) {
    const at = new Date(context.clock.now()).toISOString()
    const [positions, orders] = [await context.broker.positions(), await context.broker.openOrders()]
    if (positions.length === 0 && orders.every((order) => order.filledQuantity.eq(usd('0')))) return
    // Something traded in between: it would count twice.
    if ((await context.broker.activitiesSince(at)).some(({ type }) => type === 'execution')) continue
    await takeOver(context, positions, orders, at)
    await context.watermark.open(at)
    return
  }
  throw new Error('the account trades while its balance is taken over: start again in a quiet moment')
}

async function isEmpty({ read }: AppContext): Promise<boolean> {
  const { items } = await read.orders({}, { limit: 1 })
  return items.length === 0
}

async function takeOver(
  context: AppContext,
  positions: readonly BrokerPosition[],
  orders: readonly BrokerOrder[],
  at: string,
): Promise<void> {
  const meta = occasion(context, `broker:${context.broker.name}`)
  await context.store.transact(meta, async (tx) => {
    for (const position of positions) await takePosition(context, tx, position, at)
    // What of an open order is filled is in the positions: only the rest of it is still to come.
    for (const order of orders) if (order.filledQuantity.gt(usd('0'))) await takeRest(tx, order, at)
  })
  context.log.info({ positions: positions.length }, 'took over what the account holds; it is managed as placed by somebody else')
}

async function takePosition(context: AppContext, tx: Transaction, held: BrokerPosition, at: string): Promise<void> {
  const { symbol, quantity, averageEntryPrice: price } = held
  const side = held.side === 'long' ? ('buy' as const) : ('sell' as const)
  const brokerOrderId = `opening-${symbol}`
  const stream = await tx.load('order', externalId(brokerOrderId))
  if (stream.version > 0) return
  const ticket = storeTicket({
    ...{ clientOrderId: brokerOrderId, symbol, side, type: 'market', quantity, timeInForce: 'day', extendedHours: false },
    ...{ limitPrice: null, stopPrice: null, trailPercent: null, bracket: null },
  })
  const adopted = tx.append(stream, [adoption(ticket, brokerOrderId, at)])
  const fill = { executionId: brokerOrderId, quantity, price, fees: usd('0'), at }
  const decision = fillOrder(adopted.state, fill)
  if (!decision.ok) throw new Error(decision.refusal.explain)
  const filled = tx.append(adopted, decision.events)
  await fillIntoPosition(context, tx, filled.state, { ...fill, side, orderId: filled.id }, at)
}

async function takeRest(tx: Transaction, order: BrokerOrder, at: string): Promise<void> {
  const stream = await tx.load('order', externalId(order.brokerOrderId))
  if (stream.version > 0) return
  const rest = text(order.ticket.quantity.minus(order.filledQuantity))
  tx.append(stream, [adoption({ ...storeTicket(order.ticket), quantity: rest }, order.brokerOrderId, at)])
}

const adoption = (ticket: ReturnType<typeof storeTicket>, brokerOrderId: string, at: string) => ({
  type: 'OrderAdopted' as const,
  ticket,
  role: 'entry' as const,
  brokerOrderId,
  parentId: null,
  proposalId: null,
  positionId: null,
  held: false,
  at,
})
