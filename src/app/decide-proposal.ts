import { sessionAt } from '../domain/calendar.ts'
import { approximate, type DecimalString, divide, minimum, type Price, type Quantity, text } from '../domain/decimal.ts'
import type { Denial } from '../domain/denial.ts'
import { prepareOrder } from '../domain/order-decisions.ts'
import { exitSide } from '../domain/position.ts'
import { isOpen, type Proposal, type ProposalTerms, resize } from '../domain/proposal.ts'
import {
  type Approval,
  approveProposal,
  armProposal,
  checkApproval,
  denyProposal,
  endProposal,
  releaseArmed,
  repriceProposal,
} from '../domain/proposal-decisions.ts'
import { check as tradingState } from '../domain/risk/checks/trading-state.ts'
import { clearForSending, judgeEntry } from '../domain/risk/verdict.ts'
import { entryLimit, entryRequest } from '../domain/trade-plan.ts'
import type { EventMeta, Loaded, Transaction } from '../ports/event-store.ts'
import type { DecisionOutcome } from './app.ts'
import { denialNotice } from './cards/trade-notices.ts'
import { change, end } from './change-proposal.ts'
import { closeUnderWay, lockCloses, prepareClose } from './close-position.ts'
import type { AppContext } from './context.ts'
import { proposalMessage } from './deliver-messages.ts'
import { clientOrderIdOf, entryOrderId } from './ids.ts'
import { type Claim, claim, inFlight, sendEntry } from './place-order.ts'
import { expiryOf, priceTerms } from './price-proposal.ts'
import { type Books, lookAtMarket, type MarketLook, readBooks, riskContext } from './risk-context.ts'
import { noteFirst, weigh } from './two-people.ts'

export interface Tap {
  readonly version: number
  readonly quantity?: Quantity | undefined
}

/**
 * One tap, one decision. Fetch the market first, then lock the books, judge everything afresh, and store the approval and
 * the order it becomes in one transaction. Whoever comes second finds it decided.
 */
export async function approve(context: AppContext, proposalId: string, tap: Tap, meta: EventMeta): Promise<DecisionOutcome> {
  const proposal = await context.read.proposal(proposalId)
  if (!proposal) return { outcome: 'not_found' }
  const approval: Approval = {
    version: tap.version,
    quantity: tap.quantity ?? proposal.terms.quantity,
    by: meta.actor,
    at: meta.occurredAt,
  }
  const refusal = checkApproval(proposal, approval)
  if (refusal) return { outcome: 'refused', proposal, refusal }
  if (proposal.intent === 'reduce') return approveReduction(context, proposal, approval, meta)
  if (sessionAt(context.clock.now()) !== 'regular') return arm(context, proposal, approval, meta)

  const look = await lookAtMarket(context, proposal.symbol)
  if (isBeyond(proposal, look)) return reprice(context, proposal, approval, look, meta)
  const orderId = entryOrderId(proposalId, approval.version)
  return decideAndSend(context, orderId, meta, async (tx) => {
    const { stream, books } = await readLocked(context, tx, proposal, orderId)
    const late = checkApproval(stream.state, approval)
    if (late) return unclaimed({ outcome: 'refused', proposal: stream.state, refusal: late })
    return judgeAndOrder(context, tx, { stream, look, books }, approval, meta)
  })
}

/**
 * Two locks: no other entry is judged meanwhile, and a halt comes wholly before or wholly after. Everything is sent together; the
 * server answers in order, so what is read is read under the locks. The order is the one that the proposal becomes.
 */
async function readLocked(context: AppContext, tx: Transaction, { id, symbol }: Proposal, orderId: string) {
  const [, stream, , books] = await Promise.all([
    tx.lock('account-risk', 'trading-state'),
    tx.load('proposal', id),
    tx.load('order', orderId),
    readBooks(context, symbol, tx.read),
  ])
  return { stream, books }
}

/** An outcome, and the order it claimed for sending. */
interface Judged {
  readonly outcome: DecisionOutcome
  readonly claimed: Claim | null
}
const unclaimed = (outcome: DecisionOutcome): Judged => ({ outcome, claimed: null })

