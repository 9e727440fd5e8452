import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainStart } from '../../src/config/mode.ts'
import type { DecimalString } from '../../src/domain/decimal.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../emulators/alpaca.ts'
import { type BotHome, createHome, eventually, removeHome, startTestBot, type TestBot } from '../support/bot.ts'

interface Card {
  readonly id: string
  readonly version: number
  readonly status: string
  readonly quantity: string
  readonly stop_loss: string
  readonly take_profit: string
}
interface Held {
  readonly id: string
  readonly symbol: string
  readonly quantity: string
  readonly unrealized_pnl: string
  readonly stop_loss: string
  readonly take_profit: string
}

const patience = 60_000
const started = Date.now()
/** A Tuesday, 10:00 in New York, and from there as fast as real time. */
const now = () => Date.parse('2026-03-03T15:00:00Z') + Date.now() - started

describe('a day on paper at Alpaca', () => {
  let alpaca: AlpacaEmulator
  let home: BotHome
  let bot: TestBot
  const said: string[] = []

  const start = () =>
    startTestBot({
      home,
      environment: { ...alpaca.access, LOG_LEVEL: 'trace' },
      launch: plainStart,
      settings: { approvals: { actions_per_minute: 600 } },
      bot: { now },
    })
  const items = async <T>(path: string): Promise<readonly T[]> => {
    const { body } = await bot.get<{ items: T[] }>(path)
    said.push(JSON.stringify(body))
    return body.items
  }
  /** A trade at a price, and a quote around it. */
  const trades = (at: number) => {
    alpaca.world.setQuote('ACME', `${(at - 0.01).toFixed(2)}` as DecimalString, `${(at + 0.01).toFixed(2)}` as DecimalString)
    alpaca.market.trade('ACME', at, 100)
  }
  /** Purchases on the wire, taken or not. */
  const posted = () =>
    alpaca.requests.filter(
      ({ method, path, body }) => method === 'POST' && path.startsWith('/v2/orders') && JSON.stringify(body).includes('buy'),
    )
  const working = () => alpaca.orders().filter(({ status }) => ['new', 'held', 'accepted', 'partially_filled'].includes(status))

  beforeAll(async () => {
    ;[home, alpaca] = [await createHome(), await startAlpacaEmulator({ now })]
    trades(100)
    bot = await start()
  }, 2 * patience)
  afterAll(async () => {
    await bot.stop({ keep: true })
    await alpaca.stop()
    await removeHome(home)
  })

  it('says whose money it is: paper, at Alpaca', async () => {
    expect((await bot.get('/health')).body).toMatchObject({
      mode: 'paper',
      broker: { name: 'alpaca', connected: true, reconciling: false },
    })
    expect(await (await fetch(`${bot.url}/metrics`)).text()).toContain('catalyst_broker_info{broker="alpaca",mode="paper"} 1')
    expect(await bot.bot.app.read.books()).toMatchObject({ identity: { mode: 'paper', broker: 'alpaca' }, open: true })
  })

  it('an alert becomes a card, a tap an order on the wire, a fill a position with its legs', { timeout: 3 * patience }, async () => {
    const published = new Date(now()).toISOString()
    const story = { id: 'a1', symbol: 'ACME', headline: 'Acme wins a contract', source: 'wire', confidence: 0.9, catalyst_score: 0.8 }
    expect((await bot.alert({ ...story, published_at: published })).status).toBe(202)
    const card = await eventually('a card', async () => (await items<Card>('/api/v1/proposals?status=pending'))[0], patience)
    expect((await bot.post<Card>(`/api/v1/proposals/${card.id}/approve`, { version: card.version })).body).toMatchObject({
      status: 'approved',
    })
    await eventually('the order is on the wire', async () => posted().length > 0, patience)
    const held = await eventually('a position', async () => (await items<Held>('/api/v1/positions?status=open'))[0], patience)
    expect(held).toMatchObject({ symbol: 'ACME', quantity: card.quantity, stop_loss: card.stop_loss, take_profit: card.take_profit })
    expect(posted()).toHaveLength(1)
    expect(
      working()
        .map(({ side, type }) => `${side} ${type}`)
        .sort(),
    ).toEqual(['sell limit', 'sell stop'])
  })

  it('prices that move show in the profit', { timeout: patience }, async () => {
    trades(102)
    await eventually('a profit', async () => Number((await items<Held>('/api/v1/positions?status=open'))[0]?.unrealized_pnl) > 0, patience)
  })

  it('a restart finds everything as it was, and buys nothing again', { timeout: 3 * patience }, async () => {
    await bot.stop({ keep: true })
    said.push(JSON.stringify(bot.log))
    bot = await start()
    expect(posted()).toHaveLength(1)
    expect(working()).toHaveLength(2)
    expect(await items<Held>('/api/v1/positions?status=open')).toMatchObject([{ symbol: 'ACME' }])
    expect((await bot.get('/health')).body).toMatchObject({ trading_state: 'active', broker: { reconciling: false } })
    expect(await bot.bot.app.read.books()).toMatchObject({ crashedAt: null })
  })

  it('a kill halts and keeps the legs; closing all leaves nothing at Alpaca', { timeout: 3 * patience }, async () => {
    expect((await bot.post('/api/v1/kill')).body).toMatchObject({ trading_state: 'halted' })
    expect(working()).toHaveLength(2)
    await bot.post('/api/v1/positions/close-all')
    await eventually('flat at Alpaca', async () => alpaca.book.positions.size === 0 && working().length === 0, patience)
    await eventually('flat in the books', async () => (await items('/api/v1/positions?status=open')).length === 0, patience)
    expect(await bot.bot.app.read.lastKilledAt()).not.toBeNull()
  })

  it('has shown the keys to nobody but Alpaca, and asked Alpaca nothing that is not in its description', async () => {
    const events = await bot.bot.app.read.events({}, 10_000)
    const texts = await Promise.all(['/metrics', '/health', '/openapi.json'].map(async (path) => (await fetch(`${bot.url}${path}`)).text()))
    const wrong = await bot.post('/api/v1/risk/validate', { symbol: alpaca.access.APCA_API_KEY_ID.slice(0, 3) })
    const everything = [...said, ...texts, JSON.stringify([events, bot.log, wrong])].join('\n')
    for (const secret of [alpaca.access.APCA_API_KEY_ID, alpaca.access.APCA_API_SECRET_KEY, alpaca.book.accountNumber])
      expect(everything.includes(secret)).toBe(false)
    expect(alpaca.checks.report()).toMatch(/ 0 violations/)
  })
})
