import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Http, startHttp } from '../../support/http.ts'

const token = 'correct horse battery staple'.replaceAll(' ', '-')
const bearer = (value: string) => ({ authorization: `Bearer ${value}` })

describe('with a token set', () => {
  let http: Http
  beforeEach(async () => {
    http = await startHttp({ token })
  })
  afterEach(() => http.server.close())

  it.each(['/health/live', '/health/ready', '/health', '/', '/openapi.json'])('%s is open', async (path) => {
    expect((await http.get(path)).status).toBe(200)
  })

  it('every other route wants the token', async () => {
    const { json } = await http.get('/openapi.json')
    const open = new Set(['/health/live', '/health/ready', '/health', '/api/v1/session', '/api/v1/alerts', '/api/v1/slack/events'])
    let closed = 0
    for (const [path, operations] of Object.entries(json['paths'] as Record<string, object>)) {
      for (const method of Object.keys(operations)) {
        if (open.has(path) && !(path === '/api/v1/alerts' && method === 'get')) continue
        const got = await http.call(method.toUpperCase(), path.replace('{id}', 'x'))
        expect([path, got.status]).toEqual([path, 401])
        expect(got.headers['www-authenticate']).toContain('Bearer')
        closed += 1
      }
    }
    expect(closed).toBeGreaterThan(20)
    expect(http.books.calls).toEqual([])
  })

  it('the bearer of the token is the owner', async () => {
    const got = await http.get('/api/v1/state', bearer(token))
    expect(got.json['you']).toEqual({ id: 'http:owner', name: 'owner', role: 'owner' })
  })

  it('a wrong token is refused, and neither it nor the right one is logged', async () => {
    expect((await http.get('/api/v1/state', bearer('guess-guess'))).status).toBe(401)
    expect(http.books.log.length).toBeGreaterThan(0)
    const logged = JSON.stringify(http.books.log)
    expect(logged).not.toContain('guess-guess')
    expect(logged).not.toContain(token)
  })

  it('after ten wrong tokens nothing more is compared for a while, not even the right one', async () => {
    for (let i = 0; i < 10; i++) expect((await http.get('/api/v1/state', bearer(`wrong-${i}`))).status).toBe(401)
    const limited = await http.get('/api/v1/state', bearer(token))
    expect(limited.status).toBe(429)
    expect(limited.headers['retry-after']).toBe('60')
    expect((await http.post('/api/v1/session', { token })).status).toBe(429)
  })

  it('a page that signed in before goes on working while somebody guesses', async () => {
    const cookie = await signIn(http)
    for (let i = 0; i < 12; i++) await http.post('/api/v1/session', { token: `wrong-${i}` })
    expect((await http.post('/api/v1/kill', {}, { cookie })).status).toBe(200)
  })

  it('the cookie stands for the token without holding it', async () => {
    const got = await http.post('/api/v1/session', { token })
    const [set] = got.headers['set-cookie'] ?? []
    expect(set).toMatch(/^catalyst_session=[0-9a-f]{64}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(set).not.toContain(token)
    expect((await http.get('/api/v1/state', { cookie: await signIn(http) })).json['you']).toMatchObject({ id: 'http:owner' })
  })

  it('the cookie is for https alone when the page came over https', async () => {
    const got = await http.post('/api/v1/session', { token }, { 'x-forwarded-proto': 'https' })
    expect(String(got.headers['set-cookie'])).toContain('; Secure')
  })

  it('a forged or outdated cookie is nobody, and does not count as a wrong guess', async () => {
    for (let i = 0; i < 12; i++)
      expect((await http.get('/api/v1/state', { cookie: `catalyst_session=${'0'.repeat(64)}` })).status).toBe(401)
    expect((await http.get('/api/v1/state', bearer(token))).status).toBe(200)
  })

  it('signing in with a wrong token sets no cookie', async () => {
    const got = await http.post('/api/v1/session', { token: 'no' })
    expect(got.status).toBe(401)
    expect(got.headers['set-cookie']).toBeUndefined()
  })
})

describe('without a token', () => {
  let http: Http
  beforeEach(async () => {
    http = await startHttp()
  })
  afterEach(() => http.server.close())

  it('the person at this machine is console:local', async () => {
    expect((await http.get('/api/v1/state')).json['you']).toEqual({ id: 'console:local', name: 'the console', role: 'owner' })
  })

  it('a role that is too low is told so', async () => {
    http.books.roles.set('console:local', 'viewer')
    const got = await http.post('/api/v1/kill')
    expect(got.status).toBe(403)
    expect(got.json).toMatchObject({ code: 'ROLE_TOO_LOW', detail: expect.stringContaining('approver') })
    expect(http.books.calls).toEqual([])
    expect((await http.get('/api/v1/state')).json['claim_code']).toBeNull()
  })

  it('resuming from a halt needs a risk officer, from a pause an approver', async () => {
    http.books.roles.set('console:local', 'approver')
    await http.post('/api/v1/pause')
    expect((await http.post('/api/v1/resume')).status).toBe(400)
    expect((await http.post('/api/v1/resume', { reason: 'all is well' })).status).toBe(200)
    await http.post('/api/v1/kill')
    expect((await http.post('/api/v1/resume', { reason: 'all is well' })).status).toBe(403)
    http.books.roles.set('console:local', 'risk_officer')
    expect((await http.post('/api/v1/resume', { reason: 'all is well' })).json).toMatchObject({ trading_state: 'active' })
  })
})

async function signIn(http: Http): Promise<string> {
  const got = await http.post('/api/v1/session', { token })
  return String(got.headers['set-cookie']).split(';', 1).join('')
}
