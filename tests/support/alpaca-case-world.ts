import { createRateBudget } from '../../src/adapters/alpaca/rate-budget.ts'
import { createAlpacaBroker } from '../../src/adapters/brokers/alpaca.ts'
import { createAlpacaMarket } from '../../src/adapters/market/alpaca.ts'
import { text } from '../../src/domain/decimal.ts'
import type { Broker } from '../../src/ports/broker.ts'
import { accessTo, quick } from '../adapters/brokers/alpaca/bench.ts'
import { isOpen } from '../emulators/alpaca/records.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../emulators/alpaca.ts'
import { createEars, happen, placements, wire } from './alpaca-wire.ts'
import { beginning, type CaseWorld, type Fate, named } from './case-world.ts'
import { silentLog } from './database.ts'
import { type DeskMarket, deskMarket, openDesk } from './desk.ts'
import { memoryBooks } from './memory-books.ts'

const symbols: ReadonlySet<string> = new Set(['ACME', 'BETA', 'CORE'])
const notFound = JSON.stringify({ code: 40410000, message: 'order not found' })

/**
 * The real adapter and the real client library, with Alpaca emulated behind sockets. What goes wrong goes wrong on the wire, and
 * what a case tells happens at Alpaca. Both follow the desk's clock and prices.
 */
export async function alpacaWorld(): Promise<CaseWorld> {
  const market = deskMarket()
  const alpaca = await startAlpacaEmulator({ now: market.clock.now, rateLimit: null })
  for (const symbol of symbols) {
    alpaca.world.addAsset(symbol)
    alpaca.world.setMark(symbol, '100')
  }
  const books = memoryBooks()
  const state = {
    stream: 'talking' as Parameters<CaseWorld['stream']>[0],
    fate: null as Fate | null,
    gone: null as Promise<unknown> | null,
  }
  const ears = createEars(alpaca, () => state.stream === 'talking' && state.gone === null)
  let held: (() => Promise<void>)[] = []

  const send = wire(alpaca, {
    take() {
      const met = state.fate
      state.fate = null
      return met
    },
    later: (act) => held.push(act),
    mute(quiet) {
      alpaca.trades.silent = quiet || state.stream === 'silent'
      if (!quiet) ears.forget()
    },
  })
  const line = (real: Broker): Broker => ({
    ...real,
    connect: (listener, missed) => real.connect(ears.listen(listener), missed),
    submitEntry: (entry, permit) => send('POST', entry.ticket.clientOrderId, () => real.submitEntry(entry, permit)),
    submitReducing: (order, permit) => send('POST', order.ticket.clientOrderId, () => real.submitReducing(order, permit)),
    replace: (id, change, permit) => send('PATCH', change.clientOrderId, () => real.replace(id, change, permit)),
  })
  const settings = { risk: { duplicate_order: { seconds: 0 } } }
  async function start(wrapBroker: (real: Broker) => Broker) {
    const broker = adapter(alpaca, market)
    const desk = await openDesk(books, { market, broker, wrapBroker, settings })
    const settled = desk.app.settled.bind(desk.app)
    Object.assign(desk.app, {
      async settled() {
        await settled()
        await ears.heard()
        await settled()
      },
    })
    return desk
  }
  let desk = await start(line)
  await alpaca.until(() => alpaca.trades.listening > 0)
  market.data.follow({
    wanted: () => symbols,
    async tick({ bars }) {
      await state.gone
      alpaca.world.settle()
      for (const { symbol, bar, end, halfSpread } of bars) {
        const [open, high, low, close] = [text(bar.open), text(bar.high), text(bar.low), text(bar.close)]
        const around = { at: bar.at, lengthMs: end - bar.at, volume: bar.volume, halfSpread: text(halfSpread) }
        alpaca.world.matchBar(symbol, { open, high, low, close, ...around })
      }
      await ears.heard()
    },
  })

  return {
    get desk() {
      return desk
    },
    market,
    get placed() {
      return placements(alpaca).map(({ body }) => String((body as { readonly client_order_id?: string }).client_order_id))
    },
    next: (wanted) => {
      state.fate = wanted
    },
    async arrive() {
      const due = held
      held = []
      for (const one of due) await one()
      await desk.app.settled()
    },
    lookups(see) {
      alpaca.faults.clear()
      if (see) return
      const always = { method: 'GET', times: Number.POSITIVE_INFINITY }
      alpaca.faults.status(404, { ...always, path: /by_client_order_id$/ }, notFound)
      alpaca.faults.status(200, { ...always, path: /^\/v2\/orders$/ }, '[]')
    },
    stream(now) {
      state.stream = now
      ears.forget()
      alpaca.trades.silent = now === 'silent'
      alpaca.trades.refusing = now === 'ended'
      if (now !== 'ended') return
      alpaca.trades.endCleanly()
      state.gone = alpaca.until(() => !desk.broker.connected())
    },
    cancels(carriedOut) {
      alpaca.conduct.cancels = carriedOut ? 'auto' : 'hold'
      if (carriedOut) for (const order of alpaca.orders()) if (order.status === 'pending_cancel') alpaca.world.completeCancel(order.id)
    },
    repeat(times) {
      if (times === 2) alpaca.trades.duplicate(1_000)
      ears.expect(times)
    },
    async tell(update) {
      if (happen(alpaca, update) === 'in the records') await desk.app.reconcile()
      await desk.app.settled()
    },
    // What happens at Alpaca stands in its records and in its positions by itself.
    record: () => undefined,
    adjust: () => undefined,
    appear: (symbol, shares) => alpaca.world.givePosition(symbol, shares, '100'),
    async sellByHand(symbol, shares) {
      // In one go: whatever guards the shares would bind them again.
      for (const order of alpaca.orders(symbol)) if (isOpen(order)) alpaca.world.manualCancel(order.id)
      alpaca.world.manualOrder({ symbol, qty: text(shares), side: 'sell' })
    },
    atBroker: () => desk.broker.ordersSince(beginning),
    order: async (role) => named(await desk.orders(), role),
    async restart() {
      await desk.broker.disconnect()
      await desk.app.stop()
      alpaca.faults.clear()
      ears.forget()
      desk = await start(line)
    },
    async second() {
      const other = await start((real) => real)
      const stop = other.app.stop.bind(other.app)
      Object.assign(other.app, {
        async stop() {
          await stop()
          await other.broker.disconnect()
        },
      })
      return other
    },
    async wait(seconds) {
      for (let i = 0; i < seconds; i++) {
        await market.pass(1)
        if (state.gone !== null && state.stream === 'talking') {
          await alpaca.until(() => desk.broker.connected())
          ears.forget()
          state.gone = null
        }
        await desk.app.tendOrders()
        await desk.app.settled()
      }
    },
    async reconcile() {
      await desk.app.reconcile()
      await desk.app.settled()
    },
    async close() {
      for (const thaw of held) await thaw()
      await desk.app.stop()
      await desk.broker.disconnect()
      await alpaca.stop()
    },
  }
}

function adapter(alpaca: AlpacaEmulator, market: DeskMarket) {
  const access = accessTo(alpaca)
  const budgets = { tradingBudget: createRateBudget({ limit: 1_000_000 }), dataBudget: createRateBudget({ limit: 1_000_000 }) }
  const data = createAlpacaMarket({ access, mode: 'paper', feed: 'iex', clock: market.clock, log: silentLog, ...budgets })
  return createAlpacaBroker({
    access,
    mode: 'paper',
    log: silentLog,
    budget: budgets.tradingBudget,
    splitRatio: data.splitRatio,
    timing: quick,
  })
}
