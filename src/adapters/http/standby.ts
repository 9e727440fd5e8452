import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Log } from '../../app/context.ts'
import { type Answer, json, problem } from '../../app/route.ts'
import { createAccess, local, nobody } from './access.ts'
import { pathOf, send } from './answers.ts'
import { guard, isLoopback, securityHeaders } from './guards.ts'
import type { HttpServer } from './server.ts'

/** The process that trades instead of this one; null while nobody is known to. */
export interface LeaderShown {
  readonly host: string
  readonly pid: number
  readonly port: number
  /** ISO 8601 UTC. */
  readonly since: string
  /** Real milliseconds since it last showed that it lives; null when that is not known. */
  readonly silentMs: number | null
}

export interface StandbyOptions {
  readonly version: string
  readonly leader: () => LeaderShown | null
  /** What keeps this process from taking over, in words. */
  readonly problem: () => string | null
  readonly metrics: () => Promise<string>
  readonly host: string
  readonly port: number
  readonly token: string | null
  readonly allowedHosts: readonly string[]
  readonly log: Log
}

const retryAfter = { 'retry-after': '5' }

/**
 * What a process answers while another one trades: how it is, who leads, and where to go instead. Reads of the books are left out
 * on purpose: they would be right here too, but a page whose buttons are dead is worse than a page that says so.
 */
export function createStandbyServer(options: StandbyOptions): HttpServer {
  const { host, port, token, allowedHosts, log } = options
  if (token === null && !isLoopback(host)) throw new Error(`HTTP_HOST=${host} would be open to others: set HTTP_TOKEN first`)
  const server = Fastify({ logger: false, exposeHeadRoutes: false, forceCloseConnections: true, genReqId: () => randomUUID() })
  const own = ['0.0.0.0', '::'].includes(host) ? [] : [bracketed(host)]
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-correlation-id': request.id, 'cache-control': 'no-store' })
    const refusal = guard(request.method, request.headers, [...allowedHosts, ...own])
    if (refusal) return send(reply, refusal)
    // Before any body is read: nothing is taken here.
    if (request.method !== 'GET') return send(reply, elsewhere(options, request.method, pathOf(request)))
  })
  server.setErrorHandler((error, request, reply) => {
    log.error({ err: error, correlationId: request.id }, 'request failed')
    return send(reply, problem(500, 'Unexpected error', `Something broke here. The log tells more under ${request.id}.`))
  })
  server.setNotFoundHandler((request, reply) => send(reply, elsewhere(options, request.method, pathOf(request))))
  mount(server, options)

  return {
    async listen() {
      await server.listen({ host, port })
      const address = server.server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      return { url: `http://${bracketed(host)}:${bound}`, port: bound }
    },
    close: () => server.close(),
  }
}

function mount(server: FastifyInstance, options: StandbyOptions): void {
  const access = createAccess(options.token, local)
  const get = (path: string, answer: (reply: FastifyReply) => Answer | Promise<Answer>) =>
    server.get(path, async (_, reply) => send(reply, await answer(reply)))
  const missing = () => [leaderWords(options), options.problem()].filter((words) => words !== null)
  get('/health/live', () => json(200, { status: 'live' }))
  get('/health/ready', () => ({ ...json(503, { status: 'standing by', missing: missing() }), headers: retryAfter }))
  get('/health', () => {
    const leader = options.leader()
    return json(200, {
      status: 'standing by',
      role: 'standby',
      missing: missing(),
      version: options.version,
      leader: leader && { host: leader.host, pid: leader.pid, port: leader.port, since: leader.since, silent_ms: leader.silentMs },
    })
  })
  get('/', () => ({ status: 503, headers: retryAfter, contentType: 'text/html; charset=utf-8', body: page(missing()) }))
  get('/metrics', async ({ request }) => {
    const identity = access.identify(request.ip, request.headers.authorization, undefined)
    if ('refused' in identity || identity.actor.id === nobody.id)
      return problem(401, 'Not signed in', 'Send Authorization: Bearer with the HTTP_TOKEN.')
    return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: await options.metrics() }
  })
}

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

function leaderWords({ leader }: StandbyOptions): string {
  const seen = leader()
  if (seen === null) return 'another process leads on this database; it has not said which'
  const where = `leader is ${seen.host}, process ${seen.pid}, port ${seen.port}, since ${seen.since}`
  return seen.silentMs !== null && seen.silentMs > 5_000 ? `${where}; silent for ${Math.round(seen.silentMs / 1_000)} s` : where
}

/** What to do instead. */
const elsewhere = (options: StandbyOptions, method: string, path: string): Answer => ({
  ...problem(
    503,
    'Standing by',
    `${method} ${path} is not answered here: ${leaderWords(options)}. Ask the leader; this one takes over when it is gone.`,
  ),
  headers: retryAfter,
})

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Asks again by itself: after a take-over the console is here. */
const page = (lines: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5">
<title>Catalyst: standing by</title>
</head>
<body>
<h1>Standing by</h1>
${lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
<p>This process takes over when the leader is gone. The page looks again every five seconds.</p>
</body>
</html>
`
