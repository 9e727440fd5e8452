import { type Alert, judgeAlert, storyKey } from '../domain/alert.ts'
import { price, quantity, text, usd } from '../domain/decimal.ts'
import { isOpen, type Proposal, type ProposalEvent, type ProposalTerms, proposalEvolution, storeTerms } from '../domain/proposal.ts'
import { denyProposal, endProposal } from '../domain/proposal-decisions.ts'
import { denialsOf, judgeEntry, type Verdict } from '../domain/risk/verdict.ts'
import { entryRequest } from '../domain/trade-plan.ts'
import type { EventMeta, Loaded, Transaction } from '../ports/event-store.ts'
import { type AppContext, occasion } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { shortId } from './ids.ts'
import { expiryOf, type PricedTerms, priceTerms } from './price-proposal.ts'
import { lookAtMarket, type MarketLook, readBooks, riskContext } from './risk-context.ts'

interface Filtered {
  readonly code: string
  readonly reason: string
}
/** What an alert would do to what is held. */
type Intent = { readonly intent: 'entry' | 'reduce' } | Filtered

/**
 * Turns a stored alert into a card, or says why not. Every alert is judged once, whatever happens in between.
 * @returns the proposal when a new one now waits for a decision.
 */
export async function judgeOne(context: AppContext, alert: Alert): Promise<Proposal | null> {
  const meta = occasion(context, 'system', `alert-${alert.id}`)
  const known = await sameStory(context, alert)
  if (known) return join(context, alert, known, meta)
  const filtered = await filter(context, alert)
  if (filtered) return drop(context, alert, filtered, meta)
  const intent = await intentOf(context, alert)
  if ('code' in intent) return drop(context, alert, intent, meta)
  return offer(context, alert, intent.intent, meta)
}

/** An alert with one of these is noise, not a trade that somebody might want to see denied. */
const noise: ReadonlySet<string> = new Set(['CONFIDENCE_TOO_LOW', 'BLOCKED', 'NOT_TRADABLE'])

async function filter(context: AppContext, alert: Alert): Promise<Filtered | null> {
  const { approvals } = context.settings()
  const minutes = Math.round((context.clock.now() - Date.parse(alert.publishedAt)) / 60_000)
  if (minutes > approvals.max_alert_age_minutes)
    return { code: 'ALERT_STALE', reason: `published ${minutes} minutes ago; the limit is ${approvals.max_alert_age_minutes}` }
  if (!(await context.read.security(alert.symbol)))
    return { code: 'UNKNOWN_SYMBOL', reason: `${alert.symbol} is not a symbol of this market` }
  if ((await context.read.openProposalCount()) >= approvals.max_open_proposals)
    return { code: 'TOO_MANY_PROPOSALS', reason: `${approvals.max_open_proposals} cards are open already` }
  return null
}

async function intentOf(context: AppContext, alert: Alert): Promise<Intent> {
  const position = await context.read.openPosition(alert.symbol)
  if (position && (position.side === 'long') === (alert.side === 'sell')) return { intent: 'reduce' }
  if (alert.side === 'buy' || context.settings().shorting) return { intent: 'entry' }
  return { code: 'NOTHING_TO_SELL', reason: `a sell signal, but no ${alert.symbol} is held and shorting is off` }
}

async function sameStory(context: AppContext, alert: Alert): Promise<Proposal | null> {
  const since = context.clock.now() - context.settings().approvals.story_window_hours * 3_600_000
  return context.read.proposalByStory(storyKey(alert), new Date(since).toISOString())
}

function join(context: AppContext, alert: Alert, known: Proposal, meta: EventMeta): Promise<null> {
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('alert', alert.id)
    const judged = judgeAlert(stream.state, { type: 'AlertMerged', proposalId: known.id })
    if (!judged.ok) return null
    tx.append(stream, judged.events)
    const proposal = await tx.load('proposal', known.id)
    const news = alert.source !== proposal.state.source && !proposal.state.alsoOn.includes(alert.source)
    if (news) {
      tx.append(proposal, [{ type: 'ProposalAlsoReported', source: alert.source }])
      tx.enqueue(proposalMessage(known.id))
    }
    return null
  })
}

function drop(context: AppContext, alert: Alert, { code, reason }: Filtered, meta: EventMeta): Promise<null> {
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('alert', alert.id)
    const judged = judgeAlert(stream.state, { type: 'AlertFiltered', code, reason })
    if (judged.ok) tx.append(stream, judged.events)
    return null
  })
}

