import { createHmac } from 'node:crypto'
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { stringify } from 'yaml'
import type { StartOptions } from '../../src/app/cli.ts'
import { type Bot, type BotOptions, startBot } from '../../src/compose.ts'
import { type Environment, readEnvironment } from '../../src/config/environment.ts'
import type { Launch } from '../../src/config/mode.ts'
import { spot, spotInFiles, spotInLog, spotInTables } from './leaks.ts'
import { createOnServer, dataFolderTemplate, dropOnServer } from './templates.ts'

export const webhookSecret = 's3cr3t-webhook-for-tests'

/** Limits for tests that hold much at once, enter quickly or provoke failures: what they are about is something else. */
export const roomyLimits = {
  max_positions: { count: 1000 },
  total_exposure: { percent: 400 },
  sector_exposure: { percent: 400 },
  correlation: { coefficient: 1 },
  daily_loss: { usd: 1_000_000_000, equity_percent: 100 },
  order_rate: { per_minute: 1000 },
  broker_errors: { failures: 1000 },
}

/** Settings that take chance out of the simulated broker, and the portfolio's limits out of the way. */
export const plainBroker = {
  risk: roomyLimits,
  simulation: { stale_quote_rate: 0, partial_fill_rate: 0, reject_rate: 0, latency_ms: 0, catalysts_per_hour: 0 },
  // Tests are quicker than people.
  approvals: { actions_per_minute: 600 },
}

export interface TestBotOptions {
  readonly settings?: object
  readonly start?: Partial<StartOptions>
  readonly manualTime?: boolean
  readonly environment?: Readonly<Record<string, string>>
  readonly bot?: Partial<BotOptions>
  /** Checks the environment as a start of this kind does; paper and live start no other way. */
  readonly launch?: Launch
  /** Keep the database of an earlier bot: what `stop({ keep: true })` returned. */
  readonly home?: BotHome
}
/** Where a bot keeps everything: survives the bot, so that another can start on it. */
export interface BotHome {
  readonly folder: string
  readonly databaseUrl: string | null
}

/** A whole bot on a free port, with its own database on whichever server the tests run. */
export interface TestBot {
  readonly bot: Bot
  readonly url: string
  readonly home: BotHome
  readonly log: readonly LogLine[]
  get<T = Record<string, unknown>>(path: string): Promise<{ status: number; body: T }>
  post<T = Record<string, unknown>>(path: string, body?: object, headers?: Record<string, string>): Promise<{ status: number; body: T }>
  /** Signs as the webhook wants it. */
  alert(body: object): Promise<{ status: number; body: Record<string, unknown> }>
  stop(options?: { keep?: boolean }): Promise<void>
}
export interface LogLine {
  readonly level: string
  readonly message: string
  readonly facts: object
}

/** @param from a home to begin with everything of, instead of with empty books; no bot may be running in it. */
export async function createHome(from: BotHome | null = null): Promise<BotHome> {
  const folder = await mkdtemp(join(tmpdir(), 'catalyst-test-'))
  const server = process.env['TEST_DATABASE_URL']
  if (from) await cp(from.folder, folder, { recursive: true })
  if (!server) {
    if (!from) await cp(await dataFolderTemplate(), join(folder, 'data'), { recursive: true })
    return { folder, databaseUrl: null }
  }
  const name = `catalyst_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await createOnServer(server, name, from?.databaseUrl ? databaseOf(from.databaseUrl) : null)
  return { folder, databaseUrl: Object.assign(new URL(server), { pathname: `/${name}` }).href }
}

const databaseOf = (url: string): string => new URL(url).pathname.slice(1)

export async function removeHome(home: BotHome): Promise<void> {
  if (home.databaseUrl === null) await spotInFiles(join(home.folder, 'data'), (await stat(home.folder)).birthtimeMs)
  await rm(home.folder, { recursive: true, force: true })
  const server = process.env['TEST_DATABASE_URL']
  if (home.databaseUrl === null || !server) return
  const sql = postgres(home.databaseUrl, { max: 1 })
  await spotInTables(sql)
  await sql.end()
  await dropOnServer(server, databaseOf(home.databaseUrl))
}

/** The environment of a bot that lives in a home; nothing comes from the machine's own. */
export async function environmentOf(
  home: BotHome,
  settings: object,
  extra: Readonly<Record<string, string>> = {},
  launch?: Launch,
): Promise<Environment> {
  const config = join(home.folder, 'config.yaml')
  await writeFile(config, stringify(settings))
  return readEnvironment({
    process: {
      CONFIG_FILE: config,
      DATA_DIR: join(home.folder, 'data'),
      ALERT_WEBHOOK_SECRET: webhookSecret,
      LOG_LEVEL: 'error',
      ...(home.databaseUrl === null ? {} : { DATABASE_URL: home.databaseUrl }),
      ...extra,
    },
    file: join(home.folder, '.env'),
    ...(launch === undefined ? {} : { launch }),
  })
}

export function signed(body: string, timestamp = Math.floor(Date.now() / 1000)): Record<string, string> {
  const mac = createHmac('sha256', webhookSecret).update(`v0:${timestamp}:${body}`).digest('hex')
  return { 'content-type': 'application/json', 'x-catalyst-timestamp': String(timestamp), 'x-catalyst-signature': `v0=${mac}` }
}

export async function startTestBot(options: TestBotOptions = {}): Promise<TestBot> {
  const home = options.home ?? (await createHome())
  const environment = await environmentOf(home, options.settings ?? plainBroker, options.environment, options.launch)
  const lines: LogLine[] = []
  const write = (level: string) => (facts: object, message: string) => {
    lines.push({ level, message, facts })
    spotInLog(message, facts)
  }
  const log = { info: write('info'), warn: write('warn'), error: write('error'), debug: write('debug') }
  const bot = await startBot({
    environment,
    start: { splits: [], port: 0, ...options.start },
    log,
    ...(options.manualTime === undefined ? {} : { manualTime: options.manualTime }),
    ...options.bot,
  })
  const token: Record<string, string> = environment.http.token === null ? {} : { authorization: `Bearer ${environment.http.token}` }
  const ask = async <T>(path: string, init: RequestInit): Promise<{ status: number; body: T }> => {
    const answer = await fetch(new URL(path, bot.url), { ...init, headers: { ...token, ...Object.fromEntries(new Headers(init.headers)) } })
    return { status: answer.status, body: (await answer.json()) as T }
  }
  return {
    bot,
    url: bot.url,
    home,
    log: lines,
    get: (path) => ask(path, {}),
    post: (path, body = {}, headers = {}) =>
      ask(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }),
    alert(body) {
      const raw = JSON.stringify(body)
      return ask('/api/v1/alerts', { method: 'POST', headers: signed(raw), body: raw })
    },
    async stop({ keep = false } = {}) {
      // One that was stopped before says nothing any more.
      const metrics = await fetch(new URL('/metrics', bot.url), { headers: token }).catch(() => null)
      if (metrics) spot('metrics', await metrics.text())
      await bot.stop()
      if (!keep) await removeHome(home)
    },
  }
}

/** Waits until something holds, looking often at first: a look is work for the bot that is waited for. @throws Error naming what did not happen in time. */
export async function eventually<T>(what: string, look: () => Promise<T | null | false | undefined>, timeoutMs = 15_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (let looks = 0; ; looks++) {
    const found = await look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`did not happen within ${timeoutMs} ms: ${what}`)
    await new Promise((done) => setTimeout(done, looks < 15 ? 20 : 60))
  }
}
