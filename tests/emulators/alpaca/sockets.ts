import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'

/** What a test does to the connections of one stream. */
export interface SocketFaults {
  /** Connections live, pings are answered, and nothing is sent but the answers to what the client says. */
  silent: boolean
  /** New connections meet a 503. */
  refusing: boolean
  /** The server says goodbye properly (1000). */
  endCleanly(): void
  /** The connection is gone without a word. */
  cut(): void
  readonly connections: number
  /** How many were ever opened. */
  readonly opened: number
}
export interface Socket extends SocketFaults {
  readonly path: RegExp
  readonly server: WebSocketServer
}

export function createSocket(path: RegExp, onOpen: (socket: WebSocket, request: IncomingMessage) => void): Socket {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  let opened = 0
  server.on('connection', (socket, request) => {
    opened += 1
    socket.on('error', () => undefined)
    onOpen(socket, request)
  })
  return {
    path,
    server,
    silent: false,
    refusing: false,
    endCleanly: () => {
      for (const socket of server.clients) socket.close(1000)
    },
    cut: () => {
      for (const socket of server.clients) socket.terminate()
    },
    get connections() {
      return server.clients.size
    },
    get opened() {
      return opened
    },
  }
}

/** Hands each upgrade to the stream whose path it names. */
export function serveSockets(server: Server, sockets: readonly Socket[]): void {
  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const found = sockets.find(({ path }) => path.test(pathname))
    if (!found || found.refusing) {
      connection.end(`HTTP/1.1 ${found ? '503 Service Unavailable' : '404 Not Found'}\r\nconnection: close\r\n\r\n`)
      return
    }
    found.server.handleUpgrade(request, connection, head, (socket) => found.server.emit('connection', socket, request))
  })
}