/**
 * The transaction that decides also claims the order, so that a single commit stands between the tap and the socket. The order
 * counts as in flight from before that commit until its answer is written down: nobody may look it up meanwhile.
 */
async function decideAndSend(
  context: AppContext,
  orderId: string,
  meta: EventMeta,
  judge: (tx: Transaction) => Promise<Judged>,
): Promise<DecisionOutcome> {
  const judged = context.store.transact(meta, judge)
  inFlight(context, orderId, async () => {
    const { claimed } = await judged
    if (claimed) await sendEntry(context, claimed, meta)
  }).catch((error: unknown) => {
    context.log.error({ order: orderId, error }, 'an approved entry could not be sent; its fate is looked up')
  })
  return (await judged).outcome
}

/** The open came for an approval that was given while the market was shut: the same judgement, at the price of now. */
export async function release(context: AppContext, proposal: Proposal, meta: EventMeta): Promise<DecisionOutcome> {
  const look = await lookAtMarket(context, proposal.symbol)
  const { terms } = proposal
  if (isBeyond(proposal, look)) {
    const reason = gapReason(proposal, look)
    const expired = await end(context, proposal.id, { type: 'ProposalExpired', at: meta.occurredAt, reason }, meta)
    return expired ? { outcome: 'refused', proposal: expired, refusal: { code: 'GAPPED', explain: reason } } : { outcome: 'not_found' }
  }
  const orderId = entryOrderId(proposal.id, terms.version)
  return decideAndSend(context, orderId, meta, async (tx) => {
    const { stream, books } = await readLocked(context, tx, proposal, orderId)
    const approval = {
      version: terms.version,
      quantity: stream.state.terms.quantity,
      by: stream.state.decidedBy ?? meta.actor,
      at: meta.occurredAt,
    }
    return judgeAndOrder(context, tx, { stream, look, books }, approval, meta)
  })
}

async function judgeAndOrder(
  context: AppContext,
  tx: Transaction,
  { stream, look, books }: { readonly stream: Loaded<'proposal'>; readonly look: MarketLook; readonly books: Books },
  tap: Approval,
  meta: EventMeta,
): Promise<Judged> {
  const { state } = stream
  const weight = weigh(context, state, tap)
  if (weight.tap === 'refused') return unclaimed({ outcome: 'refused', proposal: state, refusal: weight.refusal })
  const approval = weight.tap === 'first' ? tap : weight.approval
  const terms = resize(state.terms, approval.quantity)
  const { symbol, side } = state
  const request = entryRequest(state, approval.quantity)
  const verdict = judgeEntry(riskContext(context, request, look, books), context.checks())
  if (!verdict.approved) return unclaimed(deny(context, tx, stream, approval, verdict.entry.denials))
  if (weight.tap === 'first') return unclaimed(noteFirst(tx, stream, approval))
  tx.enqueue(proposalMessage(state.id))
  const orderId = entryOrderId(state.id, terms.version)
  const approved = state.status === 'armed' ? releaseArmed(state, approval.at, orderId) : approveProposal(state, approval, orderId)
  if (!approved.ok) return unclaimed({ outcome: 'refused', proposal: state, refusal: approved.refusal })
  const { ticket } = clearForSending(verdict.entry, {
    clientOrderId: clientOrderIdOf(orderId),
    symbol,
    side,
    type: 'limit',
    quantity: terms.quantity,
    // The ceiling is what was approved: paying up to it is not chasing, paying more would be.
    limitPrice: look.quote ? entryLimit(state, look.quote, context.settings().execution.entry_limit_offset_percent) : terms.ceilingPrice,
    stopPrice: null,
    trailPercent: null,
    extendedHours: false,
    // Legs live as long as their entry may: a position keeps its stop overnight. What is not filled soon is canceled by `protect`.
    timeInForce: 'gtc',
    bracket: { stopLoss: terms.stopLoss, takeProfit: terms.takeProfit },
  })
  const intent = { ticket, role: 'entry' as const, proposalId: state.id, positionId: null, expectedPrice: terms.limitPrice, reason: null }
  const order = await tx.load('order', orderId)
  const prepared = prepareOrder(order.state, intent, meta.occurredAt)
  if (!prepared.ok) return unclaimed({ outcome: 'refused', proposal: state, refusal: prepared.refusal })
  const ready = tx.append(order, prepared.events)
  const claimed = claim(context, tx, ready, meta)
  if (!claimed) throw new Error(`the new order ${orderId} cannot be sent`)
  return { outcome: { outcome: 'approved', proposal: tx.append(stream, approved.events).state }, claimed }
}

