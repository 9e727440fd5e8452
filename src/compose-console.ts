import { loadPage } from './adapters/chat/console/bundle.ts'
import { createConsoleChat } from './adapters/chat/console.ts'
import { createHttpServer } from './adapters/http/server.ts'
import { createMetrics } from './adapters/metrics.ts'
import type { RunningApp } from './app/create-app.ts'
import { createLive } from './app/live.ts'
import type { Operations } from './app/operations.ts'
import type { Membership } from './app/people.ts'
import type { BotOptions, Cleanups } from './compose.ts'
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
}

/** The console as a chat, and the HTTP surface with its page. @returns what begins to listen, once the books agree. */
export async function buildConsole(parts: ConsoleParts): Promise<() => Promise<{ readonly url: string }>> {
  const { options, plugins, app, membership, database, inbound, slackEvents, chats, cleanups } = parts
  const { environment, start, log } = options
  const metrics = createMetrics(app.store, app.broker)
  metrics.setTradingState((await app.read.tradingState()).state)
  cleanups.push(() => metrics.stop())

  const facts: Omit<Operations, 'live'> = {
    version,
    database,
    metrics: async () => (await metrics.render()).body,
    brokerConnected: () => app.broker.connected(),
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

  return async () => {
    const server = createHttpServer({
      app,
      routes: plugins.routes,
      commands: plugins.commands,
      operations: { ...facts, live },
      page: await loadPage(),
      host: environment.http.host,
      port: start.port ?? environment.http.port,
      token: environment.http.token,
      allowedHosts: environment.http.allowedHosts,
      log,
    })
    cleanups.push(() => server.close())
    return server.listen()
  }
}
