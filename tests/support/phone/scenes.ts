import { command as pnl } from '../../../commands/pnl.ts'
import { command as positions } from '../../../commands/positions.ts'
import { command as readiness } from '../../../commands/readiness.ts'
import { stateNotice } from '../../../src/app/cards/notices.ts'
import { type ProposalExtras, proposalCard } from '../../../src/app/cards/proposal.ts'
import { fillNotice } from '../../../src/app/cards/trade-notices.ts'
import { price, quantity, usd } from '../../../src/domain/decimal.ts'
import type { Denial } from '../../../src/domain/denial.ts'
import type { Order } from '../../../src/domain/order.ts'
import { type Position, positionEvolution } from '../../../src/domain/position.ts'
import { openPosition } from '../../../src/domain/position-decisions.ts'
import { isOpen, type Proposal, type ProposalEvent, proposalEvolution, storeTerms } from '../../../src/domain/proposal.ts'
import { haltTrading, tradingStateEvolution } from '../../../src/domain/trading-state.ts'
import type { Card } from '../../../src/ports/chat.ts'
import type { OutboxMessage } from '../../../src/ports/event-store.ts'
import { commandApp, run } from '../command-app.ts'
import { iso, order, terms } from '../samples.ts'

/** A message as it stands on a screen at some moment. */
export interface Scene {
  readonly name: string
  readonly card: Card
  /** Milliseconds after the offer: what the phone's clock says. */
  readonly after: number
  /** Whether it came as a new message; an edit does not ring. */
  readonly rings: boolean
  readonly mention: readonly string[]
}

const ada = 'discord:204255221017214977'
const nameOf = (id: string): string => (id === ada ? 'Ada' : id)
const offer: Extract<ProposalEvent, { type: 'ProposalOffered' }> = {
  type: 'ProposalOffered',
  alertId: '8c1d0f2a',
  symbol: 'NVDA',
  side: 'buy',
  intent: 'entry',
  terms: storeTerms(terms()),
  headline: 'Chip maker raises its full-year forecast after record orders for data centers',
  source: 'newswire',
  category: 'guidance',
  url: null,
  publishedAt: iso(-60_000),
  factors: [],
  context: { strategy: 'catalyst', signalConfidence: 0.9, catalystScore: 0.8, rvol: null, atr: null },
  storyKey: 'nvda buy chip maker raises its forecast',
  at: iso(),
  expiresAt: iso(30 * 60_000),
}
export const hostileHeadline =
  `@everyone <!channel> <@204255221017214977> *bold* _lean_ ~gone~ ||spoiler|| \`code\` \`\`\`block <script>alert(1)</script> &lt;b&gt; [win](https://evil.example) https://evil.example # big \u202Egnitirw sdrawkcab\u202C ${'and on '.repeat(700)}`.slice(
    0,
    5000,
  )

const proposal = (events: readonly ProposalEvent[], offered = offer): Proposal =>
  [offered, ...events].reduce(proposalEvolution.evolve, proposalEvolution.initial('k7m2p9xw'))

const extras: ProposalExtras = {
  equity: usd('100000'),
  exposureAfter: usd('14240.55'),
  spread: price('0.04'),
  company: 'NVIDIA Corporation',
  nameOf,
}
/** Of a card that is decided less is looked up. */
const cardOf = (events: readonly ProposalEvent[], offered = offer, became: Order | null = null): Card => {
  const state = proposal(events, offered)
  const { equity, company } = extras
  const last = state.terms.version === 1 ? price('122.31') : price('124.20')
  return proposalCard(state, 'paper', isOpen(state) ? { ...extras, last } : { equity, company, nameOf, order: became })
}

const decided = { by: ada, at: iso(42_000) }
const tooLarge: Denial = {
  code: 'POSITION_TOO_LARGE',
  limit: '5000',
  actual: '8120.50',
  wouldPass: 'max 25 shares',
  explain: '$8,120.50 in NVDA is over the $5,000.00 limit',
  transient: false,
}
const moved: ProposalEvent = {
  type: 'ProposalRepriced',
  terms: storeTerms(
    terms({
      version: 2,
      limitPrice: price('124.15'),
      ceilingPrice: price('126.01'),
      stopLoss: price('117.94'),
      takeProfit: price('136.57'),
      riskAmount: usd('254.61'),
    }),
  ),
  movedPercent: '1.8',
  expiresAt: iso(30 * 60_000),
}
const decisions: Readonly<Record<string, readonly ProposalEvent[]>> = {
  armed: [{ type: 'ProposalArmed', version: 1, quantity: '41', ...decided }],
  moved: [moved],
  approved: [{ type: 'ProposalApproved', version: 1, quantity: '41', orderId: 'k7m2p9xw-v1', ...decided }],
  declined: [
    { type: 'ProposalDeclined', reason: null, ...decided },
    { type: 'DeclineReasonGiven', by: ada, reason: 'Already moved' },
  ],
  expired: [{ type: 'ProposalExpired', at: iso(30 * 60_000), reason: 'nobody decided in time' }],
  superseded: [{ type: 'ProposalSuperseded', at: iso(300_000), by: 'q4t8z2hc' }],
  denied: [{ type: 'ProposalDenied', denials: [tooLarge], final: true, ...decided }],
  voided: [{ type: 'ProposalVoided', at: iso(42_000), cause: '/kill by Ada' }],
}

