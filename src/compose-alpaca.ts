import { createRateBudget } from './adapters/alpaca/rate-budget.ts'
import { bestFeed } from './adapters/brokers/alpaca/diagnose.ts'
import { createAlpacaBroker } from './adapters/brokers/alpaca.ts'
import { createRealClock } from './adapters/clock/real.ts'
import { createAlpacaMarket } from './adapters/market/alpaca.ts'
import type { ExchangeLine } from './app/operations.ts'
import type { BotOptions } from './compose.ts'
import type { MarketParts } from './compose-market.ts'
import type { Broker } from './ports/broker.ts'

export interface Exchange {
  readonly parts: MarketParts
  readonly broker: Broker
  readonly line: () => ExchangeLine | null
}

/** Alpaca's market, on the clock on the wall, and the broker at it. Sessions follow the calendar, jobs real time. */
export async function openAlpaca(options: BotOptions): Promise<Exchange> {
  const { environment, log, now } = options
  const { mode, alpaca: access } = environment
  if (mode === 'sim' || access === null) throw new Error(`${mode} trading was never checked against the environment`)
  const clock = createRealClock(now)
  const feed = await bestFeed(access)
  // One account has one allowance, whoever asks.
  const budget = createRateBudget()
  // Whose keys these are was asked before there was a budget.
  await budget.take('reconcile')
  const market = createAlpacaMarket({ access, mode, feed, clock, log, tradingBudget: budget })
  const broker = createAlpacaBroker({ access, mode, log, budget, splitRatio: market.splitRatio })
  log.info({}, `market data: ${feed}`)
  const parts: MarketParts = {
    market,
    clock,
    source: null,
    open: () => market.open(),
    close: () => market.close(),
    advanceTo: null,
    eachStep: null,
  }
  const line = (): ExchangeLine => {
    const { limit, used, left } = budget.snapshot()
    const { connected, streamed } = market.status()
    return { budget: { limit, used, left }, marketStream: connected, streamedSymbols: streamed.length }
  }
  return { parts, broker, line }
}
