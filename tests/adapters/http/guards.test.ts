import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttpServer } from '../../../src/adapters/http/server.ts'
import { fakeApp, fakeOperations } from '../../support/fake-app.ts'
import { type Http, startHttp } from '../../support/http.ts'

describe('a server on loopback', () => {
  let http: Http
  beforeAll(async () => {
    http = await startHttp({ allowedHosts: ['bot.example', 'desk.example:8443'] })
  })
  afterAll(() => http.server.close())

  it.each(['localhost', 'LOCALHOST:3000', '127.0.0.1:9', '[::1]', '[::1]:3000', 'bot.example', 'bot.example:3000', 'desk.example:8443'])(
    'answers to the host %s',
    async (host) => {
      expect((await http.get('/health/live', { host })).status).toBe(200)
    },
  )

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:3000', 'desk.example', 'xbot.example', '[::2]'])(
    'turns the host %j away, so that a rebound name reaches nothing',
    async (host) => {
      const got = await http.get('/api/v1/state', { host })
      expect(got.status).toBe(421)
      expect(got.json['title']).toBe('Misdirected request')
      expect(http.books.log.at(-1)).toMatchObject({ level: 'warn', message: 'request refused', facts: { address: '127.0.0.1' } })
    },
  )

  it('takes a write from its own page', async () => {
    const host = `127.0.0.1:${http.port}`
    const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
    expect((await http.post('/api/v1/pause', {}, own)).status).toBe(200)
  })

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://127.0.0.1:1' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('refuses a write that another site set off: %j', async (headers) => {
    const calls = http.books.calls.length
    const got = await http.post('/api/v1/kill', {}, { host: `127.0.0.1:${http.port}`, ...headers })
    expect(got.status).toBe(403)
    expect(http.books.calls).toHaveLength(calls)
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'refuses %s, which a foreign form can send without asking',
    async (type) => {
      const got = await http.call('POST', '/api/v1/pause', { 'content-type': type }, '{}')
      expect(got.status).toBe(415)
      expect(got.headers['content-type']).toContain('application/problem+json')
    },
  )

  it('sends its protective headers with every kind of answer', async () => {
    for (const path of ['/', '/health/live', '/api/v1/state', '/nowhere']) {
      const { headers } = await http.get(path)
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      })
    }
    expect((await http.get('/api/v1/state')).headers['cache-control']).toBe('no-store')
  })
})

it('answers to the address it was told to listen on', async () => {
  const http = await startHttp({ host: '127.0.0.2' })
  expect((await fetch(`${http.url}/health/live`)).status).toBe(200)
  await http.server.close()
})

describe('a server that would be open to others', () => {
  const options = (host: string, token: string | null, mode: 'sim' | 'live') => {
    const { app, books } = fakeApp()
    books.mode = mode
    const rest = { routes: [], commands: [], page: new Map(), port: 0, allowedHosts: [], log: app.log }
    return { ...rest, app, operations: fakeOperations(app), host, token }
  }
  it.each(['0.0.0.0', '::', '192.168.1.5'])('does not start on %s without a token', (host) => {
    expect(() => createHttpServer(options(host, null, 'sim'))).toThrow('set HTTP_TOKEN')
    expect(() => createHttpServer(options(host, 'secret', 'sim'))).not.toThrow()
  })
  it('does not start in live mode without a token, on loopback too', () => {
    expect(() => createHttpServer(options('127.0.0.1', null, 'live'))).toThrow('HTTP_TOKEN')
  })
})
