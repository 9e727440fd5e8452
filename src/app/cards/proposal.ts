import { type Price, percentOf, text, type Usd, zero } from '../../domain/decimal.ts'
import type { Denial } from '../../domain/denial.ts'
import { isOpen, type Proposal } from '../../domain/proposal.ts'
import { percentText } from '../../domain/risk/exposure.ts'
import { priceText } from '../../domain/risk/limits.ts'
import type { Broker } from '../../ports/broker.ts'
import type { Card, CardButton, Fact } from '../../ports/chat.ts'
import { card, clockTime, dollars, span } from '../card.ts'
import { proposalPicture } from '../pictures.ts'
import { proposalView } from '../views.ts'

/** What the sender may know besides the proposal; the card leaves out what it is not given. */
export interface ProposalExtras {
  readonly equity?: Usd | undefined
  /** Last trade now: says how far it has moved since. */
  readonly last?: Price | undefined
  /** Gross exposure once this is filled, USD. */
  readonly exposureAfter?: Usd | undefined
  /** From bid to ask now, USD a share. */
  readonly spread?: Price | undefined
  readonly company?: string | null | undefined
}

const tones: { readonly [K in Proposal['status']]: Card['tone'] } = {
  pending: 'neutral',
  armed: 'neutral',
  approved: 'good',
  declined: 'neutral',
  expired: 'neutral',
  superseded: 'neutral',
  denied: 'bad',
  voided: 'bad',
}

/** The one card of a proposal, in every status: edited as it changes, the trade's details stay. */
export function proposalCard(proposal: Proposal, mode: Broker['mode'], extras: ProposalExtras = {}): Card {
  const blocked = isOpen(proposal) && proposal.denials.length > 0
  return card(`proposal:${proposal.id}`, 'proposal', mode, {
    tone: blocked ? 'warning' : tones[proposal.status],
    title: title(proposal),
    lines: [...statusLines(proposal), story(proposal)],
    facts: facts(proposal, extras),
    buttons: buttons(proposal),
    pushText: pushText(proposal),
    // A chart is for deciding; what is decided needs no new one.
    picture: isOpen(proposal) ? proposalPicture(proposal, extras.last) : null,
    data: proposalView(proposal, extras.company ?? null),
  })
}

const verb = ({ side, intent }: Proposal): string =>
  intent === 'reduce' ? (side === 'sell' ? 'Sell to close' : 'Buy to close') : side === 'sell' ? 'Sell short' : 'Buy'

const title = (p: Proposal): string => `${verb(p)} ${text(p.terms.quantity)} ${p.symbol} at ${priceText(p.terms.limitPrice)}`

/** Stands alone in a notification: ticker, side, $ risk, expiry or how it ended. */
function pushText(p: Proposal): string {
  const trade = `${p.symbol} ${p.side.toUpperCase()} ${text(p.terms.quantity)} at ${priceText(p.terms.limitPrice)}, risk ${dollars(p.terms.riskAmount)}`
  return isOpen(p) && p.status === 'pending' ? `${trade}, expires ${clockTime(p.expiresAt)} ET` : `${trade}: ${ending(p)}`
}

/** Who, when, and after how long. */
function ending(p: Proposal): string {
  const when = p.decidedAt === null ? '' : ` ${clockTime(p.decidedAt)} ET (after ${span(p.offeredAt, p.decidedAt)})`
  const who = p.decidedBy === null ? '' : ` by ${p.decidedBy}`
  const status = p.status === 'armed' ? 'armed for the open' : p.status
  return `${status}${who}${when}`
}

function statusLines(p: Proposal): readonly string[] {
  const ended = p.status === 'pending' ? [] : [`${ending(p).replace(/^./, (first) => first.toUpperCase())}.`]
  const reason = p.reason === null ? [] : [p.status === 'pending' ? `${p.reason}: approve the new price?` : p.reason]
  return [...ended, ...reason, ...p.denials.map(denialLine)]
}

export const denialLine = (d: Denial): string => `${d.explain}${d.wouldPass === null ? '' : ` (${d.wouldPass})`}`

function story(p: Proposal): string {
  const also = p.alsoOn.length === 0 ? '' : `, also on ${p.alsoOn.join(', ')}`
  return `${p.headline} (${p.source}${also}, ${span(p.publishedAt, p.offeredAt)} old when offered)`
}

function facts(p: Proposal, { equity, last, exposureAfter, spread }: ProposalExtras): readonly Fact[] {
  const { terms } = p
  const worth = terms.limitPrice.times(terms.quantity)
  const share = equity?.gt(zero) ? ` (${percentText(terms.riskAmount, equity)} % of equity)` : ''
  const away = (level: Price) => `${priceText(level)} (${percentText(level.minus(terms.limitPrice), terms.limitPrice)} %)`
  const moved = last && percentText(last.minus(terms.limitPrice), terms.limitPrice)
  return [
    { label: 'At risk', value: `${dollars(terms.riskAmount)}${share}`, emphasis: true },
    { label: 'Size', value: `${dollars(worth)}, ${terms.sizedBy}` },
    { label: 'Entry', value: `${priceText(terms.limitPrice)}, ${p.side === 'buy' ? 'up' : 'down'} to ${priceText(terms.ceilingPrice)}` },
    { label: 'Stop', value: away(terms.stopLoss) },
    { label: 'Target', value: away(terms.takeProfit) },
    { label: 'Confidence', value: percentage(p.context.signalConfidence) },
    { label: 'Catalyst score', value: percentage(p.context.catalystScore) },
    ...(moved === undefined ? [] : [{ label: 'Moved since', value: `${moved} %` }]),
    ...(spread ? [{ label: 'Spread', value: `${percentText(spread, last ?? terms.limitPrice)} %` }] : []),
    ...(exposureAfter ? [{ label: 'Exposure after', value: dollars(exposureAfter) }] : []),
    ...(p.status === 'pending' ? [{ label: 'Expires', value: `${clockTime(p.expiresAt)} ET` }] : []),
  ]
}
const percentage = (share: number): string => `${Math.round(share * 100)} %`

/** Whatever only time will lift leaves Approve in place: the tap is judged anew. A firm no leaves none. */
function buttons(p: Proposal): readonly CardButton[] {
  const why: CardButton = { id: `why:${p.id}`, label: 'Why', style: 'plain' }
  const decline: CardButton = { id: `decline:${p.id}`, label: 'Reject', style: 'danger' }
  if (p.status === 'armed') return [{ ...decline, label: 'Withdraw' }, why]
  if (p.status !== 'pending') return [why]
  if (p.denials.some((denial) => !denial.transient)) return [decline, why]
  const target = `${p.id}:${p.terms.version}`
  const half = percentOf(p.terms.quantity, '50').round(0, 0)
  return [
    { id: `approve:${target}`, label: 'Approve', style: 'primary' },
    ...(half.gt(zero) ? [{ id: `half:${target}`, label: `½ (${text(half)})`, style: 'plain' as const }] : []),
    decline,
    why,
  ]
}
