import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { offered } from '../../support/fake-app.ts'
import { type Http, pageBody, startHttp } from '../../support/http.ts'

let http: Http
beforeAll(async () => {
  http = await startHttp()
})
afterAll(() => http.server.close())

describe('bad input', () => {
  it('comes back with every problem by field', async () => {
    const body = { symbol: '???', side: 'hold', quantity: '-1', price: '1e5', confidence: 7, colour: 'red' }
    const got = await http.post('/api/v1/risk/validate', body)
    expect(got.status).toBe(400)
    expect(got.headers['content-type']).toContain('application/problem+json')
    const fields = (got.json['errors'] as { field: string }[]).map((e) => e.field)
    expect(fields.toSorted()).toEqual(['colour', 'confidence', 'price', 'quantity', 'side', 'symbol'])
    expect(got.json['detail']).toContain('quantity: must be greater than 0, not "-1"')
  })

  it('names problems of the path, the query and the body together', async () => {
    const got = await http.get('/api/v1/proposals?status=open&limit=900&colour=red')
    expect((got.json['errors'] as { field: string }[]).map((e) => e.field).toSorted()).toEqual(['colour', 'limit', 'status'])
  })

  it.each(['{', '[1,', '{"version":1}x', '{"__proto__":{"role":"owner"}}', 'nonsense'])('broken JSON is a 400: %s', async (body) => {
    const got = await http.post('/api/v1/proposals/p1/approve', body)
    expect([got.status, got.json['title']]).toEqual([400, 'Broken JSON'])
  })

  it('a body that is no object is a 400', async () => {
    for (const body of ['[]', '"x"', '7']) expect((await http.post('/api/v1/kill', body)).status).toBe(400)
  })

  it('a body over the limit of its route is a 413', async () => {
    expect((await http.post('/api/v1/kill', { reason: 'x'.repeat(17_000) })).status).toBe(413)
  })

  it('an unknown route is a 404', async () => {
    expect((await http.get('/api/v2/orders')).json).toMatchObject({ status: 404, title: 'Not found' })
  })
})

describe('an unexpected error', () => {
  it('is told to the log and not to the caller, joined by the correlation id', async () => {
    const cause = new Error('password=hunter2 at /srv/app/db.ts')
    const broken = await startHttp()
    await broken.server.close()
    const other = await startHttp({ app: { ...broken.app, accountSummary: () => Promise.reject(cause) } })
    const got = await other.get('/api/v1/state')
    await other.server.close()
    expect(got.status).toBe(500)
    expect(got.text).not.toContain('hunter2')
    expect(got.text).not.toContain('db.ts')
    const id = got.headers['x-correlation-id']
    expect(got.json['correlation_id']).toBe(id)
    expect(other.books.log.concat(broken.books.log)).toContainEqual(
      expect.objectContaining({ level: 'error', facts: expect.objectContaining({ correlationId: id, err: cause }) }),
    )
  })
})

describe('the correlation id', () => {
  it('of the caller is taken over into what is stored', async () => {
    const got = await http.post('/api/v1/kill', {}, { 'x-correlation-id': 'desk-2024.03_11' })
    expect(got.headers['x-correlation-id']).toBe('desk-2024.03_11')
    expect(http.books.calls.at(-1)?.meta).toMatchObject({ correlationId: 'desk-2024.03_11', actor: 'console:local' })
  })
  it.each(['short', 'x'.repeat(65), 'has space inside', '<script>alert(1)</script>'])('%j is replaced', async (given) => {
    const got = await http.get('/health/live', { 'x-correlation-id': given })
    expect(got.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('the page', () => {
  it('is sent whole, compressed where that is understood, and not again while unchanged', async () => {
    expect((await http.get('/')).text).toBe(pageBody)
    const response = await fetch(http.url, { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(await response.text()).toBe(pageBody)
    expect((await http.get('/', { 'if-none-match': '"v1"' })).status).toBe(304)
    expect(gunzipSync(Buffer.from(await rawGzip(http.url))).toString()).toBe(pageBody)
  })
})

/** fetch unpacks; this does not. */
async function rawGzip(url: string): Promise<Buffer> {
  const { get } = await import('node:http')
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' }, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)))
    }).on('error', reject)
  })
}

describe('the OpenAPI document', () => {
  it('describes every route with its parameters and body', async () => {
    const { json } = await http.get('/openapi.json')
    expect(json['openapi']).toBe('3.1.0')
    const paths = json['paths'] as Record<string, Record<string, Record<string, unknown>>>
    const approve = paths['/api/v1/proposals/{id}/approve']?.['post']
    expect(approve).toMatchObject({
      operationId: 'proposal-approve',
      'x-role': 'approver',
      parameters: [{ name: 'id', in: 'path', required: true }],
      requestBody: { content: { 'application/json': { schema: { required: ['version'], additionalProperties: false } } } },
    })
    expect(paths['/api/v1/proposals']?.['get']?.['parameters']).toContainEqual(
      expect.objectContaining({ name: 'status', in: 'query', required: false }),
    )
    expect(paths['/api/v1/alerts']?.['post']?.['security']).toEqual([])
  })
})

describe('closing', () => {
  it('ends live streams and frees the port at once', async () => {
    const other = await startHttp()
    other.books.proposals.set('p1', offered('p1'))
    const stream = await fetch(`${other.url}/api/v1/stream`)
    const reader = stream.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    const started = performance.now()
    await other.server.close()
    expect(performance.now() - started).toBeLessThan(4_000)
    await expect(fetch(`${other.url}/health/live`)).rejects.toThrow()
    await reader?.cancel().catch(() => undefined)
  })
})
