import { occasion } from '../../../src/app/context.ts'
import type { Proposal } from '../../../src/domain/proposal.ts'
import { eventually, roomyLimits, startTestBot, type TestBot, type TestBotOptions } from '../../support/bot.ts'

/** No chance, no shortage of money, and enough companies that no two trades get into each other's way. */
export const settings = (simulation: object = {}) => ({
  simulation: {
    symbols: 400,
    cash: '1000000000',
    stale_quote_rate: 0,
    partial_fill_rate: 0,
    reject_rate: 0,
    latency_ms: 0,
    catalysts_per_hour: 0,
    ...simulation,
  },
  approvals: { max_open_proposals: 500 },
  risk: roomyLimits,
  execution: { entry_fill_timeout_seconds: 3600 },
})

export const startBench = (options: TestBotOptions = {}): Promise<TestBot> => startTestBot({ settings: settings(), ...options })

export const story = (bot: TestBot, id: string, symbol: string) => ({
  id,
  symbol,
  headline: `A story called ${id}`,
  confidence: 0.9,
  catalyst_score: 0.8,
  source: 'bench-wire',
  published_at: new Date(bot.bot.app.clock.now()).toISOString(),
})

export async function symbols(bot: TestBot): Promise<readonly string[]> {
  return (await bot.bot.app.market.securities()).map((s) => s.symbol)
}

/** One open card for each symbol, made from alerts as always; a few may be refused by the market of the moment. */
export async function offer(bot: TestBot, wanted: readonly string[], label: string): Promise<readonly Proposal[]> {
  const { app } = bot.bot
  for (const symbol of wanted) {
    const { id, catalyst_score: catalystScore, published_at: publishedAt, ...rest } = story(bot, `${label}-${symbol}`, symbol)
    const none = { summary: null, category: null, entryPrice: null, stopLoss: null, takeProfit: null, url: null }
    const content = { ...rest, ...none, sourceId: id, catalystScore, publishedAt, side: 'buy' as const, factors: [] }
    await app.raiseAlert(content, occasion(app, 'source:bench-wire'))
  }
  await eventually('all alerts judged', async () => (await app.read.unjudgedAlerts(1)).length === 0, 240_000)
  await app.settled()
  const known = new Set(wanted)
  return (await app.read.openProposals()).filter((p) => known.has(p.symbol))
}

export const approvePath = (proposal: Proposal): string => `/api/v1/proposals/${proposal.id}/approve`
