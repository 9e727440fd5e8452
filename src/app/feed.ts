import type { AlertEvent } from '../domain/alert.ts'
import { decimal } from '../domain/decimal.ts'
import type { OrderEvent } from '../domain/order.ts'
import type { PeopleEvent } from '../domain/people.ts'
import type { PositionEvent } from '../domain/position.ts'
import type { ProposalEvent } from '../domain/proposal.ts'
import { priceText } from '../domain/risk/limits.ts'
import type { TradingStateEvent } from '../domain/trading-state.ts'
import type { StoredEvent } from '../ports/event-store.ts'
import type { ReadModel } from '../ports/read-model.ts'

export type FeedTone = 'neutral' | 'good' | 'bad' | 'warning'

/** One event in words. `stream` opens its whole story: `proposal:<id>`. */
export interface FeedLine {
  readonly sequence: number
  readonly at: string
  readonly text: string
  readonly symbol: string | null
  readonly stream: string
  readonly tone: FeedTone
}
type Words = readonly [text: string, tone: FeedTone]

const dollars = (amount: string): string => priceText(decimal(amount))

/** What a stored event says to people; null for bookkeeping that nobody reads (marks of prices, of the portfolio). */
function feedLine(stored: StoredEvent, symbol: string | null): FeedLine | null {
  const words = wordsOf(stored)
  if (words === null) return null
  const [said, tone] = words
  const { sequence, occurredAt, kind, streamId } = stored
  return { sequence, at: occurredAt, text: symbol === null ? said : `${symbol} ${said}`, symbol, stream: `${kind}:${streamId}`, tone }
}

export async function feedLines(read: ReadModel, events: readonly StoredEvent[]): Promise<readonly FeedLine[]> {
  const toLine = lineMaker(read)
  const lines: FeedLine[] = []
  for (const stored of events) {
    const line = await toLine(stored)
    if (line) lines.push(line)
  }
  return lines
}

/** Makes lines with the symbol of each event's subject; every subject is asked for once, however many of its events come along. */
function lineMaker(read: ReadModel): (stored: StoredEvent) => Promise<FeedLine | null> {
  const symbols = new Map<string, string | null>()
  return async (stored) => {
    if (wordsOf(stored) === null) return null
    const stream = `${stored.kind}:${stored.streamId}`
    const symbol = symbols.get(stream) ?? (await symbolOf(read, stored))
    symbols.set(stream, symbol)
    return feedLine(stored, symbol)
  }
}

async function symbolOf(read: ReadModel, { kind, streamId }: StoredEvent): Promise<string | null> {
  if (kind === 'alert') return (await read.alert(streamId))?.symbol ?? null
  if (kind === 'proposal') return (await read.proposal(streamId))?.symbol ?? null
  if (kind === 'order') return (await read.order(streamId))?.symbol ?? null
  if (kind === 'position') return (await read.position(streamId))?.symbol ?? null
  return null
}

function wordsOf({ kind, event }: StoredEvent): Words | null {
  if (kind === 'alert') return alertWords(event as AlertEvent)
  if (kind === 'proposal') return proposalWords(event as ProposalEvent)
  if (kind === 'order') return orderWords(event as OrderEvent)
  if (kind === 'position') return positionWords(event as PositionEvent)
  if (kind === 'trading') return tradingWords(event as TradingStateEvent)
  return kind === 'people' ? peopleWords(event as PeopleEvent) : null
}

function peopleWords(event: PeopleEvent): Words {
  switch (event.type) {
    case 'OwnerClaimed':
      return [`${event.person} became the owner`, 'warning']
    case 'NotificationsMuted':
      return [event.until === null ? `${event.by} let notifications ring again` : `${event.by} muted notifications`, 'neutral']
    case 'AccessRefused':
      return [`${event.person} was refused: ${event.action} in ${event.place}`, 'warning']
  }
}

function alertWords(event: AlertEvent): Words | null {
  switch (event.type) {
    case 'AlertReceived':
      return [`alert from ${event.source}: ${event.headline}`, 'neutral']
    case 'AlertFiltered':
      return [`alert filtered: ${event.reason}`, 'neutral']
    case 'AlertMerged':
      return ['alert joined an open proposal', 'neutral']
    case 'AlertProposed':
      return null
  }
}

function proposalWords(event: ProposalEvent): Words | null {
  switch (event.type) {
    case 'ProposalOffered':
      return [
        `proposed: ${event.side} ${event.terms.quantity} at ${dollars(event.terms.limitPrice)}${event.terms.riskAmount === '0' ? '' : `, ${dollars(event.terms.riskAmount)} at risk`}`,
        'neutral',
      ]
    case 'ProposalAlsoReported':
      return [`also reported by ${event.source}`, 'neutral']
    case 'ProposalRepriced':
      return [`moved ${event.movedPercent} %: asks again at ${dollars(event.terms.limitPrice)}`, 'warning']
    case 'ProposalArmed':
      return [`armed for the open by ${event.by}: ${event.quantity} shares`, 'good']
    case 'ProposalApproved':
      return [`approved by ${event.by}: ${event.quantity} shares`, 'good']
    case 'ProposalDeclined':
      return [`declined by ${event.by}${event.reason ? `: ${event.reason}` : ''}`, 'neutral']
    case 'DeclineReasonGiven':
      return [`${event.by} on the decline: ${event.reason}`, 'neutral']
    case 'ProposalDenied':
      return [`denied by risk: ${event.denials.map((d) => d.explain).join('; ')}`, 'bad']
    case 'ProposalExpired':
      return [`proposal expired: ${event.reason}`, 'neutral']
    case 'ProposalSuperseded':
      return [`proposal superseded by ${event.by}`, 'neutral']
    case 'ProposalVoided':
      return [`proposal voided: ${event.cause}`, 'warning']
    case 'ProposalRevised':
      return [`edited by ${event.by}: ${event.terms.quantity} up to ${dollars(event.terms.ceilingPrice)}`, 'neutral']
    case 'ApprovalGiven':
      return [`first of two approvals, by ${event.by}: ${event.quantity} shares`, 'good']
    case 'ProposalSnoozed':
      return [`snoozed by ${event.by}`, 'neutral']
    case 'ProposalEscalated':
      return [`nobody decided: asked ${event.step === 'backup' ? 'the backup' : 'everybody'}`, 'warning']
    case 'ProposalReminded':
    case 'ProposalMeasured':
      return null
  }
}

