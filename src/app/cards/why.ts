import type { Alert } from '../../domain/alert.ts'
import { exchangeDate } from '../../domain/calendar.ts'
import { text, usd } from '../../domain/decimal.ts'
import { type Order, remaining } from '../../domain/order.ts'
import type { Position } from '../../domain/position.ts'
import type { Proposal, ProposalEvent } from '../../domain/proposal.ts'
import { priceText } from '../../domain/risk/limits.ts'
import type { Card } from '../../ports/chat.ts'
import type { StoredEvent } from '../../ports/event-store.ts'
import type { FillRow, ReadModel } from '../../ports/read-model.ts'
import type { App } from '../app.ts'
import { type Asked, clockTime, count, refusal, reply, signed } from '../card.ts'
import { denialLine } from './proposal.ts'

export interface WhyAsked extends Asked {
  readonly app: App
}

/** One trade's parts, as far as it got. */
interface Trade {
  readonly alert: Alert | null
  readonly proposal: Proposal | null
  readonly position: Position | null
  readonly orders: readonly Order[]
}
interface Step {
  readonly at: string
  readonly words: string
}

const mostEvents = 200
const mostOrders = 50

/** Catalyst, score, verdicts, taps, orders, fills, close: in the order they happened. @param id of any part of it, or a symbol. */
export async function whyCard(asked: WhyAsked, id: string): Promise<Card> {
  const { read } = asked.app
  const trade = (await tradeOf(read, id)) ?? (await latestOf(read, id.toUpperCase()))
  if (!trade)
    return refusal(asked, 'Nothing is known by that id', 'NOT_FOUND', 'Give a symbol, or the id of a proposal, position, order or alert.')
  const { proposal, position, orders, alert } = trade
  const [events, fills] = await Promise.all([
    proposal ? read.events({ stream: `proposal:${proposal.id}` }, mostEvents) : [],
    read.fills(orders.map((order) => order.id)),
  ])
  const steps = [
    ...alertSteps(alert),
    ...events.flatMap(proposalStep),
    ...orders.flatMap(orderSteps),
    ...fills.map(fillStep),
    ...closeSteps(position),
  ]
  steps.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return reply(asked, {
    title: whyTitle(trade),
    lines: steps.map(({ at, words }) => `${clockTime(at)} ${words}`),
    facts: (alert?.factors ?? proposal?.factors ?? []).map((f) => ({
      label: f.name,
      value: `${f.value < 0 ? '' : '+'}${f.value.toFixed(2)} ${f.explain}`,
    })),
    data: { proposal_id: proposal?.id ?? null, position_id: position?.id ?? null, alert_id: alert?.id ?? null },
  })
}

async function tradeOf(read: ReadModel, id: string): Promise<Trade | null> {
  const proposal = await read.proposal(id)
  if (proposal) return whole(read, proposal, null)
  const position = await read.position(id)
  if (position) return ofPosition(read, position)
  const order = await read.order(id)
  if (order) {
    const parent = order.proposalId === null ? null : await read.proposal(order.proposalId)
    if (parent) return whole(read, parent, null)
    const held = order.positionId === null ? null : await read.position(order.positionId)
    return held ? ofPosition(read, held) : { alert: null, proposal: null, position: null, orders: [order] }
  }
  const alert = await read.alert(id)
  if (!alert) return null
  const became = alert.proposalId === null ? null : await read.proposal(alert.proposalId)
  return became ? whole(read, became, null) : { alert, proposal: null, position: null, orders: [] }
}

/** By symbol: what is held, else the newest proposal, else the newest alert among the last pages. */
async function latestOf(read: ReadModel, symbol: string): Promise<Trade | null> {
  const position = await read.openPosition(symbol)
  if (position) return ofPosition(read, position)
  const proposal = (await read.proposals({}, { limit: 200 })).items.find((p) => p.symbol === symbol)
  if (proposal) return whole(read, proposal, null)
  const closed = (await read.trades({ symbol }, { limit: 1 })).items[0]
  const past = closed ? await read.position(closed.positionId) : null
  if (past) return ofPosition(read, past)
  const alert = (await read.alerts({ limit: 200 })).items.find((a) => a.symbol === symbol)
  return alert ? { alert, proposal: null, position: null, orders: [] } : null
}

