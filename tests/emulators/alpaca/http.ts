import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Checks } from './checks.ts'
import { AlpacaError, notFound } from './errors.ts'
import type { Fault, Faults } from './faults.ts'
import type { Allowance } from './rate-limit.ts'

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
}
export interface Reply {
  readonly status: number
  readonly body?: unknown
}
export interface Route {
  readonly method: string
  readonly path: RegExp
  readonly run: (exchange: Exchange, parameters: readonly string[]) => Reply
}
export const route = (method: string, path: string, run: Route['run']): Route => ({
  method,
  path: new RegExp(`^${path.replaceAll(':x', '([^/]+)')}$`),
  run,
})
export const ok = (body: unknown): Reply => ({ status: 200, body })

export interface RecordedRequest {
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: string
  readonly body: unknown
  readonly at: number
  /** What it was answered; 0 when nothing reached the client. */
  status: number
  answer: unknown
}
export interface HttpParts {
  readonly routes: readonly Route[]
  readonly faults: Faults
  /** Null: the keys are good. */
  readonly authorize: (key: string, secret: string) => AlpacaError | null
  readonly allowance: (path: string) => Allowance
  readonly checks: Checks
  readonly requests: RecordedRequest[]
  readonly maxUrlBytes: number
  /** Time may have passed since the last request. */
  readonly settle: () => void
  /** What waits for the answer to be out. */
  readonly afterwards: () => void
}

const header = (request: IncomingMessage, name: string): string => String(request.headers[name] ?? '')

/** One request: faults, keys, rate limit, then the route itself; both ways held against the official description. */
export function createHandler(parts: HttpParts) {
  const { faults, requests, checks } = parts

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = decodeURIComponent(url.pathname)
    const method = request.method ?? 'GET'
    const body = await readBody(request)
    if (body === 'broken off') return
    const record: RecordedRequest = { method, path, query: url.search, body, at: Date.now(), status: 0, answer: undefined }
    requests.push(record)
    checks.request(method, path, url.searchParams, body)
    const early = await suffer(faults.take(method, path, 'before'))
    if (early) {
      finish(request, response, early, record)
      return
    }
    if (Buffer.byteLength(request.url ?? '') > parts.maxUrlBytes) {
      finish(request, response, { kind: 'status', status: 414, body: '<html>414 Request-URI Too Large</html>', headers: {} }, record)
      return
    }
    parts.settle()
    const { reply, headers } = serve(request, { method, path, query: url.searchParams, body: body ?? {} })
    checks.response(method, path, reply.status, reply.body)
    record.answer = reply.body
    const late = await suffer(faults.take(method, path, 'after'))
    const json = reply.body === undefined ? '' : JSON.stringify(reply.body)
    finish(request, response, late ?? { kind: 'status', status: reply.status, body: json, headers }, record, json)
    parts.afterwards()
  }

  function serve(
    request: IncomingMessage,
    exchange: Exchange,
  ): { readonly reply: Reply; readonly headers: Readonly<Record<string, string>> } {
    const refusal = parts.authorize(header(request, 'apca-api-key-id'), header(request, 'apca-api-secret-key'))
    if (refusal) return { reply: { status: refusal.status, body: refusal.body }, headers: {} }
    const { allowed, headers } = parts.allowance(exchange.path)
    if (!allowed) return { reply: { status: 429, body: { code: 42910000, message: 'rate limit exceeded' } }, headers }
    try {
      const found = parts.routes.find(({ method, path }) => method === exchange.method && path.test(exchange.path))
      if (!found) throw notFound('endpoint not found.')
      const [, ...parameters] = found.path.exec(exchange.path) ?? []
      return { reply: found.run(exchange, parameters), headers }
    } catch (error) {
      if (!(error instanceof AlpacaError)) throw error
      return { reply: { status: error.status, body: error.body }, headers }
    }
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => {
      checks.broke(error)
      response.writeHead(500)
      response.end(JSON.stringify({ code: 50010000, message: String(error) }))
    })
  }
}

type Ending =
  | { readonly kind: 'status'; readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'drop' }
  | { readonly kind: 'half' }
  | { readonly kind: 'body'; readonly body: string }

/** Null: nothing that would end it. */
async function suffer(met: readonly Fault[]): Promise<Ending | null> {
  let ending: Ending | null = null
  for (const fault of met) {
    if (fault.kind === 'slow') await new Promise((done) => setTimeout(done, fault.ms))
    else ending ??= fault
  }
  return ending
}

function finish(request: IncomingMessage, response: ServerResponse, ending: Ending, record: RecordedRequest, json = '{}'): void {
  const type = { 'content-type': 'application/json; charset=UTF-8' }
  switch (ending.kind) {
    case 'drop':
      request.socket.resetAndDestroy()
      break
    case 'half':
      response.writeHead(200, { ...type, 'content-length': Buffer.byteLength(json) })
      response.write(json.slice(0, Math.ceil(json.length / 2)), () => request.socket.resetAndDestroy())
      break
    case 'body':
      record.status = 200
      response.writeHead(200, type)
      response.end(ending.body)
      break
    case 'status':
      record.status = ending.status
      response.writeHead(ending.status, { ...ending.headers, ...(ending.body === '' ? {} : type) })
      response.end(ending.body)
  }
}

/** A caller who dies in mid-request has asked for nothing. */
async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined | 'broken off'> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch (error) {
    if (request.destroyed && !request.complete) return 'broken off'
    throw error
  }
  const raw = Buffer.concat(chunks).toString()
  return raw === '' ? undefined : (JSON.parse(raw) as Readonly<Record<string, unknown>>)
}
