import { randomUUID } from 'node:crypto'
import { fastifyCookie } from '@fastify/cookie'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { json, problem } from '../../app/route.ts'
import { createAccess, local, nobody } from './access.ts'
import { answerTo, pathOf, send } from './answers.ts'
import { guard, isLoopback, securityHeaders } from './guards.ts'
import { openApi } from './openapi.ts'
import type { HttpOptions } from './options.ts'
import { mountPage } from './page.ts'
import { mountRoute } from './routes.ts'

export interface HttpServer {
  /** @throws when the address is taken, or would be open to others without a token. */
  listen(): Promise<{ readonly url: string; readonly port: number }>
  /** Stops accepting, ends live streams, lets answers finish; after five seconds cuts what is left. */
  close(): Promise<void>
}

const requestTimeoutMs = 30_000
const closeDeadlineMs = 5_000
const correlationId = /^[A-Za-z0-9._-]{8,64}$/

export function createHttpServer(options: HttpOptions): HttpServer {
  const { app, token, host, port, operations, log } = options
  if (token === null && !isLoopback(host)) throw new Error(`HTTP_HOST=${host} would be open to others: set HTTP_TOKEN first`)
  if (token === null && app.broker.mode === 'live') throw new Error('live trading needs HTTP_TOKEN, on loopback too')
  const server = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: 'idle',
    genReqId: (request) => {
      const given = request.headers['x-correlation-id']
      return typeof given === 'string' && correlationId.test(given) ? given : randomUUID()
    },
  })
  const mounting = { ...options, access: createAccess(token, local) }
  // The address it was told to listen on is its own name, unless it means "all".
  const own = ['0.0.0.0', '::'].includes(host) ? [] : [bracketed(host)]
  const allowedHosts = [...options.allowedHosts, ...own]
  takeJsonOnly(server)
  void server.register(fastifyCookie)
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-correlation-id': request.id, 'cache-control': 'no-store' })
    const refusal = guard(request.method, request.headers, allowedHosts)
    if (!refusal) return
    const { host: name, origin } = request.headers
    log.warn(
      { actor: nobody.id, address: request.ip, path: pathOf(request), host: name, origin, status: refusal.status },
      'request refused',
    )
    return send(reply, refusal)
  })
  server.setErrorHandler((error: FastifyError, request, reply) => send(reply, answerTo(error, request, log)))
  server.setNotFoundHandler((request, reply) => send(reply, problem(404, 'Not found', `There is no ${request.method} ${pathOf(request)}.`)))
  for (const route of options.routes) if (!route.raw) mountRoute(server, route, mounting)
  // In a scope of their own, so that no other route takes a form.
  void server.register((scope, _, done) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (__, body, parsed) => parsed(null, body))
    for (const route of options.routes) if (route.raw) mountRoute(scope, route, mounting)
    done()
  })
  const description = openApi(options.routes, operations.version)
  server.get('/openapi.json', (_, reply) => send(reply, json(200, description)))
  mountPage(server, options.page)

  return {
    async listen() {
      await server.listen({ host, port })
      const address = server.server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      return { url: `http://${bracketed(host)}:${bound}`, port: bound }
    },
    async close() {
      operations.live.close()
      const deadline = setTimeout(() => server.server.closeAllConnections(), closeDeadlineMs)
      await server.close()
      clearTimeout(deadline)
    },
  }
}

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)

/** Bodies stay text until the route is known to want them. Anything but JSON, which a foreign form could send, is refused. */
function takeJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body))
}
