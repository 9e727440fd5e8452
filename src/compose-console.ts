import { setTimeout as sleep } from 'node:timers/promises'
import { loadPage } from './adapters/chat/console/bundle.ts'
import { createConsoleChat } from './adapters/chat/console.ts'
import { createHttpServer, type HttpServer } from './adapters/http/server.ts'
import { createMetrics } from './adapters/metrics.ts'
import type { RunningApp } from './app/create-app.ts'
import { createLive } from './app/live.ts'
import type { Operations } from './app/operations.ts'
import type { Membership } from './app/people.ts'
import { isUnsure } from './app/resolve-unknown.ts'
import type { BotOptions, Cleanups } from './compose.ts'
import { isPortTaken } from './compose-standby.ts'
import type { Plugins } from './plugins.ts'
import type { Chat, ChatInbound } from './ports/chat.ts'
import { version } from './version.ts'

export interface ConsoleParts {
  readonly options: BotOptions
  readonly plugins: Plugins
  readonly app: RunningApp
  readonly membership: Membership
  readonly database: Operations['database']
  readonly inbound: ChatInbound
  readonly slackEvents: Operations['slackEvents']
  /** The console adds itself. */
  readonly chats: Chat[]
  readonly cleanups: Cleanups
  /** Whether this process took over from another. */
  readonly stoodBy: boolean
  readonly line: Operations['exchange']
}

/** The console as a chat, and the HTTP surface with its page. @returns what begins to listen, once the books agree. */
export async function buildConsole(parts: ConsoleParts): Promise<() => Promise<{ readonly url: string }>> {
  const { options, plugins, app, membership, database, inbound, slackEvents, chats, cleanups } = parts
  const { environment, start, log } = options
  const metrics = createMetrics(app.store, app.broker, {
    exchange: parts.line,
    unknownOrders: async () => (await app.read.workingOrders()).filter(isUnsure).length,
  })
  metrics.setTradingState((await app.read.tradingState()).state)
  cleanups.push(() => metrics.stop())

  const facts: Omit<Operations, 'live'> = {
    version,
    database,
    metrics: async () => (await metrics.render()).body,
    brokerConnected: () => app.broker.connected(),
    exchange: parts.line,
    chats: () => chats.map((chat) => ({ name: chat.name, connected: chat.connected() })),
    claimCode: () => membership.claimCode(),
    webhookSecret: environment.webhookSecret,
    slackEvents,
    inbound,
  }
  const live = createLive(app, facts)
  const chat = createConsoleChat({ show: live.show })
  await chat.start(inbound)
  cleanups.push(() => chat.stop())
  chats.push(options.wrap?.chat?.(chat) ?? chat)

  const { host, token, allowedHosts } = environment.http
  const port = start.port ?? environment.http.port
  const page = await loadPage()
  const operations = { ...facts, live }
  const create = () =>
    createHttpServer({ app, routes: plugins.routes, commands: plugins.commands, operations, page, host, port, token, allowedHosts, log })
  return () => (parts.stoodBy ? listenInTime(create, environment.http.host, port, parts) : listenNow(create, cleanups))
}

async function listenNow(create: () => HttpServer, cleanups: Cleanups): Promise<{ readonly url: string }> {
  const server = create()
  const address = await server.listen()
  cleanups.push(() => server.close())
  return address
}

const portRetryMs = 1_000

/** The leader before may be frozen on this very machine, with the port in its hands: trading does not wait for it, the console does. */
async function listenInTime(create: () => HttpServer, host: string, port: number, parts: ConsoleParts): Promise<{ readonly url: string }> {
  const { cleanups, options } = parts
  let over = false
  cleanups.push(() => {
    over = true
  })
  const listen = async (): Promise<{ readonly url: string } | null> => {
    try {
      return await listenNow(create, cleanups)
    } catch (error) {
      if (isPortTaken(error)) return null
      throw error
    }
  }
  const listening = await listen()
  if (listening) return listening
  options.log.error(
    { port },
    `port ${port} is still taken by the process that led before: this one trades, and its console waits for the port`,
  )
  const again = async () => {
    while (!over && !(await listen())) await sleep(portRetryMs, undefined, { ref: false })
  }
  again().catch((error: unknown) => options.log.error({ error }, 'the console cannot listen'))
  return { url: `http://${host}:${port}` }
}
