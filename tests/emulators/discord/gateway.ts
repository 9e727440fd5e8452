import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { snowflake } from './ids.ts'
import { channelView, guildView } from './views.ts'
import type { World } from './world.ts'

interface Session {
  readonly id: string
  sequence: number
  /** Every dispatch, for those who resume. */
  readonly sent: { readonly op: 0; readonly s: number; readonly t: string; readonly d: unknown }[]
  socket: WebSocket | null
}
interface Incoming {
  readonly op: number
  readonly d: {
    readonly token?: string
    readonly session_id?: string
    readonly seq?: number
    readonly intents?: number
    readonly activities?: readonly Presence[]
  } | null
}
interface Presence {
  readonly name: string
  readonly state?: string
}
export interface EmulatedGateway {
  dispatch(event: string, data: unknown): void
  /** Sockets break without a word; the sessions live on. */
  drop(): void
  /** Op 7: clients are to connect again and resume. */
  reconnect(): void
  /** Op 9. Without resuming, the session is gone. */
  invalidate(resumable: boolean): void
  close(code: number): void
  /** Op 1: a heartbeat is wanted at once. */
  askForHeartbeat(): void
  /** Answers every new connection with this close code after it identified; null: takes it. */
  refuseWith: number | null
  readonly connections: number
  readonly counts: { identified: number; resumed: number; heartbeats: number }
  readonly intents: readonly number[]
  readonly presences: readonly (readonly Presence[])[]
  stop(): void
}

export function createGateway(server: Server, world: World, url: () => string): EmulatedGateway {
  const sockets = new WebSocketServer({ server })
  const sessions = new Map<string, Session>()
  const counts = { identified: 0, resumed: 0, heartbeats: 0 }
  const intents: number[] = []
  const presences: (readonly Presence[])[] = []

  const write = (socket: WebSocket | null, message: object): void => {
    if (socket?.readyState === 1) socket.send(JSON.stringify(message))
  }
  function emit(session: Session, t: string, d: unknown): void {
    session.sequence += 1
    const message = { op: 0, s: session.sequence, t, d } as const
    session.sent.push(message)
    write(session.socket, message)
  }
  const sessionOf = (socket: WebSocket): Session | undefined => [...sessions.values()].find((session) => session.socket === socket)

  function identify(socket: WebSocket, { token, intents: wanted = 0 }: NonNullable<Incoming['d']>): void {
    const refused = token === world.token ? gateway.refuseWith : 4004
    if (refused !== null) {
      socket.close(refused)
      return
    }
    counts.identified += 1
    intents.push(wanted)
    const session: Session = { id: snowflake(), sequence: 0, sent: [], socket }
    sessions.set(session.id, session)
    const guilds = world.invited ? [{ id: world.guildId, unavailable: true }] : []
    const ready = {
      v: 10,
      user: world.bot,
      guilds,
      session_id: session.id,
      resume_gateway_url: url(),
      application: { id: world.applicationId, flags: 0 },
    }
    emit(session, 'READY', { ...ready, shard: [0, 1] })
    if (world.invited)
      emit(session, 'GUILD_CREATE', { ...guildView(world), channels: channelsOf(0), threads: channelsOf(11), unavailable: false })
  }
  const channelsOf = (type: number) => [...world.channels.values()].filter((c) => c.type === type).map((c) => channelView(world, c))

  function resume(socket: WebSocket, { token, session_id: id = '', seq = 0 }: NonNullable<Incoming['d']>): void {
    const session = sessions.get(id)
    if (token !== world.token || !session || seq > session.sequence) {
      write(socket, { op: 9, d: false })
      return
    }
    counts.resumed += 1
    session.socket = socket
    for (const missed of session.sent.filter(({ s }) => s > seq)) write(socket, missed)
    emit(session, 'RESUMED', {})
  }

  sockets.on('connection', (socket) => {
    write(socket, { op: 10, d: { heartbeat_interval: 41_250 } })
    socket.on('error', () => undefined)
    socket.on('message', (raw) => {
      const { op, d } = JSON.parse(String(raw)) as Incoming
      if (op === 1) {
        counts.heartbeats += 1
        write(socket, { op: 11 })
      } else if (op === 2) identify(socket, d ?? {})
      else if (op === 6) resume(socket, d ?? {})
      else if (!sessionOf(socket)) socket.close(4003, 'Not authenticated.')
      else if (op === 3) presences.push(d?.activities ?? [])
      else socket.close(4001, 'Unknown opcode.')
    })
  })
  const each = (act: (socket: WebSocket) => void): void => {
    for (const socket of sockets.clients) act(socket)
  }

  const gateway: EmulatedGateway = {
    dispatch(event, data) {
      for (const session of sessions.values()) emit(session, event, data)
    },
    drop: () => each((socket) => socket.terminate()),
    reconnect: () => each((socket) => write(socket, { op: 7, d: null })),
    invalidate(resumable) {
      if (!resumable) sessions.clear()
      each((socket) => write(socket, { op: 9, d: resumable }))
    },
    close: (code) => each((socket) => socket.close(code)),
    askForHeartbeat: () => each((socket) => write(socket, { op: 1, d: null })),
    refuseWith: null,
    get connections() {
      return sockets.clients.size
    },
    counts,
    intents,
    presences,
    stop() {
      each((socket) => socket.terminate())
      sockets.close()
    },
  }
  return gateway
}
