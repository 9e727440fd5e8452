import { type Price, percentOf, text, type Usd, withSign, zero } from '../../domain/decimal.ts'
import type { Denial } from '../../domain/denial.ts'
import type { Order } from '../../domain/order.ts'
import { isOpen, type Proposal } from '../../domain/proposal.ts'
import { percentText } from '../../domain/risk/exposure.ts'
import { priceText } from '../../domain/risk/limits.ts'
import type { Broker } from '../../ports/broker.ts'
import type { Card, CardButton, Fact } from '../../ports/chat.ts'
import { card, clip, clockTime, dollars, span } from '../card.ts'
import { proposalPicture } from '../pictures.ts'
import { proposalView } from '../views.ts'
import { ending, statusLines, withoutOrder } from './proposal-status.ts'

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
  /** What somebody calls himself; ids stand for themselves without it. */
  readonly nameOf?: ((id: string) => string) | undefined
  /** The order it became. */
  readonly order?: Order | null | undefined
  /** Whom silence leads to next, and when (ISO 8601); null: nobody further. */
  readonly asksNext?: { readonly who: string; readonly at: string } | null | undefined
  /** Whether it is large enough to take two people. */
  readonly twoPeople?: boolean | undefined
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
  const { nameOf = (id: string) => id, order = null } = extras
  const unfilled = order?.endedAt && order.filledQuantity.lte(zero)
  return card(`proposal:${proposal.id}`, 'proposal', mode, {
    tone: asksAnew(proposal) || unfilled ? 'warning' : tones[proposal.status],
    title: title(proposal),
    lines: [...newsLines(proposal, statusLines(proposal, nameOf, order)), ...warningLines(proposal), story(proposal)],
    facts: facts(proposal, extras),
    buttons: buttons(proposal),
    menu: menu(proposal),
    pushText: pushText(proposal, nameOf),
    // A chart is for deciding; what is decided needs no new one.
    picture: isOpen(proposal) ? proposalPicture(proposal, extras.last) : null,
    data: proposalView(proposal, extras.company ?? null),
  })
}

/** Something is different from when it was first asked: it needs another look before the tap. */
const asksAnew = (p: Proposal): boolean =>
  isOpen(p) && (p.denials.length > 0 || (p.status === 'pending' && (p.reason !== null || p.firstApproval !== null)))

const verb = ({ side, intent }: Proposal): string =>
  intent === 'reduce' ? (side === 'sell' ? 'Sell to close' : 'Buy to close') : side === 'sell' ? 'Sell short' : 'Buy'

const title = (p: Proposal): string => `${verb(p)} ${text(p.terms.quantity)} ${p.symbol} at ${priceText(p.terms.limitPrice)}`

/** Stands alone in a notification: ticker, side, $ risk, expiry or how it ended. */
function pushText(p: Proposal, nameOf: (id: string) => string): string {
  const trade = `${p.symbol} ${p.side.toUpperCase()} ${text(p.terms.quantity)} at ${priceText(p.terms.limitPrice)}, risk ${dollars(p.terms.riskAmount)}`
  return p.status === 'pending' ? `${trade}, expires ${clockTime(p.expiresAt)} ET` : `${trade}: ${ending(p, nameOf)}`
}

export const denialLine = (d: Denial): string => `${d.explain}${d.wouldPass === null ? '' : ` (${d.wouldPass})`}`

/** The one that binds comes first, with both numbers and what would pass; the others are named, and More > Why has them in full. */
function denialLines({ denials: [binding, ...rest] }: Proposal): readonly string[] {
  if (!binding) return []
  const others = rest.map(({ code }) => code.toLowerCase().replaceAll('_', ' '))
  return [denialLine(binding), ...(others.length === 0 ? [] : [`Also: ${others.join(', ')} (More > Why)`])]
}

/** While it waits, why it cannot be approved is the news; afterwards how it ended is, and then why. */
function newsLines(p: Proposal, [news, ...status]: readonly string[]): readonly string[] {
  const denied = denialLines(p)
  const first = news === undefined ? [] : [news]
  return isOpen(p) ? [...denied, ...first, ...status] : [...first, ...denied, ...status]
}

/** As long as somebody weighs it. */
const warningLines = (p: Proposal): readonly string[] => (isOpen(p) ? p.warnings.map(({ explain }) => `Note: ${explain}.`) : [])

/** The catalyst in a line or two: a headline of any length must not push the figures and the buttons out of sight. `/why` has all of it. */
const longestHeadline = 280

function story(p: Proposal): string {
  const also = p.alsoOn.length === 0 ? '' : `, also on ${p.alsoOn.join(', ')}`
  return `${clip(p.headline, longestHeadline)} (${p.source}${also}, ${span(p.publishedAt, p.offeredAt)} old when offered)`
}