function deny(
  context: AppContext,
  tx: Transaction,
  stream: Loaded<'proposal'>,
  approval: Approval,
  denials: readonly Denial[],
): DecisionOutcome {
  const { state } = stream
  // An armed proposal is tried every second while something passing stands in its way: that is stored and told once.
  if (state.status === 'armed' && denials.every((d) => d.transient) && codes(denials) === codes(state.denials))
    return { outcome: 'denied', proposal: state, denials }
  // Too few shares says nothing about the trade that was offered: the card stays, with the reason on it.
  const fewer = approval.quantity.lt(state.terms.quantity)
  const kept = fewer ? denials.map((denial) => ({ ...denial, transient: true })) : denials
  const denied = denyProposal(state, approval.by, approval.at, kept)
  if (!denied.ok) return { outcome: 'refused', proposal: state, refusal: denied.refusal }
  tx.enqueue(proposalMessage(state.id))
  tx.enqueue(denialNotice(state, denials, approval.by, context.broker.mode))
  return { outcome: 'denied', proposal: tx.append(stream, denied.events).state, denials }
}
const codes = (denials: readonly Denial[]): string => denials.map((d) => d.code).join()

/** A signal to get out needs no verdict: it can only shrink what is held, by what the card offered and no more. */
function approveReduction(context: AppContext, proposal: Proposal, approval: Approval, meta: EventMeta): Promise<DecisionOutcome> {
  return context.store.transact(meta, async (tx) => {
    await lockCloses(tx)
    const stream = await tx.load('proposal', proposal.id)
    const refusal = checkApproval(stream.state, approval)
    if (refusal) return { outcome: 'refused', proposal: stream.state, refusal }
    tx.enqueue(proposalMessage(proposal.id))
    const position = await tx.read.openPosition(proposal.symbol)
    if (!position || exitSide(position.side) !== proposal.side) {
      const gone = { code: 'POSITION_CLOSED', explain: 'the position was closed before' }
      const ended = endProposal(stream.state, { type: 'ProposalExpired', at: meta.occurredAt, reason: gone.explain })
      return { outcome: 'refused', proposal: ended.ok ? tx.append(stream, ended.events).state : stream.state, refusal: gone }
    }
    const { state } = await tx.load('position', position.id)
    const size = minimum(approval.quantity, state.quantity) as Quantity
    const closing = { reason: 'signal', proposalId: proposal.id, quantity: size, at: meta.occurredAt } as const
    const orderId = (await closeUnderWay(tx, state, size, meta)) ?? (await prepareClose(tx, state, closing))
    const approved = approveProposal(stream.state, approval, orderId)
    if (!approved.ok) return { outcome: 'refused', proposal: stream.state, refusal: approved.refusal }
    return { outcome: 'approved', proposal: tx.append(stream, approved.events).state }
  })
}

/** The market is shut: the approval is kept for the open, where the rest is judged. Whether entries are let in at all is judged now. */
async function arm(context: AppContext, proposal: Proposal, tap: Approval, meta: EventMeta): Promise<DecisionOutcome> {
  const look = await lookAtMarket(context, proposal.symbol)
  return context.store.transact(meta, async (tx) => {
    const stream = await tx.load('proposal', proposal.id)
    const weight = weigh(context, stream.state, tap)
    if (weight.tap === 'refused') return { outcome: 'refused', proposal: stream.state, refusal: weight.refusal }
    const approval = weight.tap === 'first' ? tap : weight.approval
    const armed = armProposal(stream.state, approval)
    if (!armed.ok) return { outcome: 'refused', proposal: stream.state, refusal: armed.refusal }
    const gate = context.checks().filter(({ check }) => check.code === tradingState.code)
    const books = await readBooks(context, proposal.symbol, tx.read)
    const verdict = judgeEntry(riskContext(context, entryRequest(stream.state, approval.quantity), look, books), gate)
    if (!verdict.approved) return deny(context, tx, stream, approval, verdict.entry.denials)
    if (weight.tap === 'first') return noteFirst(tx, stream, approval)
    tx.enqueue(proposalMessage(proposal.id))
    return { outcome: 'armed', proposal: tx.append(stream, armed.events).state }
  })
}

