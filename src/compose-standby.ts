import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../db/connect.ts'
import { type Attempt, type Candidate, createCandidate } from '../db/leader.ts'
import type { LeaderTimers, Reign } from '../db/reign.ts'
import { loadPage } from './adapters/chat/console/bundle.ts'
import type { HttpServer } from './adapters/http/server.ts'
import { createStandbyServer } from './adapters/http/standby.ts'
import { createStandbyMetrics } from './adapters/metrics.ts'
import type { BotOptions } from './compose.ts'
import type { Settings } from './config/settings.ts'
import { version } from './version.ts'

/** Real milliseconds between two looks, at most. */
const pollMs = 1_000

export const timersOf = ({ leader }: Settings): LeaderTimers => ({
  heartbeatMs: leader.heartbeat_seconds * 1_000,
  takeoverMs: leader.takeover_seconds * 1_000,
  sendWithinMs: leader.send_within_seconds * 1_000,
})

/** One process trades; others on the same database wait here, say so to whoever asks, and take over when it is gone. */
export async function untilLeading(
  database: Database,
  timers: LeaderTimers,
  options: BotOptions,
): Promise<{ reign: Reign; stoodBy: boolean }> {
  const candidate = createCandidate(database, { timers, port: options.start.port ?? options.environment.http.port })
  try {
    const first = await candidate.attempt()
    if (first.reign) return { reign: first.reign, stoodBy: false }
    return { reign: await standBy(candidate, first, timers, options), stoodBy: true }
  } finally {
    await candidate.close()
  }
}

async function standBy(candidate: Candidate, first: Attempt, timers: LeaderTimers, options: BotOptions): Promise<Reign> {
  const { log, onProgress } = options
  log.info({}, 'another process leads on this database; this one stands by and takes over when it is gone')
  onProgress?.('Standing by: another process leads on this database')
  let last = first
  let told: string | null = null
  const server = await answerMeanwhile(options, () => last)
  warmUp(options).catch((error: unknown) => log.debug({ error }, 'not warmed up; it is loaded when it is needed'))
  try {
    for (;;) {
      await sleep(Math.min(pollMs, timers.heartbeatMs))
      const next = await candidate.attempt().catch((error: unknown) => {
        const words = error instanceof Error ? error.message : String(error)
        return { reign: null, leader: null, problem: `the database does not answer: ${words}` }
      })
      if (next.reign) {
        log.warn({}, 'this process leads now')
        return next.reign
      }
      last = next
      if (next.problem !== null && next.problem !== told) log.warn({ leader: next.leader }, `cannot take over: ${next.problem}`)
      told = next.problem
    }
  } finally {
    await server?.close()
  }
}

/** What takes a while to load, and stays as it is: a take-over must not wait for it. */
async function warmUp({ environment }: BotOptions): Promise<void> {
  await loadPage()
  if (environment.discord) await import('./adapters/chat/discord.ts')
  if (environment.slack) await import('./adapters/chat/slack.ts')
}

/** @returns null when the port is taken, as it is by a leader on the same machine: it takes over all the same. */
async function answerMeanwhile({ environment, start, log, onProgress }: BotOptions, last: () => Attempt): Promise<HttpServer | null> {
  const { http } = environment
  const port = start.port ?? http.port
  const metrics = createStandbyMetrics()
  const seen = () => {
    const attempt = last()
    return attempt.reign === null ? attempt : { leader: null, problem: null }
  }
  const server = createStandbyServer({
    version,
    leader: () => seen().leader,
    problem: () => seen().problem,
    metrics: () => metrics.render(),
    host: http.host,
    port,
    token: http.token,
    allowedHosts: http.allowedHosts,
    log,
  })
  try {
    const { url } = await server.listen()
    onProgress?.(`Standing by at ${url}`)
    return server
  } catch (error) {
    if (!isPortTaken(error)) throw error
    log.warn(
      { port },
      `port ${port} is taken, by the leader most likely: this process answers nothing while it stands by; set another PORT to see it`,
    )
    await server.close()
    return null
  }
}

export const isPortTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
