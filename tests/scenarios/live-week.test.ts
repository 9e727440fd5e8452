import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Broker } from '../../src/ports/broker.ts'
import type { Card } from '../../src/ports/chat.ts'
import { eventually, plainBroker, startTestBot, type TestBot } from '../support/bot.ts'

interface Offered {
  readonly id: string
  readonly version: number
  readonly symbol: string
  readonly quantity: string
  readonly sized_by: string
  readonly limit_price: string
  readonly status: string
}

/** The simulated broker, taken for one that moves real money. */
const asLive = (broker: Broker): Broker => Object.assign(Object.create(broker) as Broker, { mode: 'live' as const })

describe('the first week of real money', () => {
  let bot: TestBot
  beforeAll(async () => {
    bot = await startTestBot({
      settings: { ...plainBroker, simulation: { ...plainBroker.simulation, catalysts_per_hour: 1_000 } },
      environment: { HTTP_TOKEN: 's3cr3t-http-token-of-tests' },
      bot: { wrap: { broker: asLive } },
    })
    // As after a start that somebody confirmed.
    bot.bot.app.status.liveEnabled = true
  }, 90_000)
  afterAll(() => bot.stop())
  const command = async (text: string) => (await bot.post<Card>('/api/v1/commands', { text })).body
  const proposals = async (status: string) => (await bot.get<{ items: Offered[] }>(`/api/v1/proposals?status=${status}`)).body.items

  it('trades half of what the limits leave, says why, and still does after the first trade', { timeout: 90_000 }, async () => {
    const first = await eventually(
      'a card',
      async () => (await proposals('pending')).find(({ sized_by }) => sized_by.includes('$5,000.00')),
      60_000,
    )
    expect(first.sized_by).toBe('first live week: half of the $5,000.00 limit')
    expect(Number(first.quantity) * Number(first.limit_price)).toBeLessThanOrEqual(2_500)
    expect((await bot.post(`/api/v1/proposals/${first.id}/approve`, { version: first.version })).status).toBe(200)
    await eventually('a fill', async () => (await bot.bot.app.read.firstFillAt()) !== null, 60_000)
    const seen = new Set((await proposals('pending')).map(({ id }) => id))
    const next = await eventually('another card', async () => (await proposals('pending')).find(({ id }) => !seen.has(id)), 60_000)
    expect(next.sized_by).toMatch(/^first live week: half of /)
  })

  it('is supervised, and says LIVE wherever somebody looks', async () => {
    const refused = await command('/mode autonomous')
    expect([refused.title, refused.banner]).toEqual(['The mode stays as it is', 'LIVE'])
    expect((await bot.get('/health')).body).toMatchObject({ mode: 'live' })
    const state = (await bot.get<{ mode: string }>('/api/v1/state')).body
    expect(state.mode).toBe('LIVE')
    expect(await bot.bot.app.read.tradingState()).toMatchObject({ mode: 'supervised' })
  })
})
