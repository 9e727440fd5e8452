import { decode, EXT_TIMESTAMP, ExtData, encode, encodeTimeSpecToTimestamp } from '@msgpack/msgpack'
import type { WebSocket } from 'ws'
import { newsView } from './data-routes.ts'
import { type Channel, type MarketNews, type Publish, tickTail } from './market.ts'
import { createSocket, type Socket, type SocketFaults } from './sockets.ts'
import { stamp } from './views.ts'

/** What a test does to the market-data and news sockets. */
export interface DataStream extends SocketFaults {
  /** Symbols of trades and quotes together that one connection may ask for. */
  symbolLimit: number
  /** Connections of one key and feed at a time. */
  connectionLimit: number
  /** Connections that are authorized. */
  readonly authorized: number
  /** By channel, what the clients asked for. */
  subscriptions(channel: Channel | 'news'): readonly string[]
  /** Sends one message as it is to every connection, whatever they asked for. */
  forge(message: Readonly<Record<string, unknown>>): void
}

const channels: readonly Channel[] = [
  'trades',
  'quotes',
  'bars',
  'updatedBars',
  'dailyBars',
  'statuses',
  'lulds',
  'corrections',
  'cancelErrors',
]
type Asked = Record<string, Set<string>>
type Incoming = { readonly action?: string; readonly key?: unknown; readonly secret?: unknown } & Readonly<Record<string, unknown>>
interface Client {
  readonly socket: WebSocket
  readonly packed: boolean
  readonly feed: string
  authorized: boolean
  readonly asked: Asked
}

const refusals: Readonly<Record<number, string>> = {
  400: 'invalid syntax',
  401: 'not authenticated',
  402: 'auth failed',
  403: 'already authenticated',
  404: 'auth timeout',
  405: 'symbol limit exceeded',
  406: 'connection limit exceeded',
  409: 'insufficient subscription',
}

export interface DataStreamParts {
  readonly path: RegExp
  readonly channels?: readonly string[]
  readonly knows: (key: unknown, secret: unknown) => boolean
  readonly plan: () => 'free' | 'paid'
  readonly onChange: () => void
}

export function createDataStream(
  parts: DataStreamParts,
): DataStream & { socket: Socket; publish: Publish; publishNews(item: MarketNews): void } {
  const known: readonly string[] = parts.channels ?? channels
  const clients = new Map<WebSocket, Client>()

  const write = ({ socket, packed }: Client, messages: readonly Readonly<Record<string, unknown>>[]): void => {
    if (socket.readyState === 1)
      socket.send(packed ? encode(messages.map(withStamp(packStamp))) : JSON.stringify(messages.map(withStamp(stamp))))
  }
  const refuse = (client: Client, code: number): void => write(client, [{ T: 'error', code, msg: refusals[code] ?? 'internal error' }])

  /** Zero: granted. */
  function authenticate(client: Client, { key, secret }: Incoming): number {
    if (client.authorized) return 403
    if (!parts.knows(key, secret)) return 402
    if (client.feed === 'sip' && parts.plan() === 'free') return 409
    const others = [...clients.values()].filter((other) => other.authorized && other.feed === client.feed).length
    if (others >= stream.connectionLimit) return 406
    client.authorized = true
    write(client, [{ T: 'success', msg: 'authenticated' }])
    return 0
  }
  /** Zero: granted; else nothing has changed. */
  function subscribe(client: Client, message: Incoming, add: boolean): number {
    const lists = Object.entries(message).filter(([name]) => known.includes(name)) as [string, readonly string[]][]
    if (lists.length === 0 || lists.some(([, symbols]) => !Array.isArray(symbols))) return 400
    const after: Asked = Object.fromEntries(known.map((name) => [name, new Set(client.asked[name])]))
    for (const [name, symbols] of lists) {
      for (const symbol of symbols) {
        if (add) after[name]?.add(symbol)
        else after[name]?.delete(symbol)
      }
    }
    const counted = (after['trades']?.size ?? 0) + (after['quotes']?.size ?? 0)
    const everything = after['trades']?.has('*') || after['quotes']?.has('*')
    if (add && parts.plan() === 'free' && (counted > stream.symbolLimit || everything)) return 405
    // Corrections and cancels come with trades, unasked.
    for (const name of ['corrections', 'cancelErrors']) if (known.includes(name)) after[name] = new Set(after['trades'])
    Object.assign(client.asked, after)
    write(client, [{ T: 'subscription', ...Object.fromEntries(known.map((name) => [name, [...(after[name] ?? [])]])) }])
    return 0
  }
  function answer(client: Client, message: Incoming): number {
    if (message.action === 'auth') return authenticate(client, message)
    if (!client.authorized) return 401
    const known = message.action === 'subscribe' || message.action === 'unsubscribe'
    return known ? subscribe(client, message, message.action === 'subscribe') : 400
  }
  function hear(client: Client, message: Incoming): void {
    const refused = answer(client, message)
    if (refused !== 0) refuse(client, refused)
    if (refused === 406) client.socket.close()
    parts.onChange()
  }

  const socket = createSocket(parts.path, (opened, request) => {
    const packed = request.headers['content-type'] === 'application/msgpack'
    const client = { socket: opened, packed, feed: (request.url ?? '').split('/').at(-1) ?? '', authorized: false, asked: {} }
    clients.set(opened, client)
    opened.on('close', () => {
      clients.delete(opened)
      parts.onChange()
    })
    opened.on('message', (raw, isBinary) => hear(client, (isBinary ? decode(raw as Buffer) : JSON.parse(String(raw))) as Incoming))
    write(client, [{ T: 'success', msg: 'connected' }])
  })
  const send = (message: Readonly<Record<string, unknown>>, to: (client: Client) => boolean): void => {
    if (stream.silent) return
    for (const client of clients.values()) if (client.authorized && to(client)) write(client, [message])
  }
  const wants = (client: Client, channel: string, symbols: readonly string[]): boolean => {
    const asked = client.asked[channel]
    return asked !== undefined && (asked.has('*') || symbols.some((symbol) => asked.has(symbol)))
  }

  const own = {
    symbolLimit: 30,
    connectionLimit: 1,
    get authorized() {
      return [...clients.values()].filter((client) => client.authorized).length
    },
    subscriptions: (channel: Channel | 'news') => [...clients.values()].flatMap(({ asked }) => [...(asked[channel] ?? [])]),
    forge: (message: Readonly<Record<string, unknown>>) => send(message, () => true),
    socket,
    publish: ((channel, symbol, message) => send(message, (client) => wants(client, channel, [symbol]))) satisfies Publish,
    publishNews(item: MarketNews) {
      send({ T: 'n', ...newsView(item, true) }, (client) => wants(client, 'news', item.symbols))
    },
  }
  const stream = Object.defineProperties(socket as Socket & typeof own, Object.getOwnPropertyDescriptors(own))
  return stream
}

/** `t`, epoch milliseconds here, as the client's codec has it. */
const withStamp = (as: (ms: number, tail: number) => unknown) => (message: Readonly<Record<string, unknown>>) => {
  const tail = message['T'] === 't' || message['T'] === 'q' ? tickTail : 0
  return typeof message['t'] === 'number' ? { ...message, t: as(message['t'], tail) } : message
}
const packStamp = (ms: number, tail: number): ExtData =>
  new ExtData(EXT_TIMESTAMP, encodeTimeSpecToTimestamp({ sec: Math.floor(ms / 1000), nsec: (ms % 1000) * 1_000_000 + tail }))
