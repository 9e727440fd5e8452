import type { streaming } from '@alpacahq/alpaca-trade-api'
import { WebSocket } from 'ws'

/** Sockets for the library's streams that also tell when anything was last heard, and what. */
export interface Sockets {
  readonly factory: streaming.WebSocketFactory
  /** Epoch milliseconds of the last frame, ping or pong of any socket made here; 0 before the first. */
  lastHeardAt(): number
  /** The frame that is being handled just now, as it came. */
  lastFrame(): unknown
}

const handshakeMs = 10_000

export function createSockets(): Sockets {
  let heardAt = 0
  let frame: unknown = null
  const hear = (): void => {
    heardAt = Date.now()
  }
  return {
    factory(url, codec) {
      const headers = codec === 'msgpack' ? { 'Content-Type': 'application/msgpack' } : {}
      const socket = new WebSocket(url, { perMessageDeflate: false, followRedirects: false, handshakeTimeout: handshakeMs, headers })
      // Registered before the library's own listener, so what it hands on is the frame remembered here.
      socket.on('message', (data) => {
        hear()
        frame = data
      })
      for (const event of ['open', 'ping', 'pong'] as const) socket.on(event, hear)
      return socket
    },
    lastHeardAt: () => heardAt,
    lastFrame: () => frame,
  }
}