async function ofPosition(read: ReadModel, position: Position): Promise<Trade> {
  const proposal = position.proposalId === null ? null : await read.proposal(position.proposalId)
  if (proposal) return whole(read, proposal, position)
  const orders = (await read.orders({}, { limit: 200 })).items.filter((order) => order.positionId === position.id)
  return { alert: null, proposal: null, position, orders }
}

async function whole(read: ReadModel, proposal: Proposal, known: Position | null): Promise<Trade> {
  const [alert, page] = await Promise.all([read.alert(proposal.alertId), read.orders({ proposalId: proposal.id }, { limit: mostOrders })])
  const position = known ?? (await positionOf(read, proposal, page.items))
  return { alert, proposal, position, orders: page.items }
}

async function positionOf(read: ReadModel, proposal: Proposal, orders: readonly Order[]): Promise<Position | null> {
  const named = orders.find((order) => order.positionId !== null)?.positionId
  if (named) return read.position(named)
  const open = await read.openPosition(proposal.symbol)
  if (open?.proposalId === proposal.id) return open
  const trades = await read.trades({ symbol: proposal.symbol }, { limit: mostOrders })
  const closed = trades.items.find((trade) => trade.proposalId === proposal.id)
  return closed ? read.position(closed.positionId) : null
}

function whyTitle({ alert, proposal, position, orders }: Trade): string {
  if (position?.status === 'closed') return `${position.symbol}: ${signed(position.realizedPnl.minus(position.fees))} net`
  if (position) return `${position.symbol}: ${position.side} ${text(position.quantity)}, open`
  if (proposal) return `${proposal.symbol}: proposal ${proposal.status}`
  return alert ? `${alert.symbol}: alert ${alert.status}` : `${orders[0]?.symbol ?? ''}: order ${orders[0]?.status ?? 'unknown'}`
}

function alertSteps(alert: Alert | null): readonly Step[] {
  if (!alert) return []
  const score = `confidence ${alert.confidence.toFixed(2)}, score ${alert.catalystScore.toFixed(2)}`
  const heard = { at: alert.receivedAt, words: `alert from ${alert.source}: ${alert.headline} (${score})` }
  return alert.status === 'filtered' ? [heard, { at: alert.receivedAt, words: `filtered: ${alert.reason ?? 'no reason given'}` }] : [heard]
}

function proposalStep({ kind, event, actor, occurredAt }: StoredEvent): readonly Step[] {
  if (kind !== 'proposal') return []
  const words = proposalWords(event as ProposalEvent, actor)
  return words === null ? [] : [{ at: occurredAt, words }]
}

function proposalWords(event: ProposalEvent, actor: string): string | null {
  switch (event.type) {
    case 'ProposalOffered':
      return `proposed ${event.side} ${event.terms.quantity} at $${event.terms.limitPrice} (${event.terms.sizedBy})`
    case 'ProposalAlsoReported':
      return `also on ${event.source}`
    case 'ProposalRepriced':
      return `moved ${event.movedPercent} %: asks again at $${event.terms.limitPrice}`
    case 'ProposalArmed':
      return `${event.by} armed ${event.quantity} for the open`
    case 'ProposalApproved':
      return `${event.by} approved ${event.quantity}; risk passed`
    case 'ProposalDeclined':
      return `${event.by} rejected it${event.reason === null ? '' : `: ${event.reason}`}`
    case 'DeclineReasonGiven':
      return `${event.by} said why: ${event.reason}`
    case 'ProposalDenied':
      return `risk denied it: ${event.denials.map((d) => `${d.code}, ${denialLine(d)}`).join('; ')}`
    case 'ProposalExpired':
      return `expired: ${event.reason}`
    case 'ProposalSuperseded':
      return `superseded by ${event.by}`
    case 'ProposalVoided':
      return `voided by ${actor}: ${event.cause}`
    case 'ProposalRevised':
      return `${event.by} edited it: ${event.terms.quantity} up to $${event.terms.ceilingPrice}, $${event.terms.riskAmount} at risk`
    case 'ApprovalGiven':
      return `${event.by} approved ${event.quantity}, the first of two`
    case 'ProposalSnoozed':
      return `${event.by} snoozed it until ${clockTime(event.until)}`
    case 'ProposalReminded':
      return 'reminded whoever snoozed it'
    case 'ProposalEscalated':
      return `nobody decided: asked ${event.step === 'backup' ? event.people.join(', ') : 'everybody'}`
    case 'ProposalMeasured':
      return measuredWords(event)
  }
}

