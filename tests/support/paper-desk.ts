import { plainStart } from '../../src/config/mode.ts'
import type { DecimalString } from '../../src/domain/decimal.ts'
import type { Card, Chat } from '../../src/ports/chat.ts'
import type { RecordedRequest } from '../emulators/alpaca/http.ts'
import type { EmulatedOrder } from '../emulators/alpaca/records.ts'
import { type AlpacaEmulator, type AlpacaEmulatorOptions, startAlpacaEmulator } from '../emulators/alpaca.ts'
import { createHome, eventually, roomyLimits, startTestBot, type TestBot } from './bot.ts'

interface Pending {
  readonly id: string
  readonly version: number
  readonly symbol: string
}

/** A whole bot in paper mode at an emulated Alpaca, with as many symbols as a test wants. */
export interface PaperDesk {
  readonly alpaca: AlpacaEmulator
  readonly bot: TestBot
  readonly symbols: readonly string[]
  /** Fresh quotes for all symbols: what works at Alpaca meets them. */
  quoteAll(): void
  /** An alert each; resolves with a card each. */
  offer(symbols: readonly string[]): Promise<readonly Pending[]>
  /** How long the bot took to start, real milliseconds. */
  readonly startedInMs: number
  /** An alert each, a card each, an approval each, over HTTP; resolves when the orders are at Alpaca. */
  buy(symbols: readonly string[]): Promise<void>
  /** What works at Alpaca, held legs included. */
  working(): readonly EmulatedOrder[]
  items<T>(path: string): Promise<readonly T[]>
  /** Requests from a moment on (epoch milliseconds). */
  sent(method: string, path: RegExp, from?: number): readonly RecordedRequest[]
  /** Everything that chats were told, oldest first. */
  readonly cards: readonly Card[]
  stop(): Promise<void>
}

export interface PaperDeskOptions {
  readonly symbols?: number
  readonly alpaca?: AlpacaEmulatorOptions
  readonly settings?: object
  /** Of the emulated clock at the start; a Tuesday, 10:00 in New York, unless told. */
  readonly at?: string
  /** What stands at Alpaca before the bot starts. */
  readonly before?: (alpaca: AlpacaEmulator, symbols: readonly string[]) => void
}

export const patience = 60_000
const done = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced'])

/** `KAA`, `KAB`, ... */
const symbolNo = (i: number): string => `K${String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26))}`
/** From $50 on, so that no two are worth the same. */
const priceNo = (i: number): number => 50 + i

export async function openPaperDesk(options: PaperDeskOptions = {}): Promise<PaperDesk> {
  const started = Date.now()
  const begin = Date.parse(options.at ?? '2026-03-03T15:00:00Z')
  const now = () => begin + Date.now() - started
  const symbols = Array.from({ length: options.symbols ?? 1 }, (_, i) => symbolNo(i))
  const alpaca = await startAlpacaEmulator({ now, cash: '10000000', ...options.alpaca })
  const quoteAll = () => {
    for (const [i, symbol] of symbols.entries()) {
      const [bid, ask] = [-0.01, 0.01].map((off) => (priceNo(i) + off).toFixed(2) as DecimalString) as [DecimalString, DecimalString]
      alpaca.world.setQuote(symbol, bid, ask)
      alpaca.market.trade(symbol, priceNo(i), 100)
    }
  }
  const cards: Card[] = []
  const overheard =
    (chat: Chat): Chat['deliver'] =>
    (card, delivery) => {
      cards.push(card)
      return chat.deliver(card, delivery)
    }
  quoteAll()
  options.before?.(alpaca, symbols)
  const home = await createHome()
  const beforeStart = performance.now()
  const bot = await startTestBot({
    home,
    environment: { ...alpaca.access },
    launch: plainStart,
    settings: {
      risk: roomyLimits,
      approvals: { actions_per_minute: 600 },
      execution: { entry_fill_timeout_seconds: 3600 },
      ...options.settings,
    },
    bot: { now: alpaca.world.now, wrap: { chat: (chat) => ({ ...chat, deliver: overheard(chat) }) } },
  })
  const startedInMs = performance.now() - beforeStart
  const items = async <T>(path: string): Promise<readonly T[]> => (await bot.get<{ items: T[] }>(path)).body.items
  const sent: PaperDesk['sent'] = (method, path, from = 0) =>
    alpaca.requests.filter((request) => request.method === method && path.test(request.path) && request.at >= from)

  async function offer(wanted: readonly string[]): Promise<readonly Pending[]> {
    quoteAll()
    const published_at = new Date(alpaca.world.now()).toISOString()
    for (const symbol of wanted) {
      const story = { id: `story-${symbol}`, symbol, headline: `${symbol} wins a contract`, source: 'wire', published_at }
      const { status, body } = await bot.alert({ ...story, confidence: 0.9, catalyst_score: 0.8 })
      if (status !== 202) throw new Error(`the alert was not taken: ${status} ${JSON.stringify(body)}`)
    }
    return eventually(
      'a card for each alert',
      async () => {
        const pending = await items<Pending>('/api/v1/proposals?status=pending&limit=200')
        const found = pending.filter(({ symbol }) => wanted.includes(symbol))
        return found.length === wanted.length && found
      },
      2 * patience,
    )
  }

  async function buy(wanted: readonly string[]): Promise<void> {
    const before = sent('POST', /^\/v2\/orders$/).length
    for (const { id, version, symbol } of await offer(wanted)) {
      quoteAll()
      const { body } = await bot.post(`/api/v1/proposals/${id}/approve`, { version })
      if (body['status'] !== 'approved') throw new Error(`${symbol}: ${JSON.stringify(body)}`)
    }
    await eventually('the orders at Alpaca', async () => sent('POST', /^\/v2\/orders$/).length - before >= wanted.length, 2 * patience)
    await bot.bot.app.settled()
  }

  return {
    alpaca,
    bot,
    symbols,
    quoteAll,
    offer,
    startedInMs,
    buy,
    items,
    sent,
    working: () => alpaca.orders().filter(({ status }) => !done.has(status)),
    cards,
    async stop() {
      await bot.stop()
      await alpaca.stop()
    },
  }
}
