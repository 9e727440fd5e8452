import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { authorize, type Forbidden } from '../../app/authorize.ts'
import { occasion } from '../../app/context.ts'
import { type Answer, type FieldProblem, problem, type Route } from '../../app/route.ts'
import type { Actor } from '../../ports/chat.ts'
import { type Access, cookieName, nobody } from './access.ts'
import { pathOf, send } from './answers.ts'
import type { HttpOptions } from './options.ts'
import { parse } from './parse.ts'

export interface Mounting extends HttpOptions {
  readonly access: Access
}

const defaultBodyLimit = 16 * 1024
const cookieOptions = { httpOnly: true, sameSite: 'strict', path: '/', maxAge: 90 * 24 * 60 * 60 } as const

export function mountRoute(server: FastifyInstance, route: Route, mounting: Mounting): void {
  const actors = new WeakMap<FastifyRequest, Actor>()
  const parseJson = server.getDefaultJsonParser('error', 'error')
  server.route({
    method: route.method,
    url: route.path,
    bodyLimit: route.bodyLimit ?? defaultBodyLimit,
    // Before the body is read: a stranger's body costs nothing.
    onRequest: async (request, reply) => {
      const found = await admitPerson(route, request, mounting)
      if ('status' in found) return send(reply, found)
      actors.set(request, found)
    },
    handler: async (request, reply) => {
      const rawBody = typeof request.body === 'string' ? request.body : ''
      const headers = plainHeaders(request)
      const refused = route.admit?.({ operations: mounting.operations, rawBody, headers })
      if (refused) return refuse(request, reply, refused, mounting)
      const body = await readJson(route.raw ? '' : rawBody, (text, done) => parseJson(request, text, done))
      if (!body.ok) return send(reply, problem(400, 'Broken JSON', 'The body is not valid JSON.'))
      const parts = [
        parse(route.params, request.params, 'path'),
        parse(route.query, request.query, 'query'),
        parse(route.body, body.value ?? {}, 'body'),
      ]
      const more = route.check?.(body.value, mounting.app) ?? []
      const errors = [...parts.flatMap((p) => (p.ok ? [] : p.errors)), ...more]
      if (errors.length > 0) return send(reply, invalid(errors))
      const [params, query, content] = parts.map((p) => (p.ok ? p.value : undefined))
      const actor = actors.get(request) ?? nobody
      // A proxy's word decides only whether the browser may send the cookie over plain http.
      const secure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https'
      const toCookie = (session: string) => server.serializeCookie(cookieName, session, { ...cookieOptions, secure })
      const answer = await route.run({
        app: mounting.app,
        params,
        query,
        body: content,
        rawBody,
        headers,
        actor,
        meta: occasion(mounting.app, actor.id, request.id),
        commands: mounting.commands,
        operations: mounting.operations,
        signIn: (token) => mounting.access.signIn(request.ip, token, toCookie),
      })
      return answer.status === 401 || answer.status === 429 ? refuse(request, reply, answer, mounting) : send(reply, answer)
    },
  })
}

const invalid = (errors: readonly FieldProblem[]): Answer =>
  problem(400, 'Invalid request', errors.map((e) => `${e.field}: ${e.problem}`).join('; '), { errors })

/** The person behind a request who may do this, or the answer that turns them away. */
async function admitPerson(route: Route, request: FastifyRequest, mounting: Mounting): Promise<Actor | Answer> {
  if (route.role === null) return nobody
  const identity = mounting.access.identify(request.ip, request.headers.authorization, request.cookies[cookieName])
  if ('refused' in identity) {
    mounting.log.warn({ actor: nobody.id, address: request.ip, path: pathOf(request), why: identity.refused }, 'request refused')
    return identity.refused === 'limited'
      ? problemWith(429, 'Too many wrong tokens', 'Wait a minute.', { 'retry-after': '60' })
      : signInFirst('The token is wrong.')
  }
  const forbidden = await authorize(mounting.app, identity.actor, route.role, route.name)
  if (!forbidden) return identity.actor
  mounting.log.warn({ actor: identity.actor.id, address: request.ip, path: pathOf(request), why: forbidden.code }, 'request refused')
  return identity.actor.id === nobody.id ? signInFirst('This needs Authorization: Bearer with the HTTP_TOKEN.') : notAllowed(forbidden)
}

const problemWith = (status: number, title: string, detail: string, headers: Readonly<Record<string, string>>): Answer => ({
  ...problem(status, title, detail),
  headers,
})
const signInFirst = (detail: string): Answer => problemWith(401, 'Not signed in', detail, { 'www-authenticate': 'Bearer realm="catalyst"' })
const notAllowed = ({ code, explain }: Forbidden): Answer => problem(403, 'Not allowed', explain, { code })

function refuse(request: FastifyRequest, reply: FastifyReply, answer: Answer, { log }: Mounting): FastifyReply {
  log.warn({ actor: nobody.id, address: request.ip, path: pathOf(request), status: answer.status }, 'request refused')
  return send(reply, answer)
}

type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false }
type JsonParser = (text: string, done: (error: Error | null, value?: unknown) => void) => unknown

/** Refuses `__proto__` and its kin, too. */
function readJson(text: string, parser: JsonParser): Promise<Json> {
  if (text.trim() === '') return Promise.resolve({ ok: true, value: undefined })
  return new Promise((resolve) => parser(text, (error, value) => resolve(error ? { ok: false } : { ok: true, value })))
}

function plainHeaders(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]))
}
