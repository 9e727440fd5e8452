import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSimulatedBroker } from '../../../src/adapters/brokers/simulated.ts'
import { type Price, price, quantity, text } from '../../../src/domain/decimal.ts'
import { participation } from '../../../src/domain/matching/fill-rules.ts'
import type { OrderTicket } from '../../../src/domain/order.ts'
import type { FeedBar, FeedFollower, MarketFeed } from '../../../src/ports/market-feed.ts'
import { cleared, settingsWith } from '../../adapters/brokers/world.ts'
import { memoryStore } from '../../adapters/memory-store.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../alpaca.ts'
import { clientsOf } from './clients.ts'

/** 2026-03-03, 10:00 in New York. */
const start = Date.parse('2026-03-03T15:00:00Z')
const minute = 60_000
const half = '0.01'
interface MinuteBar {
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: number
}

/** A feed that plays given bars, one a minute. */
function feedOf() {
  const followers = new Set<FeedFollower>()
  let now = start
  const last = price('100')
  const security = {
    symbol: 'ACME',
    name: 'Acme',
    exchange: 'X',
    sector: 'Y',
    tradable: true,
    shortable: true,
    averageDailyVolume: 1e6,
    marketCap: null,
  }
  const feed: MarketFeed = {
    manual: true,
    follow(follower) {
      followers.add(follower)
      return () => followers.delete(follower)
    },
    lastQuote: (symbol) => ({ symbol, bid: price('99.99'), ask: price('100.01'), last, at: now, bidSize: 100, askSize: 100 }),
    knownSecurity: () => security,
    splitsBetween: () => [],
  }
  const play = async (bar: MinuteBar): Promise<void> => {
    const from = now
    now += minute
    const whole = {
      at: from,
      open: price(bar.open),
      high: price(bar.high),
      low: price(bar.low),
      close: price(bar.close),
      volume: bar.volume,
    }
    const fed: FeedBar = { symbol: 'ACME', bar: whole, end: now, halfSpread: price(half), available: participation(bar.volume) }
    for (const follower of followers) await follower.tick({ at: now, bars: [fed] })
  }
  return { feed, clock: { now: () => now, speed: 1 }, play }
}

type Fill = string
const settings = settingsWith({ partial_fill_rate: 0.5, seed: 11, cash: '1000000' })

async function simulated(tickets: readonly OrderTicket[], bars: readonly MinuteBar[]): Promise<readonly Fill[]> {
  const { feed, clock, play } = feedOf()
  const broker = await createSimulatedBroker({ feed, clock, store: memoryStore(), settings: () => settings, log: { warn() {} } })
  const names = new Map<string, string>()
  for (const ticket of tickets) {
    const placed = await broker.submitEntry(cleared(ticket))
    if (placed.outcome !== 'accepted') throw new Error(JSON.stringify(placed))
    names.set(placed.order.brokerOrderId, ticket.clientOrderId)
    for (const leg of placed.legs) names.set(leg.brokerOrderId, `${ticket.clientOrderId} ${leg.legRole}`)
  }
  for (const bar of bars) await play(bar)
  const activities = await broker.activitiesSince('2000-01-01T00:00:00Z')
  const executions = activities.flatMap((activity) => (activity.type === 'execution' ? [activity.execution] : []))
  return executions.map((e) => `${names.get(e.brokerOrderId)} ${e.side} ${text(e.quantity)} @ ${text(e.price)} ${e.at}`)
}

const wire = ({ clientOrderId, side, type, quantity: qty, limitPrice, stopPrice, bracket }: OrderTicket) => ({
  clientOrderId,
  symbol: 'ACME',
  side,
  type,
  qty: text(qty),
  timeInForce: 'gtc' as const,
  ...(limitPrice ? { limitPrice: text(limitPrice) } : {}),
  ...(stopPrice ? { stopPrice: text(stopPrice) } : {}),
  ...(bracket
    ? {
        orderClass: 'bracket' as const,
        stopLoss: { stopPrice: text(bracket.stopLoss) },
        takeProfit: { limitPrice: text(bracket.takeProfit ?? price('0')) },
      }
    : {}),
})

type Play = (world: AlpacaEmulator['world'], bar: MinuteBar) => void
const asBar: Play = (world, bar) => world.matchBar('ACME', { at: world.now(), halfSpread: half, ...bar })

