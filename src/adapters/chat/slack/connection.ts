import { setTimeout as pause } from 'node:timers/promises'
import type { SocketModeReceiver } from '@slack/bolt'
import { withinTime } from './deadline.ts'
import { explain, failureOf } from './failures.ts'
import type { SlackLog } from './log.ts'

type Socket = SocketModeReceiver['client']

export interface ConnectionOptions {
  /** Null: signed HTTP, where Slack comes to us and nothing has to be held open. */
  readonly socket: Socket | null
  /** Finds out who we are; before that nothing from Slack can be judged. */
  readonly identify: () => Promise<void>
  readonly log: SlackLog
}
export interface Connection {
  /** Resolves after the first attempt, whichever way it went; it goes on trying. */
  start(): Promise<void>
  /** Resolves when the socket is closed. */
  stop(): Promise<void>
  up(): boolean
}

/** Real milliseconds. */
const helloWithin = 15_000
const firstWait = 200
const longestWait = 30_000
const closeWithin = 3_000

/**
 * Keeps connected. The client's own way of reconnecting waits five seconds each time, and where Slack answers an error
 * meanwhile it leaves a rejection that nobody handles, which would end the process.
 */
export function keepConnected({ socket, identify, log }: ConnectionOptions): Connection {
  const stopping = new AbortController()
  let up = false
  let loop: Promise<void> = Promise.resolve()

  async function hold(connected: () => void): Promise<void> {
    await identify()
    if (socket === null) {
      up = true
      connected()
      await new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }))
      return
    }
    let forget = () => {}
    const gone = new Promise<void>((resolve) => {
      const heard = () => resolve()
      socket.once('disconnected', heard)
      forget = () => socket.removeListener('disconnected', heard)
    })
    try {
      await withinTime(socket.start(), helloWithin)
      up = !stopping.signal.aborted
      connected()
      if (up) await gone
      // Stopped while it was being opened.
      else await shut(socket)
    } catch (error) {
      await shut(socket)
      throw error
    } finally {
      forget()
    }
  }

  async function run(tried: () => void): Promise<void> {
    let wait = firstWait
    while (!stopping.signal.aborted) {
      try {
        await hold(() => {
          log.info({ chat: 'slack', mode: socket === null ? 'signed HTTP' : 'Socket Mode' }, 'Slack is connected')
          wait = firstWait
          tried()
        })
      } catch (error) {
        const failure = failureOf(error)
        const told = failure.code === 'no_answer' && error instanceof Error ? error.message : explain('the connection', failure)
        if (!stopping.signal.aborted) log.warn({ chat: 'slack', problem: told, againInMs: wait }, 'Slack is not connected')
      }
      up = false
      tried()
      if (stopping.signal.aborted) return
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
      wait = Math.min(longestWait, wait * 2)
    }
  }

  return {
    start: () =>
      new Promise((resolve) => {
        loop = run(resolve)
      }),
    async stop() {
      stopping.abort()
      if (socket !== null) await shut(socket)
      await withinTime(loop, closeWithin).catch(() => undefined)
      up = false
    },
    up: () => up,
  }
}

/** The client reads each message in a promise that nobody watches: one in a shape it does not expect would end the process. */
export function watchMessages(socket: Socket, log: SlackLog): void {
  const readers = socket.listeners('ws_message')
  socket.removeAllListeners('ws_message')
  for (const read of readers)
    socket.on('ws_message', (...message: unknown[]) => {
      Promise.resolve(read(...message)).catch((error) => log.warn({ chat: 'slack', error }, 'a message from Slack could not be read'))
    })
}

/** The first call asks the other side to close; where it does not, the second one cuts. */
async function shut(socket: Socket): Promise<void> {
  await withinTime(socket.disconnect(), closeWithin).catch(() => withinTime(socket.disconnect(), closeWithin).catch(() => undefined))
}
