import { decimal } from '../decimal.ts'
import type { Denial, Warning } from '../denial.ts'
import type { Order, OrderTicket } from '../order.ts'
import type { Position } from '../position.ts'
import { exitSide } from '../position.ts'
import type { EntryRequest, RiskCheck, RiskContext } from './check.ts'

declare const judged: unique symbol

/** An entry that passed every check. Only `judgeEntry` makes one, and a broker takes no other entry. */
export interface ApprovedEntry {
  readonly request: EntryRequest
  readonly [judged]: true
}
export interface DeniedEntry {
  readonly request: EntryRequest
  /** The binding one first: the one that will not go away by itself, then in the order of the tiers. */
  readonly denials: readonly Denial[]
}
/** `warnings` are what passed and should be known all the same. */
export type Verdict = { readonly warnings: readonly Warning[] } & (
  | { readonly approved: true; readonly entry: ApprovedEntry }
  | { readonly approved: false; readonly entry: DeniedEntry }
)
export const denialsOf = (verdict: Verdict): readonly Denial[] => (verdict.approved ? [] : verdict.entry.denials)

/** A check with the limits that are in force. */
export interface ArmedCheck {
  readonly check: RiskCheck
  readonly limits: unknown
}

const rank = { position: 0, portfolio: 1, system: 2 } as const

/** Runs every check, so that the approver sees all denials together. A check that breaks denies: it never lets pass. */
export function judgeEntry(context: RiskContext, checks: readonly ArmedCheck[]): Verdict {
  const denials: (Denial & { readonly tier: keyof typeof rank })[] = []
  const warnings: Warning[] = []
  for (const { check, limits } of checks) {
    const found = evaluate(check, context, limits)
    if (found === null) continue
    if ('wouldPass' in found) denials.push({ tier: check.tier, ...found })
    else warnings.push(found)
  }
  if (denials.length === 0) return { approved: true, entry: { request: context.request } as ApprovedEntry, warnings }
  denials.sort((a, b) => Number(a.transient) - Number(b.transient) || rank[a.tier] - rank[b.tier])
  return { approved: false, entry: { request: context.request, denials: denials.map(({ tier: _, ...d }) => d) }, warnings }
}

function evaluate(check: RiskCheck, context: RiskContext, limits: unknown): Denial | Warning | null {
  try {
    const found = check.evaluate(context, limits)
    if (found === null) return null
    if ('warning' in found) return { code: check.code, explain: found.warning }
    return { code: check.code, transient: check.transient, ...found }
  } catch (error) {
    const explain = `${check.code} could not be judged: ${error instanceof Error ? error.message : String(error)}`
    return { code: 'DATA_INVALID', limit: null, actual: null, wouldPass: null, explain, transient: true }
  }
}

declare const reducing: unique symbol

/** An order that can only shrink a position. It needs no approval, no fresh quote, no session and no trading state. */
export interface RiskReducing {
  readonly ticket: OrderTicket
  /** Which sending of this client id it is; 1: no earlier one can be at the broker. */
  readonly attempt: number
  readonly [reducing]: true
}

/**
 * The only maker of risk-reducing orders: the side that reduces, for no more than the position holds.
 * @throws Error otherwise, because such an order would be an entry in disguise.
 */
export function riskReducing(ticket: OrderTicket, position: Pick<Position, 'symbol' | 'side' | 'quantity'>, attempt = 1): RiskReducing {
  const problems = [
    ticket.symbol !== position.symbol && `symbol ${ticket.symbol} is not ${position.symbol}`,
    ticket.side !== exitSide(position.side) && `${ticket.side} does not reduce a ${position.side} position`,
    ticket.quantity.gt(position.quantity) && `${ticket.quantity.toFixed()} exceeds the position's ${position.quantity.toFixed()}`,
    ticket.quantity.lte(decimal('0')) && 'the quantity is not positive',
  ].filter((p) => p !== false)
  if (problems.length > 0) throw new Error(`not risk-reducing: ${problems.join('; ')}`)
  return { ticket, attempt } as RiskReducing
}

/** A stored entry order is the proof that its request was judged: it was written in the judging transaction. */
export interface ClearedEntry {
  readonly ticket: OrderTicket
  /** Which sending of this client id it is; 1: no earlier one can be at the broker. */
  readonly attempt: number
  readonly entry: ApprovedEntry
}

/**
 * Binds an approved entry to the ticket that will be sent.
 * @throws Error when the ticket is larger than what was judged, or for something else.
 */
export function clearForSending(entry: ApprovedEntry, ticket: OrderTicket): ClearedEntry {
  const { request } = entry
  const same = ticket.symbol === request.symbol && ticket.side === request.side
  const within = ticket.quantity.lte(request.quantity)
  if (!same || !within) throw new Error(`the ticket ${ticket.clientOrderId} is not what was approved`)
  return { ticket, entry, attempt: 1 }
}

/** Restores the proof after a restart, from an entry order that is on the books. */
export function clearedByLedger(order: Order): ClearedEntry {
  if (order.role !== 'entry' || order.proposalId === null) throw new Error(`order ${order.id} is no approved entry`)
  const { symbol, side, quantity } = order
  const price = order.limitPrice ?? order.expectedPrice
  if (price === null) throw new Error(`order ${order.id} has no price`)
  const request: EntryRequest = {
    proposalId: order.proposalId,
    symbol,
    side,
    quantity,
    price,
    stopLoss: order.bracket?.stopLoss ?? null,
    takeProfit: order.bracket?.takeProfit ?? null,
    confidence: 1,
  }
  return { ticket: order, entry: { request } as ApprovedEntry, attempt: order.sendCount }
}
