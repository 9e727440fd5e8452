import { clockTime, duration, figure, plain, price, read, shares } from './format.ts'
import type { Denial, Order, Proposal } from './wire.ts'

/** How a card ended, in words: never by colour alone. */
export interface Verdict {
  readonly mark: string
  readonly word: string
  readonly tone: 'good' | 'bad' | 'warning' | 'neutral'
  /** Who, when and after how long. */
  readonly detail: string
}

const words = {
  pending: ['●', 'Waiting', 'neutral'],
  armed: ['◷', 'Armed for the open', 'warning'],
  approved: ['✓', 'Approved', 'good'],
  declined: ['✕', 'Rejected', 'neutral'],
  expired: ['◌', 'Expired, nothing bought', 'neutral'],
  superseded: ['↻', 'Superseded', 'neutral'],
  denied: ['⊘', 'Denied by risk', 'bad'],
  voided: ['■', 'Voided', 'warning'],
} as const satisfies Record<Proposal['status'], readonly [string, string, Verdict['tone']]>

type Person = { readonly id: string; readonly name: string } | null

/** "local" for `console:local`: the part of an id a person reads. */
const personName = (id: string, you: Person): string => (id === you?.id ? 'you' : plain(id.slice(id.indexOf(':') + 1)))

export function verdict(p: Proposal, you: Person): Verdict {
  const [mark, usual, tone] = words[p.status]
  const word = p.status === 'expired' && p.side === 'sell' ? 'Expired, nothing sold' : usual
  const parts = [
    p.decided_by === null ? null : `by ${personName(p.decided_by, you)}`,
    p.decided_at === null ? null : clockTime(p.decided_at),
  ].filter((part) => part !== null)
  const took = p.decided_at === null ? null : Date.parse(p.decided_at) - Date.parse(p.offered_at)
  const when = parts.join(' ')
  return {
    mark,
    word,
    tone,
    detail: [when, took === null || Number.isNaN(took) ? '' : `after ${duration(took)}`].filter(Boolean).join(', '),
  }
}

/** What is different from when a card was first asked, in words; null: nothing is. */
export function anew(p: Proposal, you: Person): string | null {
  const first = p.first_approval
  if (first) {
    const words = `1 of 2: ${shares(first.quantity)} approved by ${personName(first.by, you)} ${clockTime(first.at)}`
    return `${words}; one more person decides.`
  }
  if (p.reason !== null) return `${plain(p.reason)}: approve the new price?`
  if (p.revised_by !== null) return `Edited by ${personName(p.revised_by, you)}: approve version ${p.version}?`
  return p.snoozed_by.length > 0 ? `Snoozed by ${p.snoozed_by.map((id) => personName(id, you)).join(', ')}.` : null
}

/** What became of the order behind an approved card. */
export function orderWords(p: Proposal, orders: readonly Order[]): Verdict | null {
  const order =
    orders.find((o) => o.id === p.order_id) ?? orders.find((o) => o.proposal_id === p.id && o.role !== 'stop' && o.role !== 'target')
  if (!order || p.status !== 'approved') return null
  const of = `${shares(order.filled_quantity)} of ${shares(order.quantity)}`
  switch (order.status) {
    case 'filled':
      return {
        mark: '✓',
        word: `Filled at ${price(order.filled_avg_price)}`,
        tone: 'good',
        detail: `for ${shares(order.filled_quantity)} shares`,
      }
    case 'partially_filled':
      return { mark: '◐', word: `Partly filled at ${price(order.filled_avg_price)}`, tone: 'warning', detail: of }
    case 'rejected':
      return { mark: '✕', word: 'Rejected by the broker', tone: 'bad', detail: plain(order.reason ?? '') }
    case 'canceled':
    case 'expired':
      return { mark: '■', word: `Order ${order.status}`, tone: 'warning', detail: `${of} filled` }
    case 'unknown':
      return { mark: '?', word: 'Order: no answer from the broker yet', tone: 'warning', detail: 'being looked up' }
    default:
      return { mark: '…', word: 'Order sent', tone: 'neutral', detail: 'waiting for the fill' }
  }
}

const grouped = (value: string): string => {
  const amount = read(value)
  if (amount === null) return plain(value)
  const places = Math.min(amount.toFixed().split('.')[1]?.length ?? 0, 4)
  return `${amount.s < 0 ? '−' : ''}${figure(amount, places)}`
}

/** Both numbers, where there are any: "is 6,200 · limit 5,000". */
export function denialNumbers(d: Denial): string | null {
  if (d.limit === null && d.actual === null) return null
  return [d.actual === null ? null : `is ${grouped(d.actual)}`, d.limit === null ? null : `limit ${grouped(d.limit)}`]
    .filter(Boolean)
    .join(' · ')
}