/** The price has left the range that the tap covers: the card asks again, a few times at most, and never follows silently. */
async function reprice(
  context: AppContext,
  proposal: Proposal,
  approval: Approval,
  look: MarketLook,
  meta: EventMeta,
): Promise<DecisionOutcome> {
  const moved = movedPercent(proposal, look)
  const priced = await priceTerms(context, repriced(proposal), look)
  if (!priced.ok) return { outcome: 'refused', proposal, refusal: priced.refusal }
  const limit = context.settings().approvals.max_repricings
  const expiresAt = expiryOf(context, proposal.category)
  const { proposal: after, refusal } = await change(context, proposal.id, meta, (state) => {
    const stale = checkApproval(state, approval)
    if (stale) return { ok: false, refusal: stale }
    const again = repriceProposal(state, noMoreThan(state, priced.terms), moved, expiresAt, limit)
    if (again.ok || again.refusal.code !== 'REPRICED_TOO_OFTEN') return again
    return endProposal(state, { type: 'ProposalExpired', at: meta.occurredAt, reason: again.refusal.explain })
  })
  if (refusal) return { outcome: 'refused', proposal: after, refusal }
  if (!isOpen(after))
    return { outcome: 'refused', proposal: after, refusal: { code: 'EXPIRED', explain: after.reason ?? 'the price moved away' } }
  return { outcome: 'repriced', proposal: after, movedPercent: moved }
}

/** Whoever made a card smaller by hand does not get it back larger. */
const noMoreThan = ({ revisedBy, terms: before }: Proposal, terms: ProposalTerms): ProposalTerms =>
  revisedBy === null || terms.quantity.lte(before.quantity) ? terms : { ...resize(terms, before.quantity), sizedBy: before.sizedBy }

/** The source's own levels were for the old price: the new plan makes its own. */
const repriced = ({ symbol, side, terms, context }: Proposal) => ({
  symbol,
  side,
  version: terms.version + 1,
  confidence: context.signalConfidence,
  stopLoss: null,
  takeProfit: null,
})

/** Where the trade would happen now: a buy at the ask, a sell at the bid. */
const marketPrice = (proposal: Proposal, look: MarketLook): Price | null =>
  look.quote && (proposal.side === 'buy' ? look.quote.ask : look.quote.bid)

/** Outside of what the tap covers: past the ceiling, or already at the stop, where it would be closed as soon as it is filled. */
function isBeyond(proposal: Proposal, look: MarketLook): boolean {
  const now = marketPrice(proposal, look)
  if (now === null) return false // Missing data is for the checks to deny.
  const { ceilingPrice } = proposal.terms
  return isStopped(proposal, look) || (proposal.side === 'buy' ? now.gt(ceilingPrice) : now.lt(ceilingPrice))
}

/** A long is stopped where it could be sold, a short where it could be bought back. */
function isStopped({ side, terms }: Proposal, { quote }: MarketLook): boolean {
  return quote !== null && (side === 'buy' ? quote.bid.lte(terms.stopLoss) : quote.ask.gte(terms.stopLoss))
}

function gapReason(proposal: Proposal, look: MarketLook): string {
  const { ceilingPrice, stopLoss } = proposal.terms
  if (isStopped(proposal, look)) return `gapped through its stop ($${text(stopLoss)})`
  return `gapped past ${proposal.side === 'buy' ? 'the most' : 'the least'} it was approved for ($${text(ceilingPrice)})`
}

function movedPercent(proposal: Proposal, look: MarketLook): DecimalString {
  const now = marketPrice(proposal, look) ?? proposal.terms.limitPrice
  const share = divide(now.minus(proposal.terms.limitPrice), proposal.terms.limitPrice)
  return (approximate(share) * 100).toFixed(1)
}
