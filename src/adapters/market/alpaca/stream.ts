import { streaming } from '@alpacahq/alpaca-trade-api'
import { type AlpacaKeys, withoutKeys } from '../../alpaca/access.ts'
import { createSockets } from '../../alpaca/socket.ts'
import type { BarFacts, QuoteFacts, TradeFacts } from './book.ts'

export interface DataStreamOptions {
  readonly access: AlpacaKeys
  /** Up to the version. */
  readonly url: string
  readonly feed: 'iex' | 'sip'
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
  readonly hear: {
    quote(symbol: string, facts: QuoteFacts): void
    trade(symbol: string, facts: TradeFacts): void
    bar(symbol: string, facts: BarFacts): void
    status(symbol: string, code: string, at: number): void
  }
  /** It streams again after a break: what is known is old until it was asked for anew. */
  readonly onBack: () => void
  /** The plan allows fewer symbols: these are not streamed. */
  readonly onRefused: (symbols: readonly string[]) => void
  readonly timing?: Partial<DataTiming>
}
export interface DataTiming {
  readonly pingMs: number
  readonly pongMs: number
  readonly firstReconnectMs: number
  readonly mostReconnectMs: number
}
const ordinary: DataTiming = { pingMs: 10_000, pongMs: 5_000, firstReconnectMs: 1_000, mostReconnectMs: 30_000 }

export interface DataStream {
  open(): void
  close(): void
  subscribe(symbols: readonly string[]): void
  unsubscribe(symbols: readonly string[]): void
  /** It has been let in, and something of it, a pong at least, was heard lately. */
  alive(): boolean
  /** Whether the server has said that it sends this symbol. */
  streams(symbol: string): boolean
  lastHeardAt(): number
}

/** What Alpaca's words on this stream mean for whoever reads the log. */
const advice: Readonly<Record<string, string>> = {
  'auth failed': 'the keys were refused for market data; it stays off until the program starts again with good ones',
  'not authenticated': 'the keys were refused for market data; it stays off until the program starts again with good ones',
  'auth timeout': 'Alpaca did not let market data in; it stays off until the program starts again',
  'insufficient subscription': 'the plan does not include this feed: use iex, or a plan with sip',
  'connection limit exceeded': 'another program uses the one market-data connection of these keys; it is tried again',
}

/** Prices as they come, for the symbols asked for; trading halts of all symbols. Reconnects for ever, except with keys that are refused. */
export function createDataStream(options: DataStreamOptions): DataStream {
  const { access, url, feed, log, hear, onBack, onRefused } = options
  const timing = { ...ordinary, ...options.timing }
  const sockets = createSockets()
  let authorized = false
  let wasDown = false
  let streamed: ReadonlySet<string> = new Set()
  const held = new Set<string>()
  /** For each request that is not answered yet, in order, the symbols it asked for. */
  let unanswered: (readonly string[])[] = []

  const stream = new streaming.StockDataStream({
    credentials: { keyId: access.keyId, secret: access.secretKey },
    url: `${url}/v2/${feed}`,
    feed,
    wsFactory: sockets.factory,
    maxReconnectAttempts: streaming.UNLIMITED_RECONNECT_ATTEMPTS,
    initialReconnectMs: timing.firstReconnectMs,
    maxReconnectMs: timing.mostReconnectMs,
    pingIntervalMs: timing.pingMs,
    pongWaitMs: timing.pongMs,
  })
  // Before connecting: the library asks for it on each connection, once.
  stream.subscribeForStatuses(['*'])

  /** One request for each of the three channels, if it is open; else the library asks for everything when it is. */
  const ask = (symbols: readonly string[]): void => {
    if (authorized) unanswered.push(symbols, symbols, symbols)
  }
  const unsubscribe = (symbols: readonly string[]): void => {
    const list = [...symbols]
    for (const symbol of list) held.delete(symbol)
    stream.unsubscribeFromQuotes(list)
    stream.unsubscribeFromTrades(list)
    stream.unsubscribeFromBars(list)
    ask([])
  }
  /** The library keeps refused symbols and would ask for them again on each connection. */
  const giveUp = (): void => {
    const refused = (unanswered.shift() ?? []).filter((symbol) => held.has(symbol))
    if (refused.length === 0) return
    unsubscribe(refused)
    log.warn({ refused }, 'the market-data plan allows fewer symbols at once; the rest is asked for now and then')
    onRefused(refused)
  }
  stream.onStateChange((state) => {
    authorized = state === streaming.STATE.AUTHENTICATED
    // The library asks for all that is held in one request when it has been let in.
    unanswered = authorized ? [[...held]] : []
    if (state !== streaming.STATE.DISCONNECTED) return
    streamed = new Set()
    wasDown = true
  })
  stream.on(streaming.EVENT.SUBSCRIPTION, (lists: Readonly<Record<string, readonly string[]>>) => {
    unanswered.shift()
    const trades = new Set(lists['trades'])
    streamed = new Set((lists['quotes'] ?? []).filter((symbol) => trades.has(symbol)))
    if (wasDown) onBack()
    wasDown = false
  })
  stream.onError((words) => {
    if (words === 'symbol limit exceeded') return giveUp()
    const meant = advice[words]
    if (meant === undefined) log.warn({ problem: withoutKeys(access, words) }, 'the market-data stream reports a problem')
    else log.error({ problem: words }, meant)
  })
  stream.onQuote(({ symbol, bidPrice, askPrice, bidSize, askSize, timestamp }) => {
    hear.quote(symbol, { bid: bidPrice, ask: askPrice, bidSize, askSize, at: timestamp.getTime() })
  })
  stream.onTrade(({ symbol, price, timestamp }) => hear.trade(symbol, { price, at: timestamp.getTime() }))
  stream.onBar(({ symbol, low, high, close, timestamp }) => hear.bar(symbol, { low, high, close, at: timestamp.getTime() }))
  stream.onStatus(({ symbol, statusCode, timestamp }) => hear.status(symbol, statusCode ?? '', timestamp.getTime()))

  return {
    open: () => stream.connect(),
    close: () => stream.disconnect(),
    subscribe(symbols) {
      const list = [...symbols]
      for (const symbol of list) held.add(symbol)
      stream.subscribeForQuotes(list)
      stream.subscribeForTrades(list)
      stream.subscribeForBars(list)
      ask(list)
    },
    unsubscribe,
    alive: () => authorized && Date.now() - sockets.lastHeardAt() < 2 * timing.pingMs + timing.pongMs,
    streams: (symbol) => streamed.has(symbol),
    lastHeardAt: () => sockets.lastHeardAt(),
  }
}
