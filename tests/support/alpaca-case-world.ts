import { createRateBudget } from '../../src/adapters/alpaca/rate-budget.ts'
import { createAlpacaBroker } from '../../src/adapters/brokers/alpaca.ts'
import { createAlpacaMarket } from '../../src/adapters/market/alpaca.ts'
import { text, usd, zero } from '../../src/domain/decimal.ts'
import type { Broker, BrokerUpdate, SubmitResult } from '../../src/ports/broker.ts'
import { accessTo, quick } from '../adapters/brokers/alpaca/bench.ts'
import type { EmulatedOrder } from '../emulators/alpaca/records.ts'
import { isOpen } from '../emulators/alpaca/records.ts'
import type { TradeUpdateMessage } from '../emulators/alpaca/trade-stream.ts'
import { orderView, stamp } from '../emulators/alpaca/views.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../emulators/alpaca.ts'
import { beginning, type CaseWorld, type Fate, named } from './case-world.ts'
import { silentLog } from './database.ts'
import { type DeskMarket, deskMarket, openDesk } from './desk.ts'
import { memoryBooks } from './memory-books.ts'

const symbols: ReadonlySet<string> = new Set(['ACME', 'BETA', 'CORE'])
const orders = /^\/v2\/orders/
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

const placements = ({ requests }: AlpacaEmulator) =>
  requests.filter(({ method, path }) => (method === 'POST' || method === 'PATCH') && orders.test(path))

/** Knows what was told on the stream and not yet taken in. */
function createEars(alpaca: AlpacaEmulator, open: () => boolean) {
  const { told } = alpaca.trades
  const taken = new Map<string, number>()
  let from = 0
  let copies = 1
  const lastOf = ({ event, event_id }: TradeUpdateMessage): string => {
    const says = event === 'fill' || event === 'partial_fill' ? 'execution' : event.startsWith('trade_') ? 'correction' : 'order'
    return `${String(event_id)}:${says}`
  }
  return {
    listen:
      (listener: Parameters<Broker['connect']>[0]): Parameters<Broker['connect']>[0] =>
      async (update, received) => {
        try {
          await listener(update, received)
        } finally {
          if (received) taken.set(received.key, (taken.get(received.key) ?? 0) + 1)
        }
      },
    /** What was told so far need not be heard any more. */
    forget() {
      from = told.length
    },
    expect(times: number) {
      copies = times
    },
    async heard(): Promise<void> {
      if (!open()) return
      const here = await alpaca.until(() => told.slice(from).every((message) => (taken.get(lastOf(message)) ?? 0) >= copies))
      if (!here) throw new Error('something that was told on the stream was not heard')
    },
  }
}

interface Between {
  take(): Fate | null
  later(act: () => Promise<void>): void
  /** Whether the stream says nothing of what happens now. */
  mute(quiet: boolean): void
}
/** What an order meets on its way. */
function wire(alpaca: AlpacaEmulator, { take, later, mute }: Between) {
  return async (method: 'POST' | 'PATCH', clientOrderId: string, submit: () => Promise<SubmitResult>): Promise<SubmitResult> => {
    const match = { method, path: orders }
    switch (take()) {
      case null:
        return submit()
      case 'answer_lost':
        alpaca.faults.drop({ ...match, when: 'after' })
        mute(true)
        return submit().finally(() => mute(false))
      case 'never_arrives':
        alpaca.faults.drop(match)
        return submit()
      case 'arrives_late': {
        alpaca.faults.drop(match)
        const result = await submit()
        const request = placements(alpaca).at(-1)
        later(() => sendAgain(alpaca, request?.body))
        return result
      }
      case 'frozen_before_the_socket':
        await new Promise<void>((thaw) => later(async () => thaw()))
        return submit()
      case 'filled_before_the_answer': {
        alpaca.faults.slow(100, { ...match, when: 'after' })
        const answer = submit()
        await alpaca.until(() => alpaca.orders().some((order) => order.clientOrderId === clientOrderId))
        alpaca.world.fillOrder(clientOrderId)
        return answer
      }
    }
  }
}

/** A request that hung somewhere on its way arrives after all. */
async function sendAgain({ access }: AlpacaEmulator, body: unknown): Promise<void> {
  const keys = { 'apca-api-key-id': access.APCA_API_KEY_ID, 'apca-api-secret-key': access.APCA_API_SECRET_KEY }
  const headers = { ...keys, 'content-type': 'application/json' }
  const answer = await fetch(`${access.APCA_API_BASE_URL}/v2/orders`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`what arrived late was refused: ${await answer.text()}`)
}

/** Makes true at Alpaca what a case tells, which tells it on the wire. */
function happen(alpaca: AlpacaEmulator, update: BrokerUpdate): 'on the stream' | 'in the records' {
  const { world, book } = alpaca
  switch (update.type) {
    case 'order': {
      const order = book.find(update.order.brokerOrderId)
      if (!isOpen(order)) forge(alpaca, order, update.order.statusWord)
      else if (update.order.status === 'expired') world.expireOrder(order.id)
      else if (update.order.status === 'canceled') world.manualCancel(order.id)
      else throw new Error(`no case tells ${update.order.status}`)
      return 'on the stream'
    }
    case 'execution': {
      const { brokerOrderId, quantity: shares, price: at } = update.execution
      world.fillOrder(brokerOrderId, { quantity: text(shares), price: text(at) })
      return 'on the stream'
    }
    case 'correction': {
      const wrong = [...book.executions.values()].findLast((e) => e.orderId === update.brokerOrderId && !e.undone)
      if (!wrong) throw new Error('nothing to correct')
      if (update.replacement === null) world.bust(wrong.executionId)
      else world.correct(wrong.executionId, { price: text(update.replacement.price), quantity: text(update.replacement.quantity) })
      return 'on the stream'
    }
    case 'split':
      world.split(update.symbol, update.ratio)
      return 'in the records'
    case 'fee': {
      const known = book.activities.some(({ wire: { description } }) => description === update.id)
      const facts = { type: 'FEE', subType: 'TAF', netAmount: text(usd(zero.minus(update.amount).toFixed())), description: update.id }
      if (!known) world.nonTrade({ ...facts, ...(update.symbol === null ? {} : { symbol: update.symbol }) })
      return 'in the records'
    }
  }
}

/** Says something that is not so. */
function forge({ trades, book, world }: AlpacaEmulator, order: EmulatedOrder, word: string): void {
  const at = stamp(world.now())
  const view = { ...orderView(order, book.legsOf(order), book.assetOf(order.symbol)), status: word }
  trades.forge({ event: word, event_id: `01FORGED${order.id}`, at, timestamp: at, order: view })
}
