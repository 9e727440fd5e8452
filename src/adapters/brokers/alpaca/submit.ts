import { text } from '../../../domain/decimal.ts'
import type { OrderTicket } from '../../../domain/order.ts'
import type { SubmitResult } from '../../../ports/broker.ts'
import type { SendPermit } from '../../../ports/leadership.ts'
import { AlpacaFailure, didNothing } from '../../alpaca/failures.ts'
import type { Priority } from '../../alpaca/rate-budget.ts'
import type { TradingApi } from './api.ts'
import { isTaken, mayBeDuplicate, refusalCode } from './codes.ts'
import type { Family } from './family.ts'
import type { Lookups } from './lookups.ts'
import { hasEnded, toBrokerOrder, withLegs } from './mapper.ts'
import type { WireOrder } from './schema.ts'
import { orderRequest } from './ticket.ts'

export interface Sending {
  readonly ticket: OrderTicket
  readonly reducing: boolean
  /** Which sending of this client id it is; 1: nothing of it can be at the broker yet. */
  readonly attempt: number
  readonly permit?: SendPermit | undefined
}

export interface SubmitParts {
  readonly api: TradingApi
  readonly family: Family
  readonly lookups: Lookups
  readonly log: { error(facts: object, message: string): void }
}

/**
 * How long an order may wait for its turn, here and at the server's wish: an entry no longer than a claim is good for, so that its
 * answer is a plain no; a close much longer, because nobody wants it less later.
 */
const patienceMs = { entry: 2_500, protect: 75_000 } as const

const unknown = (reason: string): SubmitResult => ({ outcome: 'unknown', reason })
const rejected = (failure: AlpacaFailure): SubmitResult => ({
  outcome: 'rejected',
  code: refusalCode(failure),
  reason: failure.reason,
})

/** One order, sent once; sent again, under the same id, only after an answer that says it was not even looked at. */
export async function submit(parts: SubmitParts, sending: Sending): Promise<SubmitResult> {
  const { api } = parts
  const priority: Priority = sending.reducing ? 'protect' : 'entry'
  const request = orderRequest(sending.ticket, sending.reducing)
  const until = Date.now() + patienceMs[priority]
  for (;;) {
    try {
      const withinMs = Math.max(0, until - Date.now())
      return echoed(parts, sending.ticket, await api.place(request, { priority, withinMs, permit: sending.permit }))
    } catch (error) {
      if (!(error instanceof AlpacaFailure)) throw error
      // The budget holds everything back until the server wants to hear again; the patience ends all the same.
      if (error.kind === 'limited' && (error.retryAt ?? 0) < until) continue
      return classify(parts, sending, error, priority)
    }
  }
}

/** What a failure leaves known about the order. */
async function classify(
  parts: SubmitParts,
  { ticket, attempt }: Sending,
  failure: AlpacaFailure,
  priority: Priority,
): Promise<SubmitResult> {
  if (!didNothing(failure)) return unknown(failure.reason)
  if (attempt === 1 && !mayBeDuplicate(failure)) return rejected(failure)
  // It did not even get in now; what an earlier sending came to, the look-ups will tell.
  if (failure.kind !== 'refused') return unknown(failure.reason)
  const found = await lookUp(parts, ticket.clientOrderId, priority)
  if (found === 'lost') return unknown(`${failure.reason}; whether it is there already could not be seen`)
  if (found) return { outcome: 'duplicate', ...found }
  // Alpaca says that the id is taken and does not show by whom yet: by this order, then.
  return isTaken(failure) ? unknown(`${failure.reason}; whose it is cannot be seen yet`) : rejected(failure)
}

async function lookUp({ lookups }: SubmitParts, clientOrderId: string, priority: Priority) {
  try {
    return await lookups.byClientId(clientOrderId, priority)
  } catch (error) {
    if (error instanceof AlpacaFailure) return 'lost' as const
    throw error
  }
}

/** The answer must speak of the order that was sent: anything else is not known to be it. */
function echoed({ family, log }: SubmitParts, ticket: OrderTicket, answer: WireOrder): SubmitResult {
  const { order, legs } = withLegs(answer, family)
  if (order === null) return unknown('the answer is about an order without a symbol')
  const differences = [
    order.clientOrderId !== ticket.clientOrderId && `client id ${order.clientOrderId}`,
    order.ticket.symbol !== ticket.symbol && `symbol ${order.ticket.symbol}`,
    order.ticket.side !== ticket.side && `side ${order.ticket.side}`,
    !order.ticket.quantity.eq(ticket.quantity) && `quantity ${text(order.ticket.quantity)}`,
  ].filter((difference) => difference !== false)
  if (differences.length === 0) return { outcome: 'accepted', order, legs }
  log.error({ order: ticket.clientOrderId, differences }, 'the answer to an order is about another one')
  return unknown(`the answer is about another order: ${differences.join(', ')}`)
}

export interface Change {
  readonly clientOrderId: string
  readonly stopPrice?: OrderTicket['stopPrice']
  readonly limitPrice?: OrderTicket['limitPrice']
  readonly quantity?: OrderTicket['quantity']
}

/** A change is an order of its own, under a new client id. */
export async function change(parts: SubmitParts, brokerOrderId: string, wanted: Change, permit?: SendPermit): Promise<SubmitResult> {
  const { stopPrice, limitPrice, quantity, clientOrderId } = wanted
  try {
    const request = {
      clientOrderId,
      ...(stopPrice && { stopPrice: text(stopPrice) }),
      ...(limitPrice && { limitPrice: text(limitPrice) }),
      ...(quantity && { qty: text(quantity) }),
    }
    const answer = await parts.api.change(brokerOrderId, request, permit)
    if (answer.client_order_id !== clientOrderId) return unknown(`the answer is about another order: ${answer.client_order_id}`)
    const { order, legs } = withLegs(answer, parts.family)
    return order ? { outcome: 'accepted', order, legs } : unknown('the answer is about an order without a symbol')
  } catch (error) {
    if (!(error instanceof AlpacaFailure)) throw error
    if (!didNothing(error)) return unknown(error.reason)
    return refusedChange(parts, brokerOrderId, clientOrderId, error)
  }
}

async function refusedChange(
  parts: SubmitParts,
  brokerOrderId: string,
  clientOrderId: string,
  failure: AlpacaFailure,
): Promise<SubmitResult> {
  if (mayBeDuplicate(failure)) {
    const found = await lookUp(parts, clientOrderId, 'protect')
    if (found === 'lost') return unknown(`${failure.reason}; whether it is there already could not be seen`)
    if (found) return { outcome: 'duplicate', ...found }
  }
  const code = refusalCode(failure)
  const ended = code === 'invalid_order' && (await isOver(parts, brokerOrderId))
  return { outcome: 'rejected', code: ended ? 'order_not_open' : code, reason: failure.reason }
}

/** Alpaca has many words for it; the order itself has one. */
async function isOver({ api, family }: SubmitParts, brokerOrderId: string): Promise<boolean> {
  try {
    const order = await api.order(brokerOrderId, 'protect')
    return order === null || hasEnded(toBrokerOrder(order, family))
  } catch (error) {
    if (error instanceof AlpacaFailure) return false
    throw error
  }
}
