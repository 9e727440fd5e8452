import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createStandbyServer, type StandbyOptions } from '../../../src/adapters/http/standby.ts'
import { createStandbyMetrics } from '../../../src/adapters/metrics.ts'
import { silentLog } from '../../support/database.ts'

const leader = { host: 'web-1', pid: 4242, port: 3000, since: '2026-11-24T14:00:00.000Z', silentMs: 900 }
const options: StandbyOptions = {
  version: '1.2.3',
  leader: () => leader,
  problem: () => null,
  metrics: () => createStandbyMetrics().render(),
  host: '127.0.0.1',
  port: 0,
  token: null,
  allowedHosts: [],
  log: silentLog,
}

let close: () => Promise<void> = async () => undefined
afterEach(() => close())

async function listen(over: Partial<StandbyOptions> = {}) {
  const server = createStandbyServer({ ...options, ...over })
  close = () => server.close()
  const { url } = await server.listen()
  return async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(new URL(path, url), init)
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, body: text.startsWith('{') ? (JSON.parse(text) as object) : null }
  }
}

describe('a process that stands by', () => {
  it('is live, not ready, and says who leads', async () => {
    const ask = await listen()
    const words = 'leader is web-1, process 4242, port 3000, since 2026-11-24T14:00:00.000Z'
    expect(await ask('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } })
    expect(await ask('/health/ready')).toMatchObject({ status: 503, body: { status: 'standing by', missing: [words] } })
    const { silentMs, ...seen } = leader
    expect((await ask('/health')).body).toEqual({
      status: 'standing by',
      role: 'standby',
      missing: [words],
      version: '1.2.3',
      leader: { ...seen, silent_ms: silentMs },
    })
  })

  it('says when the leader is silent, when none has told who it is, and what keeps it from taking over', async () => {
    let seen: StandbyOptions['leader'] = () => ({ ...leader, silentMs: 7_400 })
    const ask = await listen({ leader: () => seen(), problem: () => 'the database does not answer' })
    expect((await ask('/health/ready')).text).toContain('silent for 7 s')
    seen = () => null
    const { body } = await ask('/health')
    expect(body).toMatchObject({
      leader: null,
      missing: ['another process leads on this database; it has not said which', 'the database does not answer'],
    })
  })

  it('refuses what it is asked to do, and says what to do instead', async () => {
    const ask = await listen()
    for (const [method, path] of [
      ['POST', '/api/v1/kill'],
      ['POST', '/health'],
      ['GET', '/api/v1/positions'],
    ] as const) {
      const answer = await ask(path, { method })
      expect(answer).toMatchObject({ status: 503, body: { title: 'Standing by', status: 503 } })
      expect(answer.text).toContain(`${method} ${path} is not answered here: leader is web-1`)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.headers.get('retry-after')).toBe('5')
    }
  })

  it('shows a page that looks again by itself, whatever the leader is called', async () => {
    const ask = await listen({ leader: () => ({ ...leader, host: '<script>alert(1)</script>&' }) })
    const { status, text, headers } = await ask('/')
    expect(status).toBe(503)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&amp;')
    expect(text).not.toContain('<script')
    expect(text).toContain('http-equiv="refresh"')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('shows its figures to whoever has the token', async () => {
    const ask = await listen({ token: 's3cr3t-http-token' })
    expect(await ask('/metrics')).toMatchObject({ status: 401 })
    expect(await ask('/metrics', { headers: { authorization: 'Bearer wrong' } })).toMatchObject({ status: 401 })
    const { status, text } = await ask('/metrics', { headers: { authorization: 'Bearer s3cr3t-http-token' } })
    expect(status).toBe(200)
    expect(text).toContain('catalyst_leading 0')
    expect(text).toContain('process_resident_memory_bytes')
  })

  it('does not answer under a strange name, nor listen for others without a token', async () => {
    const server = createStandbyServer(options)
    close = () => server.close()
    const { port } = await server.listen()
    const status = await new Promise((resolve) => {
      request({ host: '127.0.0.1', port, path: '/health', headers: { host: 'evil.example' } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      }).end()
    })
    expect(status).toBe(421)
    expect(() => createStandbyServer({ ...options, host: '0.0.0.0' })).toThrow('set HTTP_TOKEN first')
  })
})
