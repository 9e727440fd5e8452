import { createSimulatedBroker } from '../../../src/adapters/brokers/simulated.ts'
import { configSchema } from '../../../src/config/schema.ts'
import type { Settings } from '../../../src/config/settings.ts'
import { type Price, price, quantity } from '../../../src/domain/decimal.ts'
import type { OrderTicket } from '../../../src/domain/order.ts'
import { type ClearedEntry, clearForSending, judgeEntry, type RiskReducing, riskReducing } from '../../../src/domain/risk/verdict.ts'
import type { Broker, BrokerUpdate } from '../../../src/ports/broker.ts'
import type { KeyValueStore } from '../../../src/ports/key-value.ts'
import type { Split } from '../../../src/ports/market-data.ts'
import type { FeedFollower, MarketFeed } from '../../../src/ports/market-feed.ts'
import { request, riskContext } from '../../support/samples.ts'

export const start = Date.parse('2013-10-07T14:00:00.000Z')
const second = 1_000

const ticketDefaults: OrderTicket = {
  clientOrderId: 'c1',
  symbol: 'ACME',
  side: 'buy',
  type: 'limit',
  quantity: quantity('100'),
  limitPrice: price('100.5'),
  stopPrice: null,
  trailPercent: null,
  extendedHours: false,
  timeInForce: 'gtc',
  bracket: null,
}
export const ticket = (over: Partial<OrderTicket> = {}): OrderTicket => ({ ...ticketDefaults, ...over })
export const bracket = { stopLoss: price('95'), takeProfit: price('110') }

/** An entry as the pipeline would clear it. */
export function cleared(over: Partial<OrderTicket> = {}): ClearedEntry {
  const wanted = ticket(over)
  const asked = request({ symbol: wanted.symbol, side: wanted.side, quantity: wanted.quantity, price: wanted.limitPrice ?? price('100') })
  const verdict = judgeEntry(riskContext({ request: asked }), [])
  if (!verdict.approved) throw new Error('no check can deny here')
  return clearForSending(verdict.entry, wanted)
}
/** An order that reduces a position as large as itself. */
export function reducing(over: Partial<OrderTicket> = {}): RiskReducing {
  const wanted = ticket({ side: 'sell', type: 'market', limitPrice: null, ...over })
  return riskReducing(wanted, { symbol: wanted.symbol, side: wanted.side === 'sell' ? 'long' : 'short', quantity: wanted.quantity })
}

/** A market with one price at a time, moved by hand. */
export function handMarket() {
  const followers = new Set<FeedFollower>()
  const splits: Split[] = []
  let now = start
  let last = price('100')
  const half = price('0.01')
  const securities = new Map(
    [
      ['ACME', true],
      ['HARD', false],
    ].map(([symbol, shortable]) => [
      String(symbol),
      {
        symbol: String(symbol),
        name: 'Acme',
        exchange: 'SIM',
        sector: 'Industrials',
        tradable: true,
        shortable: shortable === true,
        averageDailyVolume: 1e6,
        marketCap: null,
      },
    ]),
  )
  const feed: MarketFeed = {
    manual: true,
    follow(follower) {
      followers.add(follower)
      return () => followers.delete(follower)
    },
    lastQuote: (symbol) =>
      securities.has(symbol)
        ? { symbol, bid: last.minus(half) as Price, ask: last.plus(half) as Price, last, at: now, bidSize: 100, askSize: 100 }
        : null,
    knownSecurity: (symbol) => securities.get(symbol) ?? null,
    splitsBetween: (symbol, after, upTo) => splits.filter((s) => s.symbol === symbol && s.at > after && s.at <= upTo),
  }
  const tick = async (withBars: boolean, to: number, available: number): Promise<void> => {
    const from = now
    now = to
    for (const follower of followers) {
      const bar = { at: from, open: last, high: last, low: last, close: last, volume: available * 10 }
      const bars = withBars ? [...follower.wanted()].map((symbol) => ({ symbol, bar, end: now, halfSpread: half, available })) : []
      await follower.tick({ at: now, bars })
    }
  }
  return {
    feed,
    clock: { now: () => now, speed: 1 },
    splits,
    /** One second of trading at a price. */
    trade: (at: string, available = 1_000): Promise<void> => {
      last = price(at)
      return tick(true, now + second, available)
    },
    /** Time passes without trading. */
    pass: (ms: number): Promise<void> => tick(false, now + ms, 0),
  }
}
export type HandMarket = ReturnType<typeof handMarket>

export const settingsWith = (simulation: Partial<Settings['simulation']> = {}): Settings => {
  const parsed = configSchema([], []).parse({ simulation: { partial_fill_rate: 0, reject_rate: 0, latency_ms: 0, ...simulation } })
  return { ...parsed, risk: {}, sizing: { method: 'none' } }
}

export interface World {
  readonly broker: Broker
  readonly market: HandMarket
  readonly updates: BrokerUpdate[]
}

/** A simulated broker on a market moved by hand. */
export async function world(store: KeyValueStore, simulation: Partial<Settings['simulation']> = {}, market = handMarket()): Promise<World> {
  const settings = settingsWith(simulation)
  const { feed, clock } = market
  const broker = await createSimulatedBroker({ feed, clock, store, settings: () => settings, log: { warn() {} } })
  const updates: BrokerUpdate[] = []
  await broker.connect(async (update) => {
    updates.push(update)
  })
  return { broker, market, updates }
}