const entry = order({
  quantity: quantity('41'),
  filledQuantity: quantity('41'),
  filledAveragePrice: price('121.97'),
  limitPrice: price('123.77'),
  status: 'filled',
  endedAt: iso(44_000),
})
function held(symbol: string, shares: string, at: string, side: 'buy' | 'sell' = 'buy'): Position {
  const empty = positionEvolution.initial(`${symbol.toLowerCase()}-1`)
  const fill = { orderId: 'o1', executionId: 'e1', side, quantity: quantity(shares), price: price(at), fees: usd('0.1'), at: iso(43_000) }
  const opening = { symbol, stopLoss: price('115.85'), takeProfit: price('134.15'), context: null, category: null, proposalId: 'k7m2p9xw' }
  const decision = openPosition(empty, fill, opening)
  if (!decision.ok) throw new Error(decision.refusal.explain)
  return decision.events.reduce(positionEvolution.evolve, empty)
}

const books = {
  positions: [held('NVDA', '41', '121.97'), held('GOOGL', '12', '876.09', 'sell'), held('BRK.B', '1250', '114.20')],
  prices: { NVDA: '123.50', GOOGL: '881.30', 'BRK.B': '114.02' },
  days: ['2013-10-03', '2013-10-04', '2013-10-07'].map((date, i) => ({
    date,
    realizedPnl: usd(['412.40', '-1218.75', '96.10'][i] ?? '0'),
    fees: usd('2.15'),
    wins: 2,
    losses: 1,
    trades: 3,
  })),
}
/** The same card in the first week of real money. */
const liveCard = (): Card =>
  proposalCard(
    proposal([], {
      ...offer,
      terms: storeTerms(terms({ quantity: quantity('20'), riskAmount: usd('122'), sizedBy: 'first live week: half of 5 % of equity' })),
    }),
    'live',
    extras,
  )

async function replied(command: typeof positions | typeof pnl, args: Readonly<Record<string, unknown>>): Promise<Card> {
  return run(command as Parameters<typeof run>[0], commandApp(books).app, args)
}

const sent = ({ card, mention }: OutboxMessage): Pick<Scene, 'card' | 'mention'> => ({ card: card as Card, mention })

function halt(): OutboxMessage {
  const before = tradingStateEvolution.initial('desk')
  const decision = haltTrading(before, ada, '/kill by Ada', iso(60_000))
  if (!decision.ok) throw new Error(decision.refusal.explain)
  return stateNotice(
    decision.events.reduce(tradingStateEvolution.evolve, before),
    { actor: ada, correlationId: 'c1', causationId: null, occurredAt: iso(60_000) },
    'paper',
    nameOf,
  )
}

/** Every state that a card can be in, and what else a person meets, in the order of a trading day. */
export async function scenes(): Promise<readonly Scene[]> {
  const quiet = { mention: [], rings: false }
  const chart = { name: 'candles:k7m2p9xw:1', alt: 'NVDA, the last hour: up 2 % since the news, entry, stop and target marked' }
  const pending: Scene = { name: 'pending', card: cardOf([]), after: 20_000, rings: true, mention: [] }
  return [
    pending,
    { ...pending, name: 'chart', card: { ...pending.card, picture: chart } },
    ...Object.entries(decisions).map(([name, events]): Scene => ({ name, card: cardOf(events), after: 60_000, ...quiet })),
    {
      name: 'over-the-limit',
      card: cardOf([{ type: 'ProposalDenied', denials: [tooLarge], final: false, ...decided }]),
      after: 60_000,
      ...quiet,
    },
    {
      name: 'partly-filled',
      ...sent(fillNotice(held('NVDA', '20', '121.97'), entry, 'live', { thread: null, mention: [] })),
      after: 45_000,
      rings: true,
    },
    {
      name: 'filled',
      ...sent(fillNotice(held('NVDA', '41', '121.97'), entry, 'paper', { thread: 'proposal:k7m2p9xw', mention: [ada] })),
      after: 45_000,
      rings: true,
    },
    { name: 'approved-filled', card: cardOf(decisions['approved'] ?? [], offer, entry), after: 60_000, ...quiet },
    { name: 'halted', ...sent(halt()), after: 60_000, rings: true },
    { name: 'hostile', card: cardOf([], { ...offer, headline: hostileHeadline }), after: 20_000, rings: true, mention: [] },
    { name: 'positions', card: await replied(positions, {}), after: 60_000, ...quiet },
    { ...pending, name: 'live', card: liveCard() },
    {
      name: 'readiness',
      card: await run(readiness as Parameters<typeof run>[0], commandApp({ ...books, mode: 'paper' }).app, {}),
      after: 60_000,
      ...quiet,
    },
    { name: 'pnl', card: await replied(pnl, { period: 'month' }), after: 60_000, ...quiet },
  ]
}
export const people = { '204255221017214977': 'Ada', U02ADA: 'Ada' }
