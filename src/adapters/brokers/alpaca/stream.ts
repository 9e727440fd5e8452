import { streaming } from '@alpacahq/alpaca-trade-api'
import { BrokerError } from '../../../ports/broker.ts'
import { type AlpacaKeys, withoutKeys } from '../../alpaca/access.ts'
import { createSockets } from '../../alpaca/socket.ts'

export interface TradeStreamOptions {
  readonly access: AlpacaKeys
  readonly url: string
  readonly log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
  /** A message of the stream, as it came, without its envelope. */
  readonly onMessage: (raw: unknown) => void
  /** It listens again after it was down, or what came could not be read: something may have been missed. */
  readonly onGap: () => void
  readonly timing?: Partial<StreamTiming>
}
export interface StreamTiming {
  /** How long opening may take before going on without; the stream goes on trying. */
  readonly patienceMs: number
  readonly pingMs: number
  readonly pongMs: number
  readonly firstReconnectMs: number
  readonly mostReconnectMs: number
}
const ordinary: StreamTiming = { patienceMs: 15_000, pingMs: 10_000, pongMs: 5_000, firstReconnectMs: 500, mostReconnectMs: 15_000 }

export interface TradeStream {
  /** Resolves once Alpaca says that it is listened to. @throws BrokerError permanent, in words, when the keys are refused */
  open(): Promise<void>
  close(): void
  /** Opens the socket anew. */
  restart(): void
  /** Alpaca says that it is listened to, and something of it, a pong at least, was heard lately. */
  alive(): boolean
  /** Since when it has listened without a break, epoch milliseconds; null while it does not. */
  since(): number | null
}

/** Trade updates of the account, over and over: it reconnects for ever, except with keys that are refused. */
export function createTradeStream(options: TradeStreamOptions): TradeStream {
  const { access, url, log, onMessage, onGap } = options
  const timing = { ...ordinary, ...options.timing }
  const sockets = createSockets()
  let listeningSince: number | null = null
  let interrupted = false
  let closed = false
  const clean = (words: string): string => withoutKeys(access, words)

  const stream = new streaming.TradingStream({
    credentials: { keyId: access.keyId, secret: access.secretKey },
    url,
    wsFactory: sockets.factory,
    maxReconnectAttempts: streaming.UNLIMITED_RECONNECT_ATTEMPTS,
    initialReconnectMs: timing.firstReconnectMs,
    maxReconnectMs: timing.mostReconnectMs,
    pingIntervalMs: timing.pingMs,
    pongWaitMs: timing.pongMs,
  })
  // Before connecting: asked for on each connection by the library, once.
  stream.subscribeTradeUpdates()
  stream.onDisconnect(() => {
    if (listeningSince !== null && !closed) log.warn({}, 'the stream of trade updates is down; it is opened again')
    listeningSince = null
    interrupted = true
  })
  stream.onError((words) => {
    if (words === 'auth failed')
      return log.error({}, 'Alpaca refused the keys for trade updates; they stay off until the program starts again with good ones')
    log.warn({ problem: clean(words) }, 'the stream of trade updates reports a problem')
    // A message that the library could not take in is lost; the broker's lists still have what it said.
    if (words.startsWith('failed to')) onGap()
  })
  stream.onTradeUpdate(() => onMessage(wireOf(sockets.lastFrame())))
  stream.on(streaming.EVENT.SUBSCRIPTION, (streams: readonly unknown[]) => {
    if (!streams.includes('trade_updates')) return log.error({ streams }, 'the broker does not tell trade updates')
    listeningSince = Date.now()
    const missed = interrupted
    interrupted = false
    if (missed) onGap()
  })

  async function open(): Promise<void> {
    const listening = new Promise<void>((resolve) => stream.once(streaming.EVENT.SUBSCRIPTION, () => resolve()))
    const refused = stream.whenAuthenticated().then(({ authenticated, status, message }) => {
      if (!authenticated && status === streaming.STREAM_AUTH_STATUS.SERVER_REJECTED)
        throw new BrokerError(
          'permanent',
          `Alpaca refused the keys for trade updates (${clean(message)}): check APCA_API_KEY_ID and APCA_API_SECRET_KEY`,
        )
      return listening
    })
    stream.connect()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timing.patienceMs)
    })
    await Promise.race([refused, late]).finally(() => clearTimeout(timer))
    if (listeningSince !== null) return
    interrupted = true
    // Whoever is late with a refusal must not end the process.
    refused.catch((error: unknown) => log.error({ error }, 'trade updates were refused'))
    log.error(
      {},
      'the stream of trade updates could not be opened yet; until it is, only the regular look at the lists tells what happened',
    )
  }

  return {
    open,
    close() {
      closed = true
      stream.disconnect()
    },
    restart() {
      stream.disconnect()
      stream.connect()
    },
    alive: () => listeningSince !== null && Date.now() - sockets.lastHeardAt() < 2 * timing.pingMs + timing.pongMs,
    since: () => listeningSince,
  }
}

/** The message itself, parsed anew from its frame: the library's own copy has every field twice. */
function wireOf(frame: unknown): unknown {
  const words = Buffer.isBuffer(frame) ? frame.toString('utf8') : String(frame)
  const parsed = JSON.parse(words) as { readonly data?: unknown }
  return parsed.data
}
