import type { DecimalString } from './decimal.ts'
import { type Decision, decided, type Evolution, refused } from './decision.ts'

export type Side = 'buy' | 'sell'

/** A scored catalyst, as any source hands it in. Text fields are outside text: hostile until rendered. */
export interface AlertContent {
  /** The source's own id; unique per source. */
  readonly sourceId: string
  readonly source: string
  readonly symbol: string
  readonly headline: string
  readonly summary: string | null
  readonly category: string | null
  readonly side: Side
  /** 0..1: how sure the source is that this is what it seems. */
  readonly confidence: number
  /** 0..1: how strongly it should move the price. */
  readonly catalystScore: number
  /** Signed parts of the score, each in [-1, 1], for the explanation; empty when the source gives none. */
  readonly factors: readonly ScoreFactor[]
  readonly entryPrice: DecimalString | null
  readonly stopLoss: DecimalString | null
  readonly takeProfit: DecimalString | null
  readonly url: string | null
  /** ISO 8601 UTC, on the running clock. */
  readonly publishedAt: string
}

export interface ScoreFactor {
  readonly name: string
  readonly value: number
  readonly explain: string
}

/** received: stored, not yet judged. filtered: judged and dropped, with the reason. */
export type AlertStatus = 'received' | 'proposed' | 'filtered' | 'merged'

export interface Alert extends AlertContent {
  readonly id: string
  readonly status: AlertStatus
  readonly receivedAt: string
  /** Words for why it was filtered. */
  readonly reason: string | null
  /** The proposal it became or was merged into. */
  readonly proposalId: string | null
}

export type AlertEvent =
  | ({ readonly type: 'AlertReceived'; readonly at: string } & AlertContent)
  | { readonly type: 'AlertFiltered'; readonly code: string; readonly reason: string }
  | { readonly type: 'AlertProposed'; readonly proposalId: string }
  | { readonly type: 'AlertMerged'; readonly proposalId: string }

const unheard: Omit<Alert, 'id'> = {
  sourceId: '',
  source: '',
  symbol: '',
  headline: '',
  summary: null,
  category: null,
  side: 'buy',
  confidence: 0,
  catalystScore: 0,
  factors: [],
  entryPrice: null,
  stopLoss: null,
  takeProfit: null,
  url: null,
  publishedAt: '',
  status: 'received',
  receivedAt: '',
  reason: null,
  proposalId: null,
}

export const alertEvolution: Evolution<Alert, AlertEvent> = {
  initial: (id) => ({ id, ...unheard }),
  evolve(state, event) {
    switch (event.type) {
      case 'AlertReceived': {
        const { type: _, at, ...content } = event
        return { ...state, ...content, status: 'received', receivedAt: at }
      }
      case 'AlertFiltered':
        return { ...state, status: 'filtered', reason: event.reason }
      case 'AlertProposed':
        return { ...state, status: 'proposed', proposalId: event.proposalId }
      case 'AlertMerged':
        return { ...state, status: 'merged', proposalId: event.proposalId }
    }
  },
}

export function receiveAlert(state: Alert, content: AlertContent, at: string): Decision<AlertEvent> {
  if (state.receivedAt !== '') return refused('ALERT_KNOWN', 'this alert was received before')
  return decided({ type: 'AlertReceived', at, ...content })
}

/** Judging happens once: a second judgement of the same alert (after a crash, say) is refused. */
export function judgeAlert(state: Alert, outcome: Exclude<AlertEvent, { type: 'AlertReceived' }>): Decision<AlertEvent> {
  if (state.status !== 'received') return refused('ALERT_JUDGED', `this alert is already ${state.status}`)
  return decided(outcome)
}

/** The same story from several wires: same symbol and side, same words whatever the case, marks or spacing. */
export const storyKey = (content: Pick<AlertContent, 'symbol' | 'side' | 'headline'>): string =>
  `${content.symbol} ${content.side} ${content.headline
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .slice(0, 160)}`