function orderWords(event: OrderEvent): Words | null {
  switch (event.type) {
    case 'OrderPrepared':
      return [`${event.role} order prepared: ${event.ticket.side} ${event.ticket.quantity}`, 'neutral']
    case 'OrderOutcomeUnknown':
      return [`order's fate is unknown: ${event.reason}`, 'warning']
    case 'OrderAccepted':
      return ['order accepted by the broker', 'neutral']
    case 'OrderAdopted':
      return [`${event.role} order on the books: ${event.ticket.side} ${event.ticket.quantity}`, 'neutral']
    case 'OrderPartiallyFilled':
      return [`partly filled: ${event.quantity} at ${dollars(event.price)}`, 'good']
    case 'OrderFilled':
      return [`filled: ${event.quantity} at ${dollars(event.price)}`, 'good']
    case 'OrderCancelRequested':
      return [`cancel requested: ${event.reason}`, 'neutral']
    case 'OrderCanceled':
      return ['order canceled', 'neutral']
    case 'OrderExpired':
      return ['order expired', 'neutral']
    case 'OrderRejected':
      return [`order rejected by the broker: ${event.reason}`, 'bad']
    case 'OrderFillReversed':
      return [`taken back by the broker: ${event.quantity} at ${dollars(event.price)}`, 'warning']
    case 'OrderStatusTold':
      return [`the broker calls the order ${event.word}`, event.status === 'unrecognized' ? 'bad' : 'neutral']
    case 'OrderSplit':
      return [`order adjusted for a split, ${event.ratio} for 1`, 'neutral']
    case 'OrderSubmitted':
    case 'OrderShrunk':
    case 'OrderActivated':
    case 'OrderReturned':
    case 'OrderReplaced':
      return null
  }
}

function positionWords(event: PositionEvent): Words | null {
  switch (event.type) {
    case 'PositionOpened':
      return [`${event.side} position opened: ${event.fill.quantity} at ${dollars(event.fill.price)}`, 'good']
    case 'PositionChanged':
      return [`position changed: ${event.fill.side} ${event.fill.quantity} at ${dollars(event.fill.price)}`, 'neutral']
    case 'PositionClosed':
      return [`position closed at ${dollars(event.fill.price)} (${event.exitReason.replaceAll('_', ' ')})`, 'neutral']
    case 'PositionStopsMoved':
      return [`stop ${event.stopLoss ?? 'none'}, target ${event.takeProfit ?? 'none'}: ${event.reason}`, 'neutral']
    case 'PositionSplit':
      return [`split, ${event.ratio} for 1`, 'neutral']
    case 'PositionFeeCharged':
      return [`fee: ${dollars(event.amount)}`, 'neutral']
    case 'PositionUnprotected':
      return [`position has no stop: ${event.reason}`, 'bad']
    case 'PositionProtected':
      return ['position is protected', 'good']
    case 'PositionMarked':
      return null
  }
}

function tradingWords(event: TradingStateEvent): Words {
  switch (event.type) {
    case 'TradingPaused':
      return [`Trading paused by ${event.by}: ${event.cause}`, 'warning']
    case 'TradingHalted':
      return [`Trading halted by ${event.by}: ${event.cause}`, 'bad']
    case 'TradingResumed':
      return [`Trading resumed by ${event.by}${event.reason ? `: ${event.reason}` : ''}`, 'good']
    case 'FlattenOrdered':
      return [`Flatten ordered by ${event.by}`, 'warning']
    case 'FlatVerified':
      return ['Flat: verified with the broker', 'good']
    case 'ModeChanged':
      return [`Approval mode ${event.mode}, by ${event.by}`, 'warning']
  }
}

interface FeedRequest {
  readonly symbol?: string | undefined
  /** Only what came before this sequence. */
  readonly cursor?: number | undefined
  readonly limit: number
}

const window = 400
/** Bounds the work of one request when lines of a symbol are rare; the reader goes on with `next`. */
const mostWindows = 10

/** A page of the feed, newest first; walks back through the store in windows of sequences. */
export async function feedPage(
  read: ReadModel,
  { symbol, cursor, limit }: FeedRequest,
): Promise<{ readonly items: readonly FeedLine[]; readonly next: string | null }> {
  const items: FeedLine[] = []
  const toLine = lineMaker(read)
  let before = cursor ?? (await read.lastSequence()) + 1
  for (let i = 0; i < mostWindows && before > 1; i++) {
    const from = Math.max(1, before - window)
    const events = await read.events({ after: from - 1 }, before - from)
    for (const stored of events.toReversed()) {
      // Sequences have gaps, so a window's worth of events may reach past its end.
      if (stored.sequence >= before) continue
      if (items.length === limit) return { items, next: String(stored.sequence + 1) }
      const line = await toLine(stored)
      if (line && (symbol === undefined || line.symbol === symbol)) items.push(line)
    }
    before = from
  }
  return { items, next: before > 1 ? String(before) : null }
}