/** Labels of eight characters at most: beside them the values fit a phone in one line. */
function facts(p: Proposal, extras: ProposalExtras): readonly Fact[] {
  const { terms } = p
  const { equity, last, exposureAfter, spread } = extras
  const worth = terms.limitPrice.times(terms.quantity)
  const away = (level: Price) => `${priceText(level)} (${percentSince(level, terms.limitPrice)})`
  return [
    ...risk(p, equity),
    { label: 'Size', value: `${dollars(worth)}, ${terms.sizedBy}` },
    { label: 'Entry', value: `${priceText(terms.limitPrice)}, ${p.side === 'buy' ? 'up' : 'down'} to ${priceText(terms.ceilingPrice)}` },
    { label: 'Stop', value: away(terms.stopLoss) },
    { label: 'Target', value: away(terms.takeProfit) },
    { label: 'Signal', value: `${percentage(p.context.signalConfidence)} confidence` },
    { label: 'Catalyst', value: `${percentage(p.context.catalystScore)} score` },
    ...(last === undefined ? [] : [{ label: 'Moved', value: `${percentSince(last, terms.limitPrice)} since` }]),
    ...(spread ? [{ label: 'Spread', value: `${percentText(spread, last ?? terms.limitPrice)} %` }] : []),
    ...(exposureAfter ? [{ label: 'Exposure', value: `${dollars(exposureAfter)} after` }] : []),
    ...(p.status === 'pending' ? waiting(p, extras) : []),
  ]
}

/** What the stop would lose; and, while it may still be bought, what it would lose at the worst price that the tap allows. */
function risk(p: Proposal, equity: Usd | undefined): readonly Fact[] {
  const { riskAmount, ceilingPrice, stopLoss, quantity } = p.terms
  if (withoutOrder.has(p.status)) return [{ label: 'At risk', value: `nothing (was ${dollars(riskAmount)})`, emphasis: true }]
  const share = equity?.gt(zero) ? ` (${percentText(riskAmount, equity)} % of equity)` : ''
  const worst = ceilingPrice.minus(stopLoss).abs().times(quantity)
  const most = isOpen(p) && p.intent === 'entry' && worst.gt(riskAmount)
  return [
    { label: 'At risk', value: `${dollars(riskAmount)}${share}`, emphasis: true },
    ...(most ? [{ label: 'At most', value: `${dollars(worst)} at ${priceText(ceilingPrice)}` }] : []),
  ]
}
const percentSince = (now: Price, then: Price): string => `${withSign(percentText(now.minus(then), then))} %`
const percentage = (share: number): string => `${Math.round(share * 100)} %`

/** Until when it waits, for whom, and what silence leads to. */
function waiting(p: Proposal, { asksNext, twoPeople }: ProposalExtras): readonly Fact[] {
  return [
    ...(twoPeople ? [{ label: 'Needs', value: 'two people' }] : []),
    { label: 'Expires', value: `${clockTime(p.expiresAt)} ET` },
    ...(asksNext === undefined ? [] : [{ label: 'Silence', value: `nothing is ${p.side === 'buy' ? 'bought' : 'sold'}` }]),
    ...(asksNext ? [{ label: 'Next', value: `asks ${asksNext.who} at ${clockTime(asksNext.at).slice(0, 5)}` }] : []),
  ]
}

/** Whatever only time will lift leaves Approve in place: the tap is judged anew. A firm no leaves none. */
function buttons(p: Proposal): readonly CardButton[] {
  const decline: CardButton = { id: `decline:${p.id}`, label: 'Reject', style: 'danger' }
  if (p.status === 'armed') return [{ ...decline, label: 'Withdraw' }]
  if (p.status !== 'pending') return []
  if (p.denials.some((denial) => !denial.transient)) return [decline]
  const target = `${p.id}:${p.terms.version}`
  const half = percentOf(p.terms.quantity, '50').round(0, 0)
  return [
    { id: `approve:${target}`, label: 'Approve', style: 'primary' },
    ...(half.gt(zero) ? [{ id: `half:${target}`, label: `½ (${text(half)})`, style: 'plain' as const }] : []),
    decline,
  ]
}

/** An exit has nothing to edit but its size, which ½ and fewer shares cover. */
function menu(p: Proposal): readonly CardButton[] {
  const plain = (id: string, label: string): CardButton => ({ id, label, style: 'plain' })
  const why = plain(`why:${p.id}`, 'Why')
  if (p.status !== 'pending') return [why]
  const edit = p.intent === 'entry' ? [plain(`edit:${p.id}:${p.terms.version}`, 'Edit')] : []
  return [...edit, why, plain(`snooze:${p.id}`, 'Snooze')]
}
