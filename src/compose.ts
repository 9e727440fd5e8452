import { createSecurityStore } from '../db/security-store.ts'
import { createSimulatedBroker } from './adapters/brokers/simulated.ts'
import { createJsonlSource } from './adapters/catalysts/jsonl.ts'
import { createPictures } from './adapters/pictures.ts'
import { createJobs } from './adapters/scheduler.ts'
import type { StartOptions } from './app/cli.ts'
import type { Ask } from './app/confirm-live.ts'
import { type AppContext, freshStatus, type Log, occasion } from './app/context.ts'
import { createApp, type RunningApp } from './app/create-app.ts'
import { createInbound } from './app/inbound.ts'
import { createNames } from './app/names.ts'
import { parseAlert } from './app/parse-alert.ts'
import { createMembership } from './app/people.ts'
import { createFindDrawing } from './app/picture-data.ts'
import { watchBroker } from './app/watch-broker.ts'
import { createWatermark } from './app/watermark.ts'
import { openAlpaca } from './compose-alpaca.ts'
import { type Books, openBooks } from './compose-books.ts'
import { buildChats } from './compose-chats.ts'
import { buildConsole } from './compose-console.ts'
import { bindBooks, identify } from './compose-identity.ts'
import { type MarketParts, openMarket } from './compose-market.ts'
import type { Environment } from './config/environment.ts'
import { loadSettings } from './config/load.ts'
import { ConfigurationError } from './config/problems.ts'
import { configSchema } from './config/schema.ts'
import type { Settings } from './config/settings.ts'
import { tighten, unenforced } from './config/tighten.ts'
import { watchConfig } from './config/watch.ts'
import { loadAllPlugins, type Plugins } from './plugins.ts'
import type { Broker } from './ports/broker.ts'
import type { CatalystSource } from './ports/catalyst-source.ts'
import type { Chat } from './ports/chat.ts'
import type { EventStore } from './ports/event-store.ts'
import type { ReadModel } from './ports/read-model.ts'