async function offer(context: AppContext, alert: Alert, intent: 'entry' | 'reduce', meta: EventMeta): Promise<Proposal | null> {
  const look = await lookAtMarket(context, alert.symbol, { range: true })
  const priced = intent === 'entry' ? await entryTerms(context, alert, look) : await exitTerms(context, alert, look)
  if ('code' in priced) return drop(context, alert, priced, meta)
  const id = shortId()
  const bare = offeredEvent(context, alert, intent, priced, meta)
  const draft = proposalEvolution.evolve(proposalEvolution.initial(id), bare)
  const verdict = intent === 'entry' ? await verdictOn(context, draft, look) : null
  const denials = verdict === null ? [] : denialsOf(verdict)
  const offered = verdict === null || verdict.warnings.length === 0 ? bare : { ...bare, warnings: verdict.warnings }
  const dropped = denials.find((denial) => noise.has(denial.code))
  if (dropped) return drop(context, alert, { code: dropped.code, reason: dropped.explain }, meta)
  const denied = denials.length > 0 ? denyProposal(draft, 'risk', meta.occurredAt, denials) : null
  return context.store.transact(meta, async (tx) => {
    await tx.lock('trading-state')
    const trading = await tx.read.tradingState()
    const stream = await tx.load('alert', alert.id)
    const proposed = judgeAlert(stream.state, { type: 'AlertProposed', proposalId: id })
    if (!proposed.ok) return null
    tx.append(stream, proposed.events)
    // A halt that came while this was judged has voided every open card; it would have voided this one.
    const halted = intent === 'entry' && denied === null && trading.state === 'halted'
    const ended = halted ? endProposal(draft, { type: 'ProposalVoided', at: meta.occurredAt, cause: trading.cause ?? 'halted' }) : denied
    const proposal = tx.append(await tx.load('proposal', id), [offered, ...(ended?.ok ? ended.events : [])])
    // A card that nobody can approve takes no other one's place.
    if (isOpen(proposal.state)) await supersede(tx, alert.symbol, id, meta)
    tx.enqueue(proposalMessage(id))
    return isOpen(proposal.state) ? proposal.state : null
  })
}

/** The same judgement that the tap will get, so that a card that cannot be approved says so at once. */
async function verdictOn(context: AppContext, draft: Proposal, look: MarketLook): Promise<Verdict> {
  const books = await readBooks(context, draft.symbol, context.read)
  return judgeEntry(riskContext(context, entryRequest(draft), look, books), context.checks())
}

/** A new signal on a symbol replaces the card that is still open. */
async function supersede(tx: Transaction, symbol: string, by: string, meta: EventMeta): Promise<void> {
  for (const open of await tx.read.openProposals(symbol)) {
    if (open.id === by) continue
    const older: Loaded<'proposal'> = await tx.load('proposal', open.id)
    const ended = endProposal(older.state, { type: 'ProposalSuperseded', at: meta.occurredAt, by })
    if (!ended.ok) continue
    tx.append(older, ended.events)
    tx.enqueue(proposalMessage(open.id))
  }
}

type Priced = Pick<Extract<PricedTerms, { ok: true }>, 'terms' | 'atr' | 'rvol'>

async function entryTerms(context: AppContext, alert: Alert, look: MarketLook): Promise<Priced | Filtered> {
  const { symbol, side, confidence } = alert
  const levels = {
    stopLoss: alert.stopLoss === null ? null : price(alert.stopLoss),
    takeProfit: alert.takeProfit === null ? null : price(alert.takeProfit),
  }
  const priced = await priceTerms(context, { symbol, side, version: 1, confidence, ...levels }, look)
  if (!priced.ok) return { code: priced.refusal.code, reason: priced.refusal.explain }
  return priced
}

/** Getting out has no stop of its own: the terms say what is held and what it would bring. */
async function exitTerms(context: AppContext, alert: Alert, look: MarketLook): Promise<Priced | Filtered> {
  const position = await context.read.openPosition(alert.symbol)
  if (!position) return { code: 'NOTHING_TO_SELL', reason: 'the position was closed meanwhile' }
  const at = look.quote ? (alert.side === 'sell' ? look.quote.bid : look.quote.ask) : (position.markPrice ?? position.entryPrice)
  const terms: ProposalTerms = {
    version: 1,
    quantity: quantity(position.quantity),
    limitPrice: at,
    ceilingPrice: at,
    stopLoss: position.stopLoss ?? at,
    takeProfit: position.takeProfit ?? at,
    riskAmount: usd('0'),
    sizedBy: `all ${text(position.quantity)} held`,
    pricedAt: new Date(context.clock.now()).toISOString(),
  }
  return { terms, atr: null, rvol: null }
}

function offeredEvent(
  context: AppContext,
  alert: Alert,
  intent: 'entry' | 'reduce',
  priced: Priced,
  meta: EventMeta,
): Extract<ProposalEvent, { type: 'ProposalOffered' }> {
  return {
    type: 'ProposalOffered',
    alertId: alert.id,
    symbol: alert.symbol,
    side: alert.side,
    intent,
    terms: storeTerms(priced.terms),
    headline: alert.headline,
    source: alert.source,
    category: alert.category,
    url: alert.url,
    publishedAt: alert.publishedAt,
    factors: alert.factors,
    context: {
      strategy: 'catalyst',
      signalConfidence: alert.confidence,
      catalystScore: alert.catalystScore,
      rvol: priced.rvol,
      atr: priced.atr,
    },
    storyKey: storyKey(alert),
    at: meta.occurredAt,
    expiresAt: expiryOf(context, alert.category),
  }
}