function measuredWords({ horizon, pnl, movePercent, exit }: Extract<ProposalEvent, { type: 'ProposalMeasured' }>): string {
  if (pnl === null || movePercent === null) return `${horizon} after: no prices to look at`
  const how = exit === 'stop' ? ', stopped' : exit === 'target' ? ', at its target' : ''
  return `${horizon} after: ${movePercent} %; it would have made ${signed(usd(pnl))}${how}`
}

function orderSteps(order: Order): readonly Step[] {
  const at = order.limitPrice ?? order.stopPrice
  const what = `${order.role} order ${order.side} ${text(order.quantity)}${at === null ? ' at the market' : ` at ${priceText(at)}`}`
  const sent = { at: order.preparedAt, words: `${what}: ${order.status.replaceAll('_', ' ')}` }
  if (order.endedAt === null || order.status === 'filled') return [sent]
  const why = order.reason === null ? '' : `: ${order.reason}`
  return [sent, { at: order.endedAt, words: `${order.role} order ${order.status}, ${text(remaining(order))} unfilled${why}` }]
}

const fillStep = (fill: FillRow): Step => ({
  at: fill.at,
  words: `filled ${fill.side} ${text(fill.quantity)} at ${priceText(fill.price)}`,
})

const closeSteps = (position: Position | null): readonly Step[] =>
  position?.closedAt
    ? [
        {
          at: position.closedAt,
          words: `closed by ${position.exitReason ?? 'unknown'}: ${signed(position.realizedPnl.minus(position.fees))} net`,
        },
      ]
    : []

/** What became of today's alerts: where each one stopped, and whether the door was open at all. */
export async function whyNothingCard(asked: WhyAsked): Promise<Card> {
  const { app } = asked
  const today = exchangeDate(app.clock.now())
  const isToday = (iso: string) => iso !== '' && exchangeDate(Date.parse(iso)) === today
  const [trading, alertPage, proposalPage] = await Promise.all([
    app.read.tradingState(),
    app.read.alerts({ limit: 200 }),
    app.read.proposals({}, { limit: 200 }),
  ])
  const alerts = alertPage.items.filter((alert) => isToday(alert.receivedAt))
  const proposals = proposalPage.items.filter((proposal) => isToday(proposal.offeredAt))
  const of = (status: Proposal['status']) => proposals.filter((proposal) => proposal.status === status).length
  const filtered = alerts.filter((alert) => alert.status === 'filtered')
  const traded = of('approved')
  const door = trading.state === 'active' ? 'Trading is active' : `Trading is ${trading.state}: ${trading.cause ?? 'no cause given'}`
  const capped = alertPage.items.length === alerts.length && alertPage.next !== null ? ['Counted over the last 200 alerts.'] : []
  return reply(asked, {
    tone: trading.state === 'active' ? 'neutral' : 'warning',
    title: traded === 0 ? 'No trade today' : `${count(traded, 'proposal')} approved today`,
    lines: [
      `${door}, ${trading.mode}.`,
      ...(app.status.reconciling ? ['Our books are still being compared with the broker.'] : []),
      ...reasons(filtered, proposals),
      ...capped,
    ],
    facts: [
      { label: 'Alerts', value: String(alerts.length) },
      { label: 'Filtered', value: String(filtered.length) },
      { label: 'Proposals', value: String(proposals.length) },
      { label: 'Waiting', value: String(of('pending') + of('armed')) },
      { label: 'Rejected', value: String(of('declined')) },
      { label: 'Expired', value: String(of('expired')) },
      { label: 'Denied', value: String(of('denied')) },
      { label: 'Voided', value: String(of('voided')) },
      { label: 'Approved', value: String(traded), emphasis: true },
    ],
  })
}

/** The commonest reasons first, three of them. */
function reasons(filtered: readonly Alert[], proposals: readonly Proposal[]): readonly string[] {
  const tally = new Map<string, number>()
  const add = (words: string) => tally.set(words, (tally.get(words) ?? 0) + 1)
  for (const alert of filtered) add(`filtered: ${alert.reason ?? 'no reason given'}`)
  for (const { denials } of proposals) if (denials[0]) add(`denied: ${denials[0].code}`)
  return [...tally]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([words, n]) => `${n} x ${words}`)
}