export interface BotOptions {
  readonly environment: Environment
  readonly start: StartOptions
  readonly log: Log
  /** Long steps in words, for the terminal. */
  readonly onProgress?: (step: string) => void
  /** Epoch milliseconds, instead of the clock on the wall; the simulator has a time of its own. */
  readonly now?: () => number
  /** Asks the person at the terminal; left out: nobody is there. */
  readonly ask?: Ask
  /** Replays: time moves only through `bot.advanceTo`. */
  readonly manualTime?: boolean
  /** False: acts without being the leader, as a process does that was frozen and does not know yet that another took over. */
  readonly lead?: boolean
  /** Folders with further plug-ins. */
  readonly extraFolders?: Parameters<typeof loadAllPlugins>[0]
  /** Stands between the bot and its books, its broker or its chats: how faults get in. */
  readonly wrap?: {
    readonly store?: (store: EventStore) => EventStore
    readonly read?: (read: ReadModel) => ReadModel
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
  /** Resolves with the reason when another process leads or may lead: this one must end at once, and start again to stand by. */
  readonly lost: Promise<string>
  /** Resolves when a chat platform refused us for good. */
  readonly refused: Promise<string>
  stop(): Promise<void>
}

/** What was opened, in order; closed from the end. */
export type Cleanups = (() => Promise<void> | void)[]

/** Builds the whole bot and starts it. What is opened here is closed by `stop`, in reverse order. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const cleanups: Cleanups = []
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) {
      try {
        await cleanup()
      } catch (error) {
        // What is still open closes all the same.
        options.log.error({ error }, 'something could not be closed')
      }
    }
  }
  try {
    return await build(options, cleanups, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function build(options: BotOptions, cleanups: Cleanups, stop: () => Promise<void>): Promise<Bot> {
  const { environment, log } = options
  const plugins = await loadAllPlugins(options.extraFolders)
  const settings = followSettings(options, plugins, cleanups)
  const chats: Chat[] = []
  const books = await openBooks({ options, settings: settings(), chats: () => chats.map((chat) => chat.name), cleanups })
  const { store, read, stoodBy } = books
  const who = await identify(options, books)
  const { parts, broker, line } = await openExchange(options, books, settings, cleanups)
  await bindBooks(books, parts.clock, who, cleanups)

  const status = freshStatus()
  // Nobody is identified for real money without the typed phrase, now or at an earlier start that still counts.
  status.liveEnabled = who.identity.mode === 'live'
  const context: AppContext = {
    clock: parts.clock,
    store,
    read,
    broker: watchBroker(broker, status.brokerFailures, () => parts.clock.now()),
    market: parts.market,
    log,
    names: await createNames(books.keyValue, log),
    lead: books.lead,
    watermark: await createWatermark(books.keyValue, `${broker.name}:${broker.mode}`),
    settings,
    checks: () => plugins.checks.map((check) => ({ check, limits: settings().risk[check.code.toLowerCase()] })),
    sizing: () => sizingInForce(plugins, settings()),
    status,
  }
  const owners = environment.http.token === null ? ['console:local'] : ['http:owner']
  const membership = createMembership({ store, read, settings, log, owners })
  const app = createApp({ context, outbox: books.outbox, chats: () => chats, membership })
  cleanups.push(() => app.stop())
  // The market stops first: whatever it traded is heard and written down before the rest goes.
  cleanups.push(() => parts.close())

  const pictures = createPictures({ find: createFindDrawing(app), log })
  cleanups.push(() => pictures.stop())
  const { commands, buttons } = plugins
  const inbound = createInbound({ app, commands, buttons, pictures })
  const refused = ending()
  const outside = await buildChats({ options, commands, keyValue: books.keyValue, inbound, chats, cleanups, onFatal: refused.now })
  const { slackEvents } = outside
  const database = books.database.kind
  const listen = await buildConsole({ options, plugins, app, membership, database, inbound, slackEvents, chats, cleanups, stoodBy, line })
  await app.start()
  const { url } = await listen()
  startTime(plugins, app, parts, cleanups)
  await startSources(options, app, parts.source, cleanups)
  // Last: guards and exits do not wait for a chat that cannot be reached.
  await outside.connect()
  cleanups.push(() => lastWords(app))
  const claimCode = await membership.claimCode()
  return { app, url, plugins, claimCode, advanceTo: moveTime(app, parts), lost: books.lead.lost, refused: refused.reason, stop }
}

/** Real milliseconds that cards get to tell what was decided last, while the chats are still open. */
const lastWordsMs = 2_000

async function lastWords(app: RunningApp): Promise<void> {
  const late = new Promise((done) => setTimeout(done, lastWordsMs).unref())
  await Promise.race([app.settled(), late])
}

/** Why the process has to end. */
function ending(): { readonly reason: Promise<string>; now(why: string): void } {
  let now: (why: string) => void = () => undefined
  const reason = new Promise<string>((resolve) => {
    now = resolve
  })
  return { reason, now: (why) => now(why) }
}

/** The market and the broker that trades on it; time stands still until `startTime`. */
async function openExchange(options: BotOptions, books: Books, settings: () => Settings, cleanups: Cleanups) {
  const opened = options.environment.mode === 'sim' ? await openSimulation(options, books, settings) : await openAlpaca(options)
  const broker = options.wrap?.broker?.(opened.broker) ?? opened.broker
  cleanups.push(() => broker.disconnect())
  await createSecurityStore(books.database).saveSecurities(await opened.parts.market.securities())
  return { parts: opened.parts, broker, line: opened.line }
}

async function openSimulation({ start, manualTime = false, log }: BotOptions, books: Books, settings: () => Settings) {
  const [newest] = await books.read.events({ newest: true }, 1)
  const parts = await openMarket({
    settings: settings().simulation,
    start,
    manual: manualTime,
    store: books.keyValue,
    notBefore: newest ? Date.parse(newest.occurredAt) : null,
    log,
  })
  const { market, clock } = parts
  return { parts, broker: await createSimulatedBroker({ feed: market, clock, store: books.keyValue, settings, log }), line: () => null }
}

/** Jobs go by the clock on the wall, or, in a replay, by the steps of its own. */
function startTime(plugins: Plugins, app: RunningApp, parts: MarketParts, cleanups: Cleanups): void {
  const jobs = createJobs(
    plugins.jobs.map(({ name, schedule, run }) => ({ name, schedule, run: () => run(app) })),
    app.log,
  )
  cleanups.push(() => jobs.stop())
  if (parts.eachStep === null) jobs.start()
  else
    parts.eachStep(async () => {
      await jobs.runAll()
      await app.settled()
    })
  parts.open()
}

/** What was asked for before time moves is carried out at its own time. */
function moveTime(app: RunningApp, { advanceTo }: MarketParts): Bot['advanceTo'] {
  if (advanceTo === null) return null
  return async (at) => {
    await app.settled()
    await advanceTo(at)
  }
}

/** Settings from the file, with what the command line says on top; they follow the file while the bot runs. */
function followSettings(options: BotOptions, plugins: Plugins, cleanups: Cleanups): () => Settings {
  const { configFile, configFileNamed } = options.environment
  const schema = configSchema(plugins.checks, plugins.sizing)
  const { seed, speed } = options.start
  let current = loadSettings(schema, configFile, configFileNamed)
  const limits = options.start.limits ?? {}
  tellUnenforced(options, unenforced(current, limits))
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
    ...tighten(current, limits),
    simulation: { ...current.simulation, ...(seed === undefined ? {} : { seed }), ...(speed === undefined ? {} : { speed }) },
  })
}

/** With real money a limit that nothing enforces is refused; without, it is said aloud. */
function tellUnenforced({ environment, log }: BotOptions, problems: readonly string[]): void {
  if (problems.length > 0 && environment.mode === 'live')
    throw new ConfigurationError(problems.map((problem) => `${problem}: leave it out`))
  for (const problem of problems) log.warn({}, problem)
}

function sizingInForce(plugins: Plugins, settings: Settings) {
  const method = plugins.sizing.find(({ name }) => name === settings.sizing.method)
  if (!method) throw new Error(`no sizing method is called ${settings.sizing.method}`)
  return { method, settings: settings.sizing[method.name] }
}

async function startSources(options: BotOptions, app: RunningApp, own: CatalystSource | null, cleanups: Cleanups) {
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