async function emulated(tickets: readonly OrderTicket[], bars: readonly MinuteBar[], play = asBar): Promise<readonly Fill[]> {
  const alpaca = await startAlpacaEmulator({ startAt: start, cash: '1000000', partialFillRate: 0.5, seed: 11, rateLimit: null })
  try {
    alpaca.world.addAsset('ACME')
    alpaca.world.setMark('ACME', '100')
    const { orders } = clientsOf(alpaca)
    const names = new Map<string, string>()
    for (const ticket of tickets) {
      const { id, legs } = await orders.postOrder({ postOrderRequest: wire(ticket) })
      names.set(String(id), ticket.clientOrderId)
      for (const leg of legs ?? []) names.set(String(leg.id), `${ticket.clientOrderId} ${leg.type === 'stop' ? 'stop' : 'target'}`)
    }
    for (const bar of bars) {
      play(alpaca.world, bar)
      alpaca.world.advance(minute)
    }
    return [...alpaca.book.executions.values()].map(
      (e) => `${names.get(e.orderId)} ${e.side} ${text(e.quantity)} @ ${text(e.price)} ${new Date(e.at).toISOString()}`,
    )
  } finally {
    await alpaca.stop()
  }
}

const cents = (from: number, to: number) => fc.integer({ min: from, max: to }).map((c) => (c / 100).toFixed(2))
const aBar: fc.Arbitrary<MinuteBar> = fc
  .record({
    open: cents(9_600, 10_400),
    close: cents(9_600, 10_400),
    up: fc.integer({ min: 0, max: 150 }),
    down: fc.integer({ min: 0, max: 150 }),
    volume: fc.integer({ min: 0, max: 3_000 }),
  })
  .map(({ open, close, up, down, volume }) => ({
    open,
    close,
    high: ((Math.round(Math.max(Number(open), Number(close)) * 100) + up) / 100).toFixed(2),
    low: ((Math.round(Math.min(Number(open), Number(close)) * 100) - down) / 100).toFixed(2),
    volume,
  }))

interface Wish {
  readonly type: 'market' | 'limit' | 'stop'
  readonly shares: number
  readonly at: string
  readonly legs: { readonly stop: string; readonly target: string } | null
}
const aWish: fc.Arbitrary<Wish> = fc.record({
  type: fc.constantFrom('market', 'limit', 'stop'),
  shares: fc.integer({ min: 1, max: 200 }),
  at: cents(9_850, 10_150),
  legs: fc.option(fc.record({ stop: cents(9_500, 9_840), target: cents(10_160, 10_500) })),
})
/** One side only, so that no wash trade and no opposite position stand in the way of either. */
const ticketOf =
  (side: 'buy' | 'sell') =>
  ({ type, shares, at, legs }: Wish, n: number): OrderTicket => ({
    clientOrderId: `order-${n}-${shares}-${at}`,
    symbol: 'ACME',
    side,
    type,
    quantity: quantity(String(shares)),
    limitPrice: type === 'limit' ? (price(at) as Price) : null,
    stopPrice: type === 'stop' ? (price(at) as Price) : null,
    trailPercent: null,
    timeInForce: 'gtc',
    extendedHours: false,
    // Alpaca takes legs only with market and limit entries.
    bracket:
      legs === null || type === 'stop'
        ? null
        : { stopLoss: price(side === 'buy' ? legs.stop : legs.target), takeProfit: price(side === 'buy' ? legs.target : legs.stop) },
  })

describe('the emulated Alpaca and the simulated broker', () => {
  it.each(['buy', 'sell'] as const)('fill the same orders (%s) at the same prices, at the same time, on the same bars', async (side) => {
    let fills = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(aWish, { minLength: 1, maxLength: 4 }),
        fc.array(aBar, { minLength: 1, maxLength: 8 }),
        async (wishes, bars) => {
          const tickets = wishes.map(ticketOf(side))
          const there = await emulated(tickets, bars)
          expect(there).toEqual(await simulated(tickets, bars))
          fills += there.length
        },
      ),
      { numRuns: 40 },
    )
    expect(fills).toBeGreaterThan(40)
  })

  it('fill alike on quotes, each a bar of one price', async () => {
    let fills = 0
    const untimed = (lines: readonly Fill[]): readonly string[] => lines.map((line) => line.replace(/ \S+$/, ''))
    await fc.assert(
      fc.asyncProperty(
        fc.array(aWish, { minLength: 1, maxLength: 4 }),
        fc.array(cents(9_600, 10_400), { minLength: 1, maxLength: 8 }),
        async (wishes, prices) => {
          const tickets = wishes.map(ticketOf('buy'))
          const bars = prices.map((at) => ({ open: at, high: at, low: at, close: at, volume: 1e9 }))
          const there = await emulated(tickets, bars, (world, { open }) => {
            world.setQuote('ACME', text(price(open).minus(price(half))), text(price(open).plus(price(half))))
          })
          expect(untimed(there)).toEqual(untimed(await simulated(tickets, bars)))
          fills += there.length
        },
      ),
      { numRuns: 30 },
    )
    expect(fills).toBeGreaterThan(30)
  })
})
