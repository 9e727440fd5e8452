import type { IncomingMessage, ServerResponse } from 'node:http'
import { DiscordError, invalidForm } from './errors.ts'
import type { Fault, Faults } from './faults.ts'
import type { Specification } from './openapi.ts'
import type { Allowance } from './rate-limits.ts'
import type { Exchange, Route } from './routes.ts'
import type { UploadedFile } from './shapes.ts'

export interface RecordedRequest {
  readonly method: string
  /** After the version, decoded. */
  readonly path: string
  readonly query: string
  readonly body: unknown
  readonly files: readonly string[]
  readonly at: number
  status: number
}
export interface InvalidRequest {
  readonly method: string
  readonly path: string
  readonly problems: readonly string[]
}
export interface HttpParts {
  readonly token: string
  readonly routes: readonly Route[]
  readonly faults: Faults
  readonly allowance: (method: string, path: string) => Allowance
  readonly specification: Specification | null
  readonly requests: RecordedRequest[]
  readonly invalid: InvalidRequest[]
  /** By the official description or, without it, by hand alone. */
  readonly onChecked: () => void
  readonly uploads: Map<string, Uint8Array>
  readonly onChange: () => void
}
interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One request: faults, rate limits, authorization, the official description, then the route itself. */
export function createHandler(parts: HttpParts) {
  const { faults, requests, invalid } = parts

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = decodeURIComponent(url.pathname.replace(/^\/api\/v10/, ''))
    const method = request.method ?? 'GET'
    const { body, files } = await readBody(request, parts.uploads)
    const record = { method, path, query: url.search, body, files: files.map(({ name }) => name), at: Date.now(), status: 0 }
    requests.push(record)
    const problems = parts.specification?.problems(method, path, body) ?? []
    if (problems.length > 0) invalid.push({ method, path, problems })
    parts.onChecked()
    const before = await suffer(faults.take(method, path, 'before'))
    const answer = before ?? (await serve({ method, path, query: url.searchParams, body, files }, request, url.pathname, problems))
    parts.onChange()
    const after = before === null ? await suffer(faults.take(method, path, 'after')) : null
    const last = after ?? answer
    record.status = last === 'drop' ? 0 : last.status
    if (last === 'drop') request.socket.destroy()
    else send(response, last)
  }

  async function serve(exchange: Exchange, request: IncomingMessage, pathname: string, problems: readonly string[]): Promise<Answer> {
    const { method, path } = exchange
    const allowance = parts.allowance(method, path)
    // Answers to interactions are free.
    const headers = path.endsWith('/callback') ? {} : allowance.headers
    try {
      if (!pathname.startsWith('/api/v10/')) throw new DiscordError(404, 0, '404: Not Found')
      if (!path.endsWith('/callback') && !allowance.allowed)
        return {
          status: 429,
          body: { message: 'You are being rate limited.', retry_after: allowance.retryAfterMs / 1000, global: false },
          headers,
        }
      const open = path.startsWith('/interactions/') || path.startsWith('/webhooks/')
      if (!open && request.headers.authorization !== `Bot ${parts.token}`) throw new DiscordError(401, 0, '401: Unauthorized')
      if (problems.length > 0) throw invalidForm(problems)
      const route = parts.routes.find(({ method: m, path: p }) => m === method && p.test(path))
      if (!route) throw new DiscordError(404, 0, '404: Not Found')
      const [, ...parameters] = route.path.exec(path) ?? []
      const body = await route.run(exchange, parameters.map(String))
      return { status: body === undefined ? 204 : 200, body, headers }
    } catch (error) {
      if (!(error instanceof DiscordError)) throw error
      const known = problems.length > 0
      if (!known && (error.code === 50035 || error.code === 50006)) invalid.push({ method, path, problems: [JSON.stringify(error.body)] })
      return { status: error.status, body: error.body, headers }
    }
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => {
      send(response, { status: 500, body: { message: String(error), code: 0 } })
    })
  }
}

/** Null: nothing that would be the answer. */
async function suffer(faults: readonly Fault[]): Promise<Answer | 'drop' | null> {
  let answer: Answer | 'drop' | null = null
  for (const fault of faults) {
    if (fault.kind === 'slow') await new Promise((done) => setTimeout(done, fault.ms))
    else answer ??= fault.kind === 'drop' ? 'drop' : { status: fault.status, body: fault.body, headers: fault.headers }
  }
  return answer
}

/** A 204 has no body, and says nothing about its type. */
function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

async function readBody(
  request: IncomingMessage,
  uploads: Map<string, Uint8Array>,
): Promise<{ readonly body: unknown; readonly files: readonly UploadedFile[] }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const raw = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return { body: raw.length === 0 ? undefined : JSON.parse(raw.toString()), files: [] }
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData()
  const files: UploadedFile[] = []
  for (const [key, value] of form.entries()) {
    const index = /^files\[(\d+)\]$/.exec(key)?.[1]
    if (index === undefined || typeof value === 'string') continue
    uploads.set(value.name, new Uint8Array(await value.arrayBuffer()))
    files.push({ index: Number(index), name: value.name, type: value.type, size: value.size })
  }
  return { body: JSON.parse(String(form.get('payload_json') ?? '{}')), files }
}
