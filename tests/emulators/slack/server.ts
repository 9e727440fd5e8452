import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { isObject, type Json } from './block-rules.ts'
import { type Answer, accept, chatMethods, type Method, refuse, respond } from './chat-methods.ts'
import { type Fault, type Faults, Rates } from './faults.ts'
import { otherMethods } from './other-methods.ts'
import type { Recorded, Workspace } from './workspace.ts'

const methods: Readonly<Record<string, Method>> = { ...chatMethods, ...otherMethods }
/** Fields that the client sends as JSON inside a form. */
const structured = ['blocks', 'metadata', 'view', 'files', 'attachments']

/** Slack's HTTP side: the Web API, response URLs and places for files. */
export function createSlackServer(workspace: Workspace, faults: Faults, socketUrl: () => string): Server {
  const rates = new Rates()
  return createServer((request, response) => {
    handle(request, response).catch((error) => {
      workspace.violation(`${request.url}: ${error}`)
      response.writeHead(500).end()
    })
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const [, area = '', name = ''] = (request.url ?? '').split('?', 1).join('').split('/')
    workspace.checked += 1
    if (area === 'upload') return upload(name, raw, response)
    const method = area === 'response' ? 'response_url' : name
    const body = parsed(String(request.headers['content-type']), raw.toString('utf8'))
    const record: Recorded = { method, body, at: Date.now(), status: 200, error: null }
    workspace.requests.push(record)
    const fault = faults.take(method)
    if (fault?.slowMs !== undefined) await pause(fault.slowMs)
    const early = fault !== null && !fault.after ? faulty(fault) : null
    const answer = early ?? (area === 'response' ? respond(workspace, name, body) : { status: 200, body: call(method, body, request) })
    const told = fault?.after ? (faulty(fault) ?? answer) : answer
    record.status = told.status
    record.error = 'error' in told.body ? String(told.body['error']) : null
    if (fault?.cut) return void request.socket.destroy()
    send(response, told)
  }

  interface Told {
    readonly status: number
    readonly body: Json
    readonly retryAfter?: number
  }
  function faulty({ limit, status, error, needed, cut }: Fault): Told | null {
    if (limit !== undefined) return { status: 429, body: refuse('ratelimited'), retryAfter: limit }
    if (status !== undefined) return { status, body: { html: 'Server Error' } }
    if (error !== undefined) return { status: 200, body: refuse(error, needed === undefined ? {} : { needed, provided: 'none' }) }
    return cut ? { status: 0, body: {} } : null
  }

  function call(method: string, body: Json, request: IncomingMessage): Answer | Told['body'] {
    const { settings } = workspace
    const token = String(request.headers.authorization ?? '').replace('Bearer ', '')
    if (method === 'apps.connections.open') return token === settings.appToken ? accept({ url: socketUrl() }) : refuse('invalid_auth')
    if (token !== settings.botToken) return refuse('invalid_auth')
    const known = methods[method]
    if (!known) {
      workspace.violation(`${method} is not known here`)
      return refuse('unknown_method')
    }
    if (known.scope !== null && !settings.scopes.includes(known.scope))
      return refuse('missing_scope', { needed: known.scope, provided: settings.scopes.join(',') })
    const wait = settings.rates ? rates.take(method, String(body['channel'] ?? '')) : null
    return wait === null ? known.run(workspace, body) : { ...refuse('ratelimited'), wait }
  }

  function send(response: ServerResponse, { status, body, retryAfter }: Told): void {
    const wait = retryAfter ?? (typeof body['wait'] === 'number' ? body['wait'] : null)
    response.writeHead(wait === null ? status : 429, {
      'content-type': 'application/json; charset=utf-8',
      'x-oauth-scopes': workspace.settings.scopes.join(','),
      ...(wait !== null && { 'retry-after': String(wait) }),
    })
    response.end(JSON.stringify(body))
  }

  function upload(id: string, bytes: Buffer, response: ServerResponse): void {
    const file = workspace.files.get(id)
    const fault = faults.take('upload')
    if (fault?.status !== undefined) return void response.writeHead(fault.status).end()
    if (!file || bytes.byteLength !== file.length) {
      workspace.violation('upload: not the file that was announced')
      return void response.writeHead(400).end()
    }
    file.bytes = bytes
    response.writeHead(200).end(`OK - ${bytes.byteLength}`)
  }
}

function parsed(contentType: string, raw: string): Json {
  if (contentType.startsWith('application/json')) {
    const value: unknown = JSON.parse(raw)
    return isObject(value) ? value : {}
  }
  const form = Object.fromEntries(new URLSearchParams(raw))
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, structured.includes(name) ? JSON.parse(value) : value]))
}
