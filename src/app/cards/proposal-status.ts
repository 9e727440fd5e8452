import { text, zero } from '../../domain/decimal.ts'
import type { Order } from '../../domain/order.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { priceText } from '../../domain/risk/limits.ts'
import { clockTime, span } from '../card.ts'

type NameOf = (id: string) => string

const words: { readonly [K in Proposal['status']]: string } = {
  pending: 'Waiting',
  armed: 'Armed for the open',
  approved: 'Approved',
  declined: 'Declined',
  expired: 'Expired',
  superseded: 'Superseded',
  denied: 'Denied',
  voided: 'Voided',
}

/** Who, when, and after how long: `Approved by Ada 09:31:07, 42 s`. */
export function ending(p: Proposal, nameOf: NameOf): string {
  // Whoever tapped wanted to buy: it was risk that said no.
  const by = p.status === 'denied' ? ' by risk, asked by' : ' by'
  const who = p.decidedBy === null ? '' : `${by} ${nameOf(p.decidedBy)}`
  const when = p.decidedAt === null ? '' : ` ${clockTime(p.decidedAt)}, ${span(p.offeredAt, p.decidedAt)}`
  return `${words[p.status]}${who}${when}`
}

/** Whoever sees one of these wants to know first that no money moved. */
export const withoutOrder: ReadonlySet<Proposal['status']> = new Set(['declined', 'expired', 'superseded', 'denied', 'voided'])

const sentence = (words: string): string => words.replace(/^[a-z]/, (first) => first.toUpperCase())

/** What has become of it, in the order in which somebody wants to know. */
export function statusLines(p: Proposal, nameOf: NameOf, order: Order | null): readonly string[] {
  if (p.status === 'pending') return waitingLines(p, nameOf)
  const nothing = withoutOrder.has(p.status) ? [`Nothing was ${p.side === 'buy' ? 'bought' : 'sold'}.`] : []
  return [`${ending(p, nameOf)}.`, ...nothing, ...(p.reason === null ? [] : [sentence(p.reason)]), ...orderLines(p, order)]
}

function waitingLines(p: Proposal, nameOf: NameOf): readonly string[] {
  const first = p.firstApproval
  return [
    ...(p.reason === null ? [] : [`${p.reason}: approve the new price?`]),
    ...(p.revisedBy === null ? [] : [`Edited by ${nameOf(p.revisedBy)}: version ${p.terms.version}.`]),
    ...(first === null
      ? []
      : [`1 of 2: ${first.quantity} approved by ${nameOf(first.by)} ${clockTime(first.at)}; one more person decides.`]),
    ...(p.remindAt === null ? [] : [`Snoozed by ${p.snoozedBy.map(nameOf).join(', ')}: reminder ${clockTime(p.remindAt)}.`]),
    ...(p.escalations === 0 ? [] : ['Nobody decided yet: further people were asked.']),
  ]
}

function orderLines(p: Proposal, order: Order | null): readonly string[] {
  if (order === null || p.status !== 'approved') return []
  const { filledQuantity, filledAveragePrice, quantity, status, endedAt } = order
  if (filledQuantity.gt(zero) && filledAveragePrice !== null) {
    const part = filledQuantity.lt(quantity) ? ` of ${text(quantity)}` : ''
    return [`Filled ${text(filledQuantity)}${part} at ${priceText(filledAveragePrice)}.`]
  }
  if (status === 'rejected') return [`The broker rejected it: ${order.reason ?? 'no reason given'}`]
  return [endedAt === null ? 'At the broker: nothing is filled yet.' : `Nothing was filled: the order is ${status}.`]
}
