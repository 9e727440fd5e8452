import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OrderView, PositionView, ProposalView } from '../../src/app/views.ts'
import { decimal, price } from '../../src/domain/decimal.ts'
import type { Broker, SubmitResult } from '../../src/ports/broker.ts'
import { eventually, plainBroker, roomyLimits, startTestBot, type TestBot } from '../support/bot.ts'

type List<T> = { items: T[]; next: string | null }
type Reducing = Parameters<Broker['submitReducing']>[0]

/** What goes wrong at the broker, changed by each test. */
interface Faults {
  reduce: ((order: Reducing, real: Broker) => Promise<SubmitResult>) | null
  enter: ((entry: Parameters<Broker['submitEntry']>[0], real: Broker) => Promise<SubmitResult>) | null
  cancel: ((id: string, real: Broker) => Promise<void>) | null
}
const noFaults: Faults = { reduce: null, enter: null, cancel: null }
const refusal: SubmitResult = { outcome: 'rejected', code: 'no_today', reason: 'the broker has a bad day' }

describe('getting out, and staying out, whatever the broker does', () => {
  let bot: TestBot
  let symbols: string[]
  const faults: Faults = { ...noFaults }
  const wrapped = (real: Broker): Broker => ({
    ...real,
    submitReducing: (order) => (faults.reduce ? faults.reduce(order, real) : real.submitReducing(order)),
    submitEntry: (entry) => (faults.enter ? faults.enter(entry, real) : real.submitEntry(entry)),
    cancel: (id) => (faults.cancel ? faults.cancel(id, real) : real.cancel(id)),
  })
  const settings = {
    ...plainBroker,
    approvals: { ceiling_percent: 3 },
    execution: { protect_deadline_seconds: 1, entry_fill_timeout_seconds: 600 },
    risk: { ...roomyLimits, cooldown_after_stop: { minutes: 0 } },
  }

  beforeAll(async () => {
    bot = await startTestBot({ settings, bot: { wrap: { broker: wrapped } } })
    symbols = (await bot.bot.app.market.securities()).filter((s) => s.tradable).map((s) => s.symbol)
  })
  beforeEach(() => {
    Object.assign(faults, noFaults)
  })
  afterAll(() => bot.stop())

  const nextSymbol = () => symbols.shift() ?? ''
  async function offer(symbol: string, extra: object = {}): Promise<ProposalView> {
    const id = `${symbol}-${Math.random()}`
    const published_at = new Date(bot.bot.app.clock.now()).toISOString()
    const answer = await bot.alert({
      id,
      symbol,
      headline: `News ${id}`,
      confidence: 0.9,
      catalyst_score: 0.8,
      source: 'wire',
      published_at,
      ...extra,
    })
    expect(answer.status).toBe(202)
    return eventually(`a proposal for ${symbol}`, async () => {
      const { body } = await bot.get<List<ProposalView>>('/api/v1/proposals?limit=100')
      return body.items.find((p) => p.headline === `News ${id}`)
    })
  }
  const approve = (p: ProposalView, extra: object = {}) =>
    bot.post<ProposalView>(`/api/v1/proposals/${p.id}/approve`, { version: p.version, ...extra })
  const orders = async () => (await bot.get<List<OrderView>>('/api/v1/orders?limit=200')).body.items
  const position = async (symbol: string) =>
    (await bot.get<List<PositionView>>('/api/v1/positions?status=open')).body.items.find((p) => p.symbol === symbol)
  async function held(symbol: string): Promise<PositionView> {
    const proposal = await offer(symbol)
    expect(proposal).toMatchObject({ status: 'pending', denials: [] })
    expect((await approve(proposal)).status).toBe(200)
    await eventually('its stop at work', async () =>
      (await orders()).some((o) => o.symbol === symbol && o.role === 'stop' && o.status === 'accepted'),
    )
    return eventually('a position', async () => {
      const found = await position(symbol)
      return found?.quantity === proposal.quantity ? found : null
    })
  }
  const flat = (symbol: string) => eventually(`${symbol} flat`, async () => (await position(symbol)) === undefined, 30_000)
  const close = (p: PositionView) => bot.post(`/api/v1/positions/${p.id}/close`)

  it('given a broker that rejects every close, when it is flattened, then the position is protected again and can be closed later', async () => {
    const symbol = nextSymbol()
    const open = await held(symbol)
    faults.reduce = async (order, real) => (order.ticket.type === 'market' ? refusal : real.submitReducing(order))
    await close(open)
    await eventually('the close rejected', async () =>
      (await orders()).some((o) => o.symbol === symbol && o.role === 'close' && o.status === 'rejected'),
    )
    await eventually('a stop at work again', async () =>
      (await orders()).some((o) => o.symbol === symbol && o.role === 'stop' && o.status === 'accepted'),
    )
    faults.reduce = null
    await close(open)
    await flat(symbol)
  })

  it('given a broker that rejects every protective order, then it is asked at growing intervals, and people are told', async () => {
    const symbol = nextSymbol()
    const open = await held(symbol)
    const refused: string[] = []
    faults.reduce = async (order) => {
      refused.push(order.ticket.clientOrderId)
      return refusal
    }
    const stop = (await orders()).find((o) => o.symbol === symbol && o.role === 'stop' && o.status === 'accepted')
    await bot.bot.app.broker.cancel(stop?.broker_order_id ?? '')
    await eventually('flagged as unprotected', async () => (await position(symbol))?.protected === false)
    // Far more chances than tries: every one of these looks at the position.
    for (let i = 0; i < 40; i++) await bot.bot.app.tendOrders()
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(8)
    Object.assign(faults, noFaults)
    await close(open)
    await flat(symbol)
  })

  it('given legs whose cancel is lost, then the close waits, and goes through once they let go', async () => {
    const symbol = nextSymbol()
    const open = await held(symbol)
    faults.cancel = async () => {
      throw new Error('the broker does not answer')
    }
    expect((await close(open)).status).toBe(200)
    await eventually('the failure in the log', async () => bot.log.some((l) => l.message.startsWith('a cancel request failed')))
    expect((await orders()).filter((o) => o.symbol === symbol && o.role === 'close').map((o) => o.status)).toEqual(['ready'])
    faults.cancel = null
    await flat(symbol)
  })

  it('given an entry whose answer does not come, when another position is closed, then the close does not wait for it', async () => {
    const open = await held(nextSymbol())
    let answer: (() => void) | undefined
    const hanging = new Promise<void>((done) => {
      answer = done
    })
    faults.enter = async (entry, real) => {
      await hanging
      return real.submitEntry(entry)
    }
    const other = nextSymbol()
    expect((await approve(await offer(other))).status).toBe(200)
    await eventually('the entry on its way', async () => (await orders()).some((o) => o.symbol === other && o.status === 'sending'))
    await close(open)
    await flat(open.symbol)
    expect((await orders()).find((o) => o.symbol === other)?.status).toBe('sending')
    answer?.()
    Object.assign(faults, noFaults)
    const bought = await eventually('the other position', () => position(other))
    await close(bought)
    await flat(other)
  })

  it('given two who flatten at the same moment, then there is one close', async () => {
    const open = await held(nextSymbol())
    await Promise.all([close(open), close(open), bot.post('/api/v1/positions/close-all'), close(open)])
    await flat(open.symbol)
    expect((await orders()).filter((o) => o.symbol === open.symbol && o.role === 'close')).toHaveLength(1)
  })

  it('given a reduction that is approved for half, then half is sold, and the rest is protected', async () => {
    const open = await held(nextSymbol())
    const reduction = await offer(open.symbol, { side: 'sell' })
    expect(reduction).toMatchObject({ intent: 'reduce', quantity: open.quantity })
    const half = String(Math.floor(Number(open.quantity) / 2))
    expect((await approve(reduction, { quantity: half })).body).toMatchObject({ status: 'approved', quantity: half })
    const rest = String(Number(open.quantity) - Number(half))
    await eventually('half of it sold', async () => (await position(open.symbol))?.quantity === rest, 30_000)
    await eventually('the rest protected', async () =>
      (await orders()).some((o) => o.symbol === open.symbol && o.role === 'stop' && o.status === 'accepted' && o.quantity === rest),
    )
    await close(open)
    await flat(open.symbol)
  })

  it('given a working entry, when everything is flattened, then the entry is canceled too', async () => {
    const symbol = nextSymbol()
    let working = ''
    // A limit far below the market rests until somebody cancels it.
    faults.enter = async (entry, real) => {
      const result = await real.submitEntry({ ...entry, ticket: { ...entry.ticket, limitPrice: resting(entry) } })
      if (result.outcome === 'accepted') working = result.order.brokerOrderId
      return result
    }
    expect((await approve(await offer(symbol))).status).toBe(200)
    await eventually('the entry at work', async () =>
      (await orders()).some((o) => o.symbol === symbol && o.broker_order_id === working && o.status === 'accepted'),
    )
    await bot.post('/api/v1/positions/close-all')
    await eventually('the entry canceled', async () =>
      (await orders()).some((o) => o.broker_order_id === working && o.status === 'canceled'),
    )
    expect(await position(symbol)).toBeUndefined()
  })

  it('given a kill whose cancel the broker did not take, then it is repeated, and until then nothing resumes', async () => {
    const symbol = nextSymbol()
    let working = ''
    faults.enter = async (entry, real) => {
      const result = await real.submitEntry({ ...entry, ticket: { ...entry.ticket, limitPrice: resting(entry) } })
      if (result.outcome === 'accepted') working = result.order.brokerOrderId
      return result
    }
    faults.cancel = async () => {
      throw new Error('the broker does not answer')
    }
    expect((await approve(await offer(symbol))).status).toBe(200)
    await eventually('the entry at work', async () =>
      (await orders()).some((o) => o.broker_order_id === working && o.status === 'accepted'),
    )
    expect((await bot.post('/api/v1/kill')).body).toMatchObject({ trading_state: 'halted' })
    const early = await bot.post('/api/v1/resume', { reason: 'too early' })
    expect(early).toMatchObject({ status: 409, body: { code: 'NOT_RECONCILED' } })
    faults.cancel = null
    await eventually('the entry canceled', async () =>
      (await orders()).some((o) => o.broker_order_id === working && o.status === 'canceled'),
    )
    expect((await bot.post('/api/v1/resume', { reason: 'all is quiet' })).status).toBe(200)
  })

  it('given trading is halted and the market does not answer, then positions can still be closed', async () => {
    const open = await held(nextSymbol())
    await bot.post('/api/v1/kill')
    const { market } = bot.bot.app
    const { quote } = market
    Object.assign(market, { quote: () => Promise.reject(new Error('no quotes today')) })
    expect((await close(open)).status).toBe(200)
    await flat(open.symbol)
    Object.assign(market, { quote })
    expect((await bot.post('/api/v1/resume', { reason: 'it answers again' })).status).toBe(200)
  })

  it('given more shares than were offered, or parts of a share, then the tap is refused', async () => {
    const proposal = await offer(nextSymbol())
    const more = await approve(proposal, { quantity: String(Number(proposal.quantity) + 1) })
    expect(more).toMatchObject({ status: 400, body: { code: 'QUANTITY_OUT_OF_RANGE' } })
    expect((await approve(proposal, { quantity: '1.5' })).status).toBe(400)
    expect((await approve(proposal, { version: proposal.version + 1 })).status).toBe(409)
    expect((await bot.post(`/api/v1/proposals/${proposal.id}/decline`)).status).toBe(200)
  })

  it('given a good card, when a later alert on the same symbol is denied, then the good card stays', async () => {
    const good = await offer(nextSymbol())
    const { market } = bot.bot.app
    const { quote } = market
    Object.assign(market, {
      quote: async (symbol: string) => {
        const now = await quote(symbol)
        return now && { ...now, ask: price(now.ask.times(decimal('1.2')).toFixed(2)) }
      },
    })
    const bad = await offer(good.symbol)
    Object.assign(market, { quote })
    expect(bad).toMatchObject({ status: 'denied' })
    const { body } = await bot.get<List<ProposalView>>('/api/v1/proposals?limit=100')
    expect(body.items.find((p) => p.id === good.id)?.status).toBe('pending')
  })

  it('given an alert that breaks its judge, then the ones after it are judged all the same', async () => {
    const [broken, fine] = [nextSymbol(), nextSymbol()]
    const { market } = bot.bot.app
    const { bars } = market
    Object.assign(market, {
      bars: (...args: Parameters<typeof bars>) => (args[0] === broken ? Promise.reject(new Error('no bars')) : bars(...args)),
    })
    const published_at = new Date(bot.bot.app.clock.now()).toISOString()
    const body = { id: 'poison', symbol: broken, headline: 'Poison', confidence: 0.9, catalyst_score: 0.8, source: 'wire', published_at }
    expect((await bot.alert(body)).status).toBe(202)
    expect((await offer(fine)).status).toBe('pending')
    Object.assign(market, { bars })
  })
})

/** A limit between the stop and the market: it rests, and its bracket still encloses it. */
function resting(entry: Parameters<Broker['submitEntry']>[0]) {
  const { limitPrice, bracket } = entry.ticket
  if (limitPrice === null || bracket === null) throw new Error('an entry has a limit and a bracket')
  return price(
    limitPrice
      .plus(bracket.stopLoss.times(decimal('3')))
      .div(decimal('4'))
      .toFixed(2),
  )
}
