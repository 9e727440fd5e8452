import type { Price } from '../domain/decimal.ts'
import { isTerminal, type Order, remaining } from '../domain/order.ts'
import { prepareOrder } from '../domain/order-decisions.ts'
import { exitSide, type Position } from '../domain/position.ts'
import { checkStopMove } from '../domain/position-decisions.ts'
import type { SubmitResult } from '../ports/broker.ts'
import type { EventMeta, Transaction } from '../ports/event-store.ts'
import type { StopMove } from './app.ts'
import { closingOrder } from './close-position.ts'
import type { AppContext } from './context.ts'
import { clientOrderIdOf, movedStopId } from './ids.ts'
import { attempt, type Claim, claim as claimToSend, inFlight, recordResult } from './place-order.ts'
import { orNull } from './portfolio-inputs.ts'

/** A stop at the broker and the order that is to take its place. */
interface Replacement {
  readonly leg: Order
  readonly next: Claim
}

/**
 * Moves the stop of a position toward profit. It asks nobody and works in every trading state, for it can only lessen what is
 * lost. The replacing order is stored, and claimed, before the request leaves; what the broker answers is recorded like any
 * order's fate, and the position follows when its new stop is accepted. Never both: until then the old stop is at work.
 */
export async function moveStop(context: AppContext, positionId: string, stop: Price, meta: EventMeta): Promise<StopMove> {
  const position = await context.read.position(positionId)
  if (!position) return { outcome: 'not_found' }
  const quote = await orNull(context.log, 'quote', position.symbol, context.market.quote(position.symbol))
  const market = quote && (position.side === 'long' ? quote.bid : quote.ask)
  const refusal = checkStopMove(position, stop, market)
  if (refusal) return { outcome: 'refused', position, refusal }
  const prepared = await context.store.transact(meta, (tx) => prepare(context, tx, { positionId, stop, market }, meta))
  if (!prepared.ok) return { outcome: 'refused', position, refusal: prepared.refusal }
  const results = await Promise.all(prepared.replacements.map((replacement) => send(context, replacement, stop, meta)))
  const after = (await context.read.position(positionId)) ?? position
  const rejected = results.find((result) => result.outcome === 'rejected')
  if (rejected) return { outcome: 'refused', position: after, refusal: { code: rejected.code, explain: `the broker: ${rejected.reason}` } }
  return { outcome: results.some((result) => result.outcome === 'unknown') ? 'unsure' : 'moved', position: after }
}

type Prepared =
  | { readonly ok: true; readonly replacements: readonly Replacement[] }
  | { readonly ok: false; readonly refusal: { readonly code: string; readonly explain: string } }
const no = (code: string, explain: string): Prepared => ({ ok: false, refusal: { code, explain } })

interface Wish {
  readonly positionId: string
  readonly stop: Price
  readonly market: Price | null
}

async function prepare(context: AppContext, tx: Transaction, wish: Wish, meta: EventMeta): Promise<Prepared> {
  const { positionId, stop, market } = wish
  // Two who move at once: the second is measured against what the first left.
  await tx.lock(`stop-${positionId}`)
  const { state: position } = await tx.load('position', positionId)
  const refusal = checkStopMove(position, stop, market)
  if (refusal) return { ok: false, refusal }
  const working = (await tx.read.workingOrders()).filter((order) => order.symbol === position.symbol && !isTerminal(order))
  if (closingOrder(working, position)) return no('CLOSING', `${position.symbol} is being closed`)
  const stops = working.filter((order) => order.role === 'stop' && order.side === exitSide(position.side))
  if (stops.some((order) => order.brokerOrderId === null)) return no('STOP_ON_ITS_WAY', 'a stop is on its way to the broker: try again')
  const atWork = stops.filter((order) => order.status === 'accepted' || order.status === 'partially_filled')
  if (atWork.length === 0) return no('NO_WORKING_STOP', 'no stop rests at the broker right now: try again in a moment')
  const replacements: Replacement[] = []
  for (const leg of atWork) replacements.push({ leg, next: await claim(context, tx, position, { leg, stop }, meta) })
  return { ok: true, replacements }
}

/** Prepared and claimed at once, so that nothing else sends it as an order of its own. */
async function claim(
  context: AppContext,
  tx: Transaction,
  position: Position,
  { leg, stop }: { readonly leg: Order; readonly stop: Price },
  meta: EventMeta,
): Promise<Claim> {
  const id = movedStopId(position.id)
  const stream = await tx.load('order', id)
  const ticket = {
    clientOrderId: clientOrderIdOf(id),
    symbol: position.symbol,
    side: leg.side,
    type: 'stop' as const,
    quantity: remaining(leg),
    limitPrice: null,
    stopPrice: stop,
    trailPercent: null,
    extendedHours: false,
    timeInForce: leg.timeInForce,
    bracket: null,
  }
  const intent = { ticket, role: 'stop' as const, proposalId: position.proposalId, positionId: position.id, expectedPrice: null }
  const prepared = prepareOrder(stream.state, { ...intent, reason: `moved by ${meta.actor}` }, meta.occurredAt)
  if (!prepared.ok) throw new Error(prepared.refusal.explain)
  const ready = tx.append(stream, prepared.events)
  const claimed = claimToSend(context, tx, ready, meta)
  if (!claimed) throw new Error(`the new order ${id} cannot be sent`)
  return claimed
}

async function send(context: AppContext, { leg, next }: Replacement, stop: Price, meta: EventMeta): Promise<SubmitResult> {
  let result: SubmitResult = { outcome: 'unknown', reason: 'never sent' }
  const { order, permit } = next
  const change = { clientOrderId: order.clientOrderId, stopPrice: stop }
  await inFlight(context, order.id, async () => {
    result = await attempt(permit, () => context.broker.replace(leg.brokerOrderId ?? '', change, permit))
    await recordResult(context, order.id, result, meta)
  })
  return result
}
