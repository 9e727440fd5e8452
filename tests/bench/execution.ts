import { occasion } from '../../src/app/context.ts'
import type { RecordedRequest } from '../emulators/alpaca/http.ts'
import { eventually } from '../support/bot.ts'
import { openPaperDesk, type PaperDesk } from '../support/paper-desk.ts'
import { type Bench, type BenchOptions, type Line, line, timed } from './support/measure.ts'

/**
 * The bot in paper mode at the emulated Alpaca, both in this process: how soon an approval is on the wire, what a comparison of
 * large books takes, and how many of the broker's events a second are written down. The emulator's work counts as the bot's.
 */
export const bench: Bench = {
  eachDatabase: true,
  async run(options) {
    return [...(await approvals(options)), ...(await reconciling(options)), ...(await events(options))]
  },
}

const orders = (desk: PaperDesk, from = 0): readonly RecordedRequest[] => desk.sent('POST', /^\/v2\/orders$/, from)

/** One tap at a time: from the call to the arrival of its order, with the looks at the market that it begins with. */
async function approvals({ quick }: BenchOptions): Promise<readonly Line[]> {
  const count = quick ? 10 : 40
  const desk = await openPaperDesk({ symbols: count, alpaca: { conduct: { fills: 'manual' } } })
  const { app } = desk.bot.bot
  const cards = await desk.offer(desk.symbols)
  const [whole, own]: [number[], number[]] = [[], []]
  for (const { id, version } of cards) {
    desk.quoteAll()
    const before = orders(desk).length
    const from = Date.now()
    const began = performance.now()
    await app.approve(id, { version }, occasion(app, 'console:local'))
    await desk.alpaca.until(() => orders(desk).length > before)
    const onTheWire = performance.now() - began
    whole.push(onTheWire)
    // What the broker and the market are asked first, and answer in their own time.
    const looks = desk.alpaca.requests.filter(({ at, method }) => at >= from && method === 'GET')
    const looked = looks.length === 0 ? 0 : Math.max(...looks.map(({ at }) => at)) - from
    own.push(Math.max(0, onTheWire - looked))
    await app.settled()
  }
  await desk.stop()
  return [
    line('approval: from the tap to the order on the wire', whole, 'ms', { of: 'p99', below: 100 }),
    line('approval: from the last look to the wire', own, 'ms', { of: 'p99', below: 15 }),
  ]
}

/** Positions behind both of their legs, and entries at work, all placed by somebody else: first seen, then compared again. */
async function reconciling({ quick }: BenchOptions): Promise<readonly Line[]> {
  const [positions, working] = quick ? [20, 100] : [100, 500]
  const desk = await openPaperDesk({
    symbols: working - positions,
    before(alpaca, symbols) {
      const size = { qty: '10', side: 'buy', type: 'limit' }
      for (const [i, symbol] of symbols.entries()) {
        const held = i < positions
        const bracket = { order_class: 'bracket', take_profit: { limit_price: '900' }, stop_loss: { stop_price: '1' } }
        alpaca.world.manualOrder({ ...size, symbol, limit_price: held ? '800' : '10', ...(held ? bracket : {}) })
      }
    },
  })
  const { app } = desk.bot.bot
  const found = [await app.read.workingOrders(), await app.read.openPositions()].map(({ length }) => length)
  if (found[0] !== working || found[1] !== positions) throw new Error(`the books have ${found.join(' orders and ')} positions`)
  const [times, requests]: [number[], number[]] = [[], []]
  for (let i = 0; i < (quick ? 2 : 5); i += 1) {
    const before = desk.alpaca.requests.length
    times.push((await timed(() => app.reconcile())) / 1000)
    requests.push(desk.alpaca.requests.length - before)
  }
  await desk.stop()
  const what = `comparing ${working} orders, ${positions} positions`
  return [
    line(`first sight of ${working} orders, ${positions} positions`, [desk.startedInMs / 1000], 's'),
    line(what, times, 's'),
    line(`${what}: requests`, requests, 'requests'),
  ]
}

/** Each partial fill is a message of its own: taken, applied and committed, one after the other. */
async function events({ quick }: BenchOptions): Promise<readonly Line[]> {
  const desk = await openPaperDesk({ symbols: 1, alpaca: { conduct: { fills: 'manual' } } })
  await desk.buy(desk.symbols)
  const { app } = desk.bot.bot
  const [entry] = desk.alpaca.orders()
  const count = quick ? 40 : Math.min(90, Number(entry?.quantity ?? 0) - 1)
  if (!entry) throw new Error('no entry')
  let applied = 0
  app.store.onCommitted((stored) => {
    applied += stored.filter(({ event }) => event.type === 'OrderFilled' || event.type === 'OrderPartiallyFilled').length
  })
  const took = await timed(async () => {
    for (let i = 0; i < count; i += 1) desk.alpaca.world.partialFill(entry.id, '1')
    await eventually('every fill is in the books', async () => applied >= count, 120_000)
  })
  await desk.stop()
  return [line('events of the stream applied and committed', [(count * 1000) / took], 'a second')]
}
