import { readdir } from 'node:fs/promises'
import { price, quantity, usd } from '../../src/domain/decimal.ts'
import { type Order, orderEvolution } from '../../src/domain/order.ts'
import { type Position, positionEvolution } from '../../src/domain/position.ts'
import { openPosition } from '../../src/domain/position-decisions.ts'
import { type Proposal, type ProposalTerms, proposalEvolution, storeTerms } from '../../src/domain/proposal.ts'
import type { EntryRequest, RiskCheck, RiskContext } from '../../src/domain/risk/check.ts'
import { check as dailyLoss, dayLossLimit } from '../../src/domain/risk/checks/daily-loss.ts'
import { emptyStanding, portfolioState, type Standing } from '../../src/domain/risk/portfolio.ts'
import type { ArmedCheck } from '../../src/domain/risk/verdict.ts'
import type { ChatInbound, Delivery } from '../../src/ports/chat.ts'
import type { Pictures } from '../../src/ports/pictures.ts'

/** 2013-10-07 10:00 in New York, a Monday in session. */
export const noon = Date.parse('2013-10-07T14:00:00.000Z')
/** That day after the close, and the next one a minute after the open. */
export const evening = '2013-10-07T22:00:00Z'
export const nextOpen = '2013-10-08T13:31:00Z'
export const iso = (offsetMs = 0): string => new Date(noon + offsetMs).toISOString()

const checksFolder = new URL('../../src/domain/risk/checks/', import.meta.url)
/** Every risk check there is, by file. */
export async function loadChecks(): Promise<readonly { readonly file: string; readonly check: RiskCheck }[]> {
  const files = (await readdir(checksFolder)).filter((file) => file.endsWith('.ts')).sort()
  return Promise.all(files.map(async (file) => ({ file, check: (await import(new URL(file, checksFolder).href)).check as RiskCheck })))
}
export const withDefaults = (checks: readonly { readonly check: RiskCheck }[]): readonly ArmedCheck[] =>
  checks.map(({ check }) => ({ check, limits: check.limits.parse({}) }))

export const request = (over: Partial<EntryRequest> = {}): EntryRequest => ({
  proposalId: 'p1',
  symbol: 'NVDA',
  side: 'buy',
  quantity: quantity('40'),
  price: price('100'),
  stopLoss: price('95'),
  takeProfit: price('110'),
  confidence: 0.9,
  ...over,
})

/** A day that began with as much as there ever was. */
export const standing = (over: Partial<Standing> = {}): Standing => ({
  ...emptyStanding,
  dayStart: usd('100000'),
  highWater: usd('100000'),
  ...over,
})

/** A moment at which every check passes. Its portfolio is that of its account, positions and orders, unless it is given. */
export function riskContext(over: Partial<RiskContext> & { readonly standing?: Standing } = {}): RiskContext {
  const { standing: told, ...rest } = over
  const bare = { ...moment, ...rest }
  const equity = bare.account?.equity ?? null
  // Unless told otherwise, nothing was won or lost today.
  const past = told ?? standing(equity === null ? {} : { dayStart: equity, highWater: equity })
  const portfolio = portfolioState({
    equity,
    positions: bare.positions,
    orders: bare.workingOrders,
    lasts: new Map(),
    standing: past,
  })
  const limit = past.dayStart && dayLossLimit(past.dayStart, dailyLoss.limits.parse({}))
  return { portfolio, dayLossLimit: limit, ...bare }
}

const moment: Omit<RiskContext, 'portfolio' | 'dayLossLimit'> = {
  now: noon,
  request: request(),
  account: { equity: usd('100000'), cash: usd('100000'), buyingPower: usd('200000') },
  quote: { bid: price('99.98'), ask: price('100.02'), last: price('100'), at: noon - 1000 },
  security: { symbol: 'NVDA', sector: 'Technology', tradable: true, shortable: true, halted: false },
  session: 'regular',
  trading: { state: 'active', mode: 'supervised', epoch: 0, cause: null, by: null, since: null },
  reconciling: false,
  shortingEnabled: false,
  blockedSymbols: [],
  allowedSymbols: null,
  positions: [],
  workingOrders: [],
  recentEntries: [],
  lastStopOutAt: null,
  unreachableMs: null,
  feed: 'sim',
  correlations: [],
  dayRange: { low: price('90'), high: price('120') },
  feedHeardAt: noon - 1000,
  brokerFailures: [],
  mode: 'sim',
  liveEnabled: false,
}

export const order = (over: Partial<Order> = {}): Order => ({
  ...orderEvolution.initial('o1'),
  clientOrderId: 'p1-v1',
  symbol: 'NVDA',
  side: 'buy',
  type: 'limit',
  quantity: quantity('40'),
  limitPrice: price('100'),
  status: 'accepted',
  brokerOrderId: 'b1',
  proposalId: 'p1',
  preparedAt: iso(),
  ...over,
})

export function position(over: Partial<Position> = {}): Position {
  const empty = positionEvolution.initial('pos1')
  const fill = {
    orderId: 'o1',
    executionId: 'e1',
    side: 'buy',
    quantity: quantity('40'),
    price: price('100'),
    fees: usd('0.1'),
    at: iso(),
  } as const
  const opening = { symbol: 'NVDA', stopLoss: price('95'), takeProfit: price('110'), context: null, category: null, proposalId: 'p1' }
  const decision = openPosition(empty, fill, opening)
  if (!decision.ok) throw new Error(decision.refusal.explain)
  return { ...decision.events.reduce(positionEvolution.evolve, empty), ...over }
}

export const terms = (over: Partial<ProposalTerms> = {}): ProposalTerms => ({
  version: 1,
  quantity: quantity('41'),
  limitPrice: price('121.95'),
  ceilingPrice: price('123.77'),
  stopLoss: price('115.85'),
  takeProfit: price('134.15'),
  riskAmount: usd('250.10'),
  sizedBy: '5 % of equity',
  pricedAt: iso(),
  ...over,
})

export const proposal = (over: Partial<Proposal> = {}): Proposal => ({
  ...proposalEvolution.evolve(proposalEvolution.initial('p1'), {
    type: 'ProposalOffered',
    alertId: 'a1',
    symbol: 'NVDA',
    side: 'buy',
    intent: 'entry',
    terms: storeTerms(terms()),
    headline: 'Chip maker raises its forecast',
    source: 'newswire',
    category: 'guidance',
    url: null,
    publishedAt: iso(-60_000),
    factors: [{ name: 'surprise', value: 0.4, explain: 'forecast above consensus' }],
    context: { strategy: 'catalyst', signalConfidence: 0.9, catalystScore: 0.8, rvol: null, atr: null },
    storyKey: 'nvda buy chip maker raises its forecast',
    at: iso(),
    expiresAt: iso(30 * 60_000),
  }),
  ...over,
})

export const noPictures: Pictures = { render: async () => null }

/** How a chat is handed a message when nothing about it is special. */
export const delivery = (special: Partial<Delivery> = {}): Delivery => ({
  sequence: 1,
  reference: null,
  uncertain: false,
  thread: null,
  mention: [],
  loud: true,
  ...special,
})

/** What a chat hands things in to; every part that a test does not give is never to be reached. */
export function inboundWith(parts: Partial<ChatInbound> = {}): ChatInbound {
  const unused = (what: string) => (): never => {
    throw new Error(`nobody expected ${what}`)
  }
  const names = ['command', 'invoke', 'press', 'asks', 'form', 'submit', 'suggest', 'home', 'foreign', 'picture'] as const
  return { ...(Object.fromEntries(names.map((name) => [name, unused(name)])) as unknown as ChatInbound), ...parts }
}
