import { openDatabase } from '../db/connect.ts'
import { createEventStore } from '../db/event-store.ts'
import { createKeyValueStore } from '../db/key-value.ts'
import { type Leadership, tryLead } from '../db/leader.ts'
import { createOutbox } from '../db/outbox.ts'
import { createReadModel } from '../db/read-model.ts'
import { createSecurityStore } from '../db/security-store.ts'
import { createSimulatedBroker } from './adapters/brokers/simulated.ts'
import { createJsonlSource } from './adapters/catalysts/jsonl.ts'
import { loadPage } from './adapters/chat/console/bundle.ts'
import { createConsoleChat } from './adapters/chat/console.ts'
import { createHttpServer } from './adapters/http/server.ts'
import { createMetrics } from './adapters/metrics.ts'
import { createJobs } from './adapters/scheduler.ts'
import type { StartOptions } from './app/cli.ts'
import { type AppContext, type Log, occasion } from './app/context.ts'
import { createApp, type RunningApp } from './app/create-app.ts'
import { createInbound } from './app/inbound.ts'
import { createLive } from './app/live.ts'
import type { Operations } from './app/operations.ts'
import { parseAlert } from './app/parse-alert.ts'
import { createMembership } from './app/people.ts'
import { type MarketParts, openMarket } from './compose-market.ts'
import type { Environment } from './config/environment.ts'
import { loadSettings } from './config/load.ts'
import { configSchema } from './config/schema.ts'
import type { Settings } from './config/settings.ts'
import { watchConfig } from './config/watch.ts'
import { loadAllPlugins, type Plugins } from './plugins.ts'
import type { Broker } from './ports/broker.ts'
import type { CatalystSource } from './ports/catalyst-source.ts'
import type { Chat } from './ports/chat.ts'
import type { EventStore } from './ports/event-store.ts'
import { version } from './version.ts'

export interface BotOptions {
  readonly environment: Environment
  readonly start: StartOptions
  readonly log: Log
  /** Long steps in words, for the terminal. */
  readonly onProgress?: (step: string) => void
  /** Replays: time moves only through `bot.advanceTo`. */
  readonly manualTime?: boolean
  /** False: acts without being the leader, as a process does that was frozen and does not know yet that another took over. */
  readonly lead?: boolean
  /** Folders with further plug-ins. */
  readonly extraFolders?: Parameters<typeof loadAllPlugins>[0]
  /** Stands between the bot and its books, its broker or its chats: how faults get in. */
  readonly wrap?: {
    readonly store?: (store: EventStore) => EventStore
    readonly broker?: (broker: Broker) => Broker
    readonly chat?: (chat: Chat) => Chat
  }
}

export interface Bot {
  readonly app: RunningApp
  readonly url: string
  readonly plugins: Plugins
  /** The one-time owner code, while there is no owner. */
  readonly claimCode: string | null
  readonly advanceTo: MarketParts['advanceTo']
  /** Resolves when it can no longer lead: the process should end and start again. */
  readonly lost: Promise<string>
  stop(): Promise<void>
}

