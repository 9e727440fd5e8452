import type { WebSocket } from 'ws'
import { createSocket, type Socket, type SocketFaults } from './sockets.ts'

export interface TradeUpdateMessage {
  readonly event: string
  readonly order: Readonly<Record<string, unknown>>
  readonly [name: string]: unknown
}
/** What a test does to trade updates. Everything told while nobody listens is lost, as it is at Alpaca. */
export interface TradeStream extends SocketFaults {
  /** JSON in text or in binary frames; the paper environment uses the second. */
  frames: 'text' | 'binary'
  /** Updates wait; `release` sends them. */
  hold(): void
  release(options?: { readonly reversed?: boolean; readonly times?: number }): void
  /** The next so many updates are never sent. */
  lose(count: number): void
  /** The next so many updates are sent twice. */
  duplicate(count: number): void
  /** Sends one as it is, whatever the state of the books. */
  forge(message: TradeUpdateMessage): void
  /** All that were told, sent or not, oldest first. */
  readonly told: readonly TradeUpdateMessage[]
  /** Connections that are authorized and listen. */
  readonly listening: number
}

export interface TradeStreamParts {
  readonly knows: (key: unknown, secret: unknown) => boolean
  readonly onChange: () => void
}
interface Incoming {
  readonly action?: string
  readonly data?: { readonly key_id?: unknown; readonly secret_key?: unknown; readonly streams?: readonly string[] }
  readonly key?: unknown
  readonly secret?: unknown
}

export function createTradeStream({
  knows,
  onChange,
}: TradeStreamParts): TradeStream & { tell(m: TradeUpdateMessage): void; socket: Socket } {
  const authorized = new WeakSet<WebSocket>()
  const listeners = new Set<WebSocket>()
  const told: TradeUpdateMessage[] = []
  let held: TradeUpdateMessage[] | null = null
  let losing = 0
  let doubling = 0

  const write = (socket: WebSocket, message: object): void => {
    if (socket.readyState !== 1) return
    const json = JSON.stringify(message)
    socket.send(stream.frames === 'binary' ? Buffer.from(json) : json)
  }
  const authorization = (socket: WebSocket, status: 'authorized' | 'unauthorized'): void =>
    write(socket, { stream: 'authorization', data: { action: 'authenticate', status } })

  function hear(socket: WebSocket, { action, data, key, secret }: Incoming): void {
    if (action === 'authenticate' || action === 'auth') {
      if (!knows(data?.key_id ?? key, data?.secret_key ?? secret)) {
        authorization(socket, 'unauthorized')
        socket.close()
        return
      }
      authorized.add(socket)
      authorization(socket, 'authorized')
    } else if (action !== 'listen') write(socket, { action: 'error', data: { error_message: 'unknown action' } })
    else if (!authorized.has(socket)) {
      authorization(socket, 'unauthorized')
      socket.close()
    } else {
      const streams = (data?.streams ?? []).filter((name) => name === 'trade_updates')
      if (streams.length > 0) listeners.add(socket)
      else listeners.delete(socket)
      write(socket, { stream: 'listening', data: { streams } })
    }
    onChange()
  }
  const socket = createSocket(/^\/stream$/, (opened) => {
    opened.on('close', () => {
      listeners.delete(opened)
      onChange()
    })
    opened.on('message', (raw) => hear(opened, JSON.parse(String(raw)) as Incoming))
  })
  const send = (message: TradeUpdateMessage): void => {
    if (stream.silent) return
    for (const listener of listeners) write(listener, { stream: 'trade_updates', data: message })
  }

  const own = {
    frames: 'binary' as TradeStream['frames'],
    hold() {
      held ??= []
    },
    release({ reversed = false, times = 1 }: { readonly reversed?: boolean; readonly times?: number } = {}) {
      const waiting = held ?? []
      held = null
      for (const message of reversed ? [...waiting].reverse() : waiting) for (let i = 0; i < times; i++) send(message)
    },
    lose(count: number) {
      losing += count
    },
    duplicate(count: number) {
      doubling += count
    },
    forge: send,
    told,
    get listening() {
      return listeners.size
    },
    socket,
    tell(message: TradeUpdateMessage) {
      told.push(message)
      if (losing > 0) {
        losing -= 1
        return
      }
      const copies = doubling > 0 ? 2 : 1
      if (copies === 2) doubling -= 1
      for (let i = 0; i < copies; i++) {
        if (held) held.push(message)
        else send(message)
      }
    },
  }
  // The faults live on the socket itself: one object, so that a test's `silent = true` is the one that counts.
  const stream = Object.defineProperties(socket as Socket & typeof own, Object.getOwnPropertyDescriptors(own))
  return stream
}
