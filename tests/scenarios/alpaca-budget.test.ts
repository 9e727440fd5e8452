import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/bot.ts'
import { openPaperDesk, type PaperDesk, patience } from '../support/paper-desk.ts'

/** It takes two real minutes, in which there is nothing to do: left to the long runs. */
const soak = process.env['CATALYST_SOAK'] !== undefined

/** Far more than a minute has room for. */
const wanted = 1_000
const minuteMs = 60_000

let desk: PaperDesk
beforeAll(async () => {
  if (!soak) return
  desk = await openPaperDesk({ symbols: 5, alpaca: { conduct: { fills: 'manual' } } })
  await desk.buy(desk.symbols)
}, 2 * patience)
// Hundreds of look-ups still wait for their turn.
afterAll(async () => {
  if (soak) await desk.stop()
}, 4 * patience)

/** Everything that counts against the account's 200 requests a minute, when it arrived. */
const arrivals = () => desk.alpaca.requests.filter(({ path }) => /^\/v2\/(?!stocks)/.test(path))

/** The most that arrived within any minute. */
function mostInAMinute(): number {
  const times = arrivals().map(({ at }) => at)
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + minuteMs).length))
}

it.skipIf(!soak)(
  'however much is wanted, no minute sees more than 200 requests; a kill and a close pass everything that waits',
  {
    timeout: 4 * patience,
  },
  async () => {
    const { alpaca, bot, sent } = desk
    const { app } = bot.bot
    let answered = 0
    const began = Date.now()
    for (let i = 0; i < wanted; i += 1)
      app.broker.orderByClientId(`nobody-${i}`).then(
        () => {
          answered += 1
        },
        () => undefined,
      )
    await eventually('what may be used up is', async () => Number(/requests_used (\d+)/.exec(await metrics())?.[1]) >= 160, patience)
    expect(await metrics()).toContain('\ncatalyst_market_stream_up 1\n')
    expect((await bot.get('/health')).body).toMatchObject({ broker: { connected: true }, market: { name: 'alpaca', streaming: true } })

    const from = Date.now()
    const { body } = await bot.post('/api/v1/kill')
    expect(body).toMatchObject({ canceled_orders: 5, waiting_cancels: 0 })
    const cancels = sent('DELETE', /^\/v2\/orders\/./, from)
    expect(cancels).toHaveLength(5)
    // Nobody's orders were asked for meanwhile: they all still wait.
    expect(wanted - answered).toBeGreaterThan(wanted - 200)
    console.log(`the last cancel arrived ${Math.max(...cancels.map(({ at }) => at)) - from} ms after the kill was asked for`)

    await eventually('the next minute has begun', async () => arrivals().some(({ at }) => at > began + minuteMs), 2 * patience)
    await new Promise((done) => setTimeout(done, 3_000))
    console.log(
      `${arrivals().length} requests arrived, at most ${mostInAMinute()} of them in one minute; ${answered} of ${wanted} answered`,
    )
    expect(mostInAMinute()).toBeLessThanOrEqual(200)
    expect(arrivals().length).toBeGreaterThan(200)
    expect(alpaca.requests.filter(({ status }) => status === 429)).toEqual([])
    expect(alpaca.checks.report()).toMatch(/ 0 violations/)
  },
)

const metrics = async (): Promise<string> => (await fetch(`${desk.bot.url}/metrics`)).text()
