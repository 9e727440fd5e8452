import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { isObject, type Json } from './block-rules.ts'
import { limits } from './limits.ts'
import { type Ack, envelopeId, type Kind, type Link } from './link.ts'
import type { Workspace } from './workspace.ts'

interface Pending {
  readonly kind: Kind
  readonly payload: Json
  readonly acceptsPayload: boolean
  readonly sentAt: number
  readonly acked: (ack: Ack) => void
  attempt: number
  /** The connection that it first went out on. */
  on: WebSocket | null
}

const pingMs = 2_000

/** Socket Mode: envelopes go out, each is acknowledged once within three seconds, and what was not comes again on the next connection. */
export class SocketHub implements Link {
  private readonly workspace: Workspace
  private readonly server = new WebSocketServer({ noServer: true })
  private readonly open = new Set<WebSocket>()
  private readonly pending = new Map<string, Pending>()
  private readonly done = new Set<string>()
  private readonly losesAck: () => boolean
  private readonly timer: NodeJS.Timeout
  /** How many connections there were. */
  connections = 0
  /** What nobody could acknowledge in time, because its connection was lost or there was none. */
  undelivered = 0

  constructor(workspace: Workspace, http: Server, losesAck: () => boolean) {
    this.workspace = workspace
    this.losesAck = losesAck
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.server.handleUpgrade(request, socket, head, (client) => this.welcome(client)),
    )
    this.timer = setInterval(() => {
      for (const client of this.open) client.ping()
    }, pingMs)
  }

  get connected(): number {
    return this.open.size
  }

  deliver(kind: Kind, payload: Json, { acceptsPayload = kind !== 'events_api' } = {}): Promise<Ack> {
    return new Promise((resolve, reject) => {
      const id = envelopeId()
      const late = setTimeout(() => {
        if (this.pending.get(id)?.on?.readyState === WebSocket.OPEN)
          this.workspace.violation(`${kind}: not acknowledged within ${limits.ackMs} ms`)
        else this.undelivered += 1
        this.pending.delete(id)
        reject(new Error(`${kind} was not acknowledged in time`))
      }, this.deadline)
      const acked = (ack: Ack) => {
        clearTimeout(late)
        resolve(ack)
      }
      this.pending.set(id, { kind, payload, acceptsPayload, sentAt: performance.now(), acked, attempt: 0, on: null })
      this.send(id)
    })
  }
  /** Longer where connections are cut on purpose: what was lost comes again. */
  deadline: number = limits.ackMs

  /** Slack recycles a connection every now and then, and says so. */
  disconnect(reason = 'refresh_requested'): void {
    for (const client of this.open) client.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-1' } }))
  }
  /** As if a cable was pulled. */
  drop(): void {
    for (const client of this.open) client.terminate()
  }
  say(text: string): void {
    for (const client of this.open) client.send(text)
  }
  async close(): Promise<void> {
    clearInterval(this.timer)
    this.drop()
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
  }

  private welcome(client: WebSocket): void {
    this.connections += 1
    this.open.add(client)
    client.on('close', () => this.open.delete(client))
    client.on('message', (data) => this.hear(String(data)))
    client.send(
      JSON.stringify({ type: 'hello', num_connections: this.open.size, connection_info: { app_id: 'A0CATALYST' }, debug_info: {} }),
    )
    for (const [id, waiting] of this.pending) {
      waiting.attempt += 1
      this.send(id)
    }
  }

  private send(id: string): void {
    const waiting = this.pending.get(id)
    const [client] = this.open
    if (!waiting || !client) return
    const { kind, payload, acceptsPayload, attempt } = waiting
    const retry = kind === 'events_api' ? { retry_attempt: attempt, retry_reason: attempt === 0 ? '' : 'timeout' } : {}
    waiting.on ??= client
    client.send(JSON.stringify({ envelope_id: id, type: kind, accepts_response_payload: acceptsPayload, payload, ...retry }))
  }

  private hear(text: string): void {
    this.workspace.checked += 1
    const message: unknown = JSON.parse(text)
    const id = isObject(message) ? String(message['envelope_id']) : ''
    const payload = isObject(message) && isObject(message['payload']) ? message['payload'] : {}
    const waiting = this.pending.get(id)
    if (!waiting) {
      this.workspace.violation(
        this.done.has(id) ? 'socket: acknowledged twice' : `socket: an ack of something that was never sent: ${text.slice(0, 200)}`,
      )
      return
    }
    if (this.losesAck()) {
      waiting.attempt += 1
      this.send(id)
      return
    }
    this.pending.delete(id)
    this.done.add(id)
    if (!waiting.acceptsPayload && Object.keys(payload).length > 0) this.workspace.violation(`socket: ${waiting.kind} takes no payload`)
    const ack = { afterMs: performance.now() - waiting.sentAt, payload }
    this.workspace.acks.push({ kind: waiting.kind, ...ack })
    waiting.acked(ack)
  }
}