/** Builds the whole bot and starts it. What is opened here is closed by `stop`, in reverse order. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const cleanups: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  }
  try {
    return await build(options, cleanups, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function build(options: BotOptions, cleanups: (() => Promise<void> | void)[], stop: () => Promise<void>): Promise<Bot> {
  const { environment, log } = options
  const plugins = await loadAllPlugins(options.extraFolders)
  const settings = followSettings(options, plugins, cleanups)

  const database = await openDatabase({
    url: environment.databaseUrl,
    dataDir: options.start.dataDir ?? environment.dataDir,
    log,
    onProgress: options.onProgress ?? (() => undefined),
  })
  cleanups.push(() => database.close())
  const leadership = options.lead === false ? null : await untilLeader(database, options)
  if (leadership) cleanups.push(() => leadership.resign())

  const chats: Chat[] = []
  const own = createEventStore(database, { chats: () => chats.map((chat) => chat.name), log })
  const store = options.wrap?.store?.(own) ?? own
  const read = createReadModel(database.drizzle, database.sql)
  const keyValue = createKeyValueStore(database)
  const [newest] = await read.events({ newest: true }, 1)

  const parts = await openMarket({
    settings: settings().simulation,
    start: options.start,
    manual: options.manualTime ?? false,
    store: keyValue,
    notBefore: newest ? Date.parse(newest.occurredAt) : null,
    log,
  })
  const { market, clock } = parts
  const simulated = await createSimulatedBroker({ feed: market, clock, store: keyValue, settings, log })
  const broker = options.wrap?.broker?.(simulated) ?? simulated
  cleanups.push(() => broker.disconnect())
  await createSecurityStore(database).saveSecurities(await market.securities())

  const context: AppContext = {
    clock,
    store,
    read,
    broker,
    market,
    log,
    settings,
    checks: () => plugins.checks.map((check) => ({ check, limits: settings().risk[check.code.toLowerCase()] })),
    sizing: () => sizingInForce(plugins, settings()),
    status: { reconciling: true, startedAt: Date.now(), nakedSince: new Map(), inFlight: new Map() },
  }
  const owners = environment.http.token === null ? ['console:local'] : ['http:owner']
  const membership = createMembership({ store, read, settings, owners })
  const app = createApp({ context, outbox: createOutbox(database), chats: () => chats, membership })
  cleanups.push(() => app.stop())
  // The market stops first: whatever it traded is heard and written down before the rest goes.
  cleanups.push(() => parts.close())

  const metrics = createMetrics(store)
  metrics.setTradingState((await read.tradingState()).state)
  cleanups.push(() => metrics.stop())
  const inbound = createInbound({ app, commands: plugins.commands, buttons: plugins.buttons })
  const facts: Omit<Operations, 'live'> = {
    version,
    database: database.kind,
    metrics: async () => (await metrics.render()).body,
    brokerConnected: () => broker.connected(),
    chats: () => chats.map((chat) => ({ name: chat.name, connected: chat.connected() })),
    claimCode: () => membership.claimCode(),
    webhookSecret: environment.webhookSecret,
    inbound,
  }
  const live = createLive(app, facts)
  const console_ = createConsoleChat({ show: live.show })
  await console_.start(inbound)
  chats.push(options.wrap?.chat?.(console_) ?? console_)
  cleanups.push(() => console_.stop())

  await app.start()
  const server = createHttpServer({
    app,
    routes: plugins.routes,
    commands: plugins.commands,
    operations: { ...facts, live },
    page: await loadPage(),
    host: environment.http.host,
    port: options.start.port ?? environment.http.port,
    token: environment.http.token,
    allowedHosts: environment.http.allowedHosts,
    log,
  })
  const { url } = await server.listen()
  cleanups.push(() => server.close())

  const jobs = createJobs(
    plugins.jobs.map(({ name, schedule, run }) => ({ name, schedule, run: () => run(app) })),
    log,
  )
  cleanups.push(() => jobs.stop())
  if (parts.eachStep === null) jobs.start()
  else
    parts.eachStep(async () => {
      await jobs.runAll()
      await app.settled()
    })
  parts.open()
  await startSources(options, app, parts.source, cleanups)
  const claimCode = await membership.claimCode()
  const { advanceTo: move } = parts
  const advanceTo: Bot['advanceTo'] =
    move &&
    (async (at) => {
      // What was asked for before time moves is carried out at its own time.
      await app.settled()
      await move(at)
    })
  return { app, url, plugins, claimCode, advanceTo, lost: lossOf(leadership), stop }
}

/** Settings from the file, with what the command line says on top; they follow the file while the bot runs. */
function followSettings(options: BotOptions, plugins: Plugins, cleanups: (() => Promise<void> | void)[]): () => Settings {
  const { configFile, configFileNamed } = options.environment
  const schema = configSchema(plugins.checks, plugins.sizing)
  const { seed, speed } = options.start
  let current = loadSettings(schema, configFile, configFileNamed)
  const watch = watchConfig({
    schema,
    path: configFile,
    current,
    onChange: (next) => {
      current = next
    },
    log: options.log,
  })
  cleanups.push(() => watch.stop())
  return () => ({
    ...current,
    simulation: { ...current.simulation, ...(seed === undefined ? {} : { seed }), ...(speed === undefined ? {} : { speed }) },
  })
}

function sizingInForce(plugins: Plugins, settings: Settings) {
  const method = plugins.sizing.find(({ name }) => name === settings.sizing.method)
  if (!method) throw new Error(`no sizing method is called ${settings.sizing.method}`)
  return { method, settings: settings.sizing[method.name] }
}

const lossOf = (leadership: Leadership | null): Promise<string> =>
  new Promise((resolve) => leadership?.onLost(() => resolve('another process may lead now: the connection to the database broke')))

const standbyPollMs = 1_000

/** One process trades; others on the same database wait here and take over when it is gone. */
async function untilLeader(database: Awaited<ReturnType<typeof openDatabase>>, { log, onProgress }: BotOptions) {
  for (let waiting = false; ; waiting = true) {
    const leadership = await tryLead(database)
    if (leadership) return leadership
    if (!waiting) {
      log.info({}, 'another process leads on this database; this one stands by and takes over when it is gone')
      onProgress?.('Standing by: another process leads on this database')
    }
    await new Promise((done) => setTimeout(done, standbyPollMs))
  }
}

async function startSources(options: BotOptions, app: RunningApp, own: CatalystSource | null, cleanups: (() => Promise<void> | void)[]) {
  const file = options.start.alerts
  const sources = [
    own,
    file === undefined
      ? null
      : createJsonlSource({ file, clock: app.clock, parse: (value) => parseAlert(value, app.clock.now()), log: options.log }),
  ]
  for (const source of sources) {
    if (source === null) continue
    await source.start(async (content) => {
      await app.raiseAlert(content, occasion(app, `source:${source.name}`))
    })
    cleanups.push(() => source.stop())
  }
}
