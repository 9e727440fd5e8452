import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInbound } from '../../src/app/inbound.ts'
import type { ProposalView } from '../../src/app/views.ts'
import type { ChatInbound } from '../../src/ports/chat.ts'
import { eventually, plainBroker, signed, startTestBot, type TestBot, webhookSecret } from '../support/bot.ts'
import { noPictures } from '../support/samples.ts'
import { type Platforms, startPlatforms } from '../support/three-chats.ts'

type List<T> = { items: T[]; next: string | null }
interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** node:http, because fetch does not let a page choose Host, Origin or Sec-Fetch-Site. */
function call(url: string, method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = ''): Promise<Answer> {
  const { port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
const json = { 'content-type': 'application/json' }

async function offer(bot: TestBot, symbol: string, id: string): Promise<ProposalView> {
  const published_at = new Date(bot.bot.app.clock.now()).toISOString()
  const raw = JSON.stringify({ id, symbol, headline: `News ${id}`, confidence: 0.9, catalyst_score: 0.8, source: 'wire', published_at })
  await call(bot.url, 'POST', '/api/v1/alerts', signed(raw), raw)
  return eventually('a proposal', async () => {
    const { items } = await bot.bot.app.read.proposals({}, { limit: 50 })
    const found = items.find((p) => p.headline === `News ${id}`)
    if (!found) return null
    const { body } = await bot.get<List<ProposalView>>('/api/v1/proposals')
    return body.items.find((p) => p.id === found.id)
  })
}

describe('a page on another site, with the console open in the next tab', () => {
  let bot: TestBot
  let proposal: ProposalView
  beforeAll(async () => {
    bot = await startTestBot()
    const [security] = await bot.bot.app.market.securities()
    proposal = await offer(bot, security?.symbol ?? '', 'csrf')
  })
  afterAll(() => bot.stop())

  const own = () => `127.0.0.1:${new URL(bot.url).port}`
  const writes = (): readonly (readonly [string, object])[] => [
    [`/api/v1/proposals/${proposal.id}/approve`, { version: 1 }],
    ['/api/v1/kill', {}],
    ['/api/v1/positions/close-all', {}],
    ['/api/v1/resume', { reason: 'because' }],
    ['/api/v1/commands', { text: '/kill' }],
    ['/api/v1/buttons', { id: `approve:${proposal.id}:1` }],
    ['/api/v1/session', { token: 'x' }],
  ]
  const hostileHeaders: readonly Readonly<Record<string, string>>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]

  it('then no write of its gets through, whatever it sends', async () => {
    for (const [path, body] of writes())
      for (const headers of hostileHeaders) {
        const answer = await call(bot.url, 'POST', path, { ...json, host: own(), ...headers }, JSON.stringify(body))
        expect([path, headers, answer.status]).toEqual([path, headers, 403])
      }
  })

  it('then no form of its gets through, even from a browser that names no origin', async () => {
    for (const [path] of writes())
      for (const type of [
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
        'text/plain; application/json',
      ]) {
        const answer = await call(bot.url, 'POST', path, { 'content-type': type, host: own() }, 'version=1&text=/kill')
        expect([path, type, answer.status]).toEqual([path, type, 415])
      }
  })

  it('then a name of its own that points at this machine is not served, for reads neither', async () => {
    for (const host of ['evil.example', `evil.example:${new URL(bot.url).port}`, '127.0.0.1.evil.example', 'localhost.evil.example'])
      for (const [method, path] of [
        ['GET', '/'],
        ['GET', '/api/v1/positions'],
        ['GET', '/api/v1/stream'],
        ['GET', '/metrics'],
        ['POST', '/api/v1/kill'],
      ] as const) {
        const answer = await call(bot.url, method, path, { host, ...json }, method === 'POST' ? '{}' : '')
        expect([host, path, answer.status]).toEqual([host, path, 421])
      }
  })

  it('then no answer lets it read or frame anything', async () => {
    const answer = await call(bot.url, 'GET', '/api/v1/positions', { host: own(), origin: 'https://evil.example' })
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    const preflight = await call(bot.url, 'OPTIONS', '/api/v1/kill', {
      host: own(),
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    })
    expect(preflight.status).toBeGreaterThanOrEqual(400)
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('then nothing has changed, and the log knows of it', async () => {
    const { body: state } = await bot.get<{ trading_state: string }>('/api/v1/state')
    expect(state.trading_state).toBe('active')
    const { body } = await bot.get<List<ProposalView>>('/api/v1/proposals')
    expect(body.items.find((p) => p.id === proposal.id)?.status).toBe('pending')
    expect(bot.log.filter((line) => line.message === 'request refused').length).toBeGreaterThan(30)
  })
})

/** Every secret there is, each easily found again; those of the chats are the emulators' own. */
const secrets = {
  HTTP_TOKEN: 'S3CR3T-http-token-0123456789',
  APCA_API_KEY_ID: 'S3CR3T-alpaca-key',
  APCA_API_SECRET_KEY: 'S3CR3T-alpaca-secret',
  SLACK_SIGNING_SECRET: 'S3CR3T-slack-signing',
  SMTP_URL: 'smtp://me:S3CR3T-smtp-password@mail.example:587',
}

describe('with a token set', () => {
  let bot: TestBot
  let inbound: ChatInbound
  let symbol: string
  const answers: string[] = []
  const token = secrets.HTTP_TOKEN
  let platforms: Platforms
  beforeAll(async () => {
    platforms = await startPlatforms()
    bot = await startTestBot({
      settings: { ...plainBroker, people: { 'discord:7': 'viewer' } },
      environment: { ...secrets, ...platforms.environment, TRADING_MODE: 'sim', HTTP_HOST: '0.0.0.0', ALLOWED_HOSTS: 'bot.example' },
    })
    const { app, plugins } = bot.bot
    inbound = createInbound({ app, commands: plugins.commands, buttons: plugins.buttons, pictures: noPictures })
    symbol = (await app.market.securities())[0]?.symbol ?? ''
  })
  afterAll(async () => {
    await bot.stop()
    await platforms.close()
  })

  const ask = async (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = ''): Promise<Answer> => {
    const answer = await call(bot.url, method, path, { host: 'bot.example', ...headers }, body)
    answers.push(`${JSON.stringify(answer.headers)}${answer.text}`)
    return answer
  }
  const bearer = { authorization: `Bearer ${token}` }
  const tokenAnswers = async (authorization: string) => (await ask('GET', '/api/v1/positions', { authorization })).status

  it('given a stranger beyond loopback, then only health, the page and the signed webhook are open', async () => {
    expect((await ask('GET', '/health/live')).status).toBe(200)
    for (const path of [
      '/api/v1/positions',
      '/api/v1/proposals',
      '/api/v1/events',
      '/api/v1/stream',
      '/api/v1/state',
      '/api/v1/pnl',
      '/api/v1/risk',
    ])
      expect([path, (await ask('GET', path)).status]).toEqual([path, 401])
    for (const path of [
      '/api/v1/kill',
      '/api/v1/pause',
      '/api/v1/resume',
      '/api/v1/positions/close-all',
      '/api/v1/commands',
      '/api/v1/buttons',
    ])
      expect([path, (await ask('POST', path, json, '{}')).status]).toEqual([path, 401])
  })

  it('given the right token, then it opens; a part of it or something near it does not', async () => {
    expect(await tokenAnswers(`Bearer ${token}`)).toBe(200)
    for (const wrong of [token.slice(0, -1), `${token}x`, token.toLowerCase(), ''])
      expect([wrong, await tokenAnswers(`Bearer ${wrong}`)]).toEqual([wrong, 401])
    expect(await tokenAnswers(`Basic ${Buffer.from(`owner:${token}`).toString('base64')}`)).toBe(401)
    expect((await ask('GET', `/api/v1/positions?token=${token}`)).status).toBe(401)
  })

  it('given the token traded for a cookie, then the cookie is a session only this site can send, and it is not the token', async () => {
    const signedIn = await ask('POST', '/api/v1/session', json, JSON.stringify({ token }))
    expect(signedIn.status).toBe(200)
    const cookie = String(signedIn.headers['set-cookie'])
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    expect(cookie).not.toContain(token)
    const session = cookie.split(';', 1).join()
    expect((await ask('GET', '/api/v1/positions', { cookie: session })).status).toBe(200)
    expect((await ask('GET', '/api/v1/positions', { cookie: `${session}0` })).status).toBe(401)
    expect((await ask('POST', '/api/v1/pause', { ...json, cookie: session, origin: 'https://evil.example' }, '{}')).status).toBe(403)
  })

  it('given a person nobody knows, when they tap, press or type, then they are refused and nothing happens', async () => {
    const published_at = new Date(bot.bot.app.clock.now()).toISOString()
    const raw = JSON.stringify({ id: 't', symbol, headline: 'News t', confidence: 0.9, catalyst_score: 0.8, source: 'wire', published_at })
    expect((await ask('POST', '/api/v1/alerts', signed(raw), raw)).status).toBe(202)
    const { app } = bot.bot
    const proposal = await eventually('a proposal', async () => (await app.read.openProposals())[0])
    const before = await app.read.lastSequence()
    const stranger = { id: 'discord:1', name: 'Ada', via: 'discord' }
    const presses = [`approve:${proposal.id}:1`, `half:${proposal.id}:1`, `decline:${proposal.id}`, 'flatten:all', `why:${proposal.id}`]
    const commands = bot.bot.plugins.commands.filter((c) => c.role !== null).map((c) => `/${c.name}`)
    for (const card of [
      ...(await Promise.all(presses.map((id) => inbound.press(stranger, id)))),
      ...(await Promise.all(commands.map((text) => inbound.command(stranger, text)))),
    ]) {
      expect(card.title).toBe('Not allowed')
      expect(JSON.stringify(card)).not.toContain(proposal.headline)
      answers.push(JSON.stringify(card))
    }
    const viewer = { id: 'discord:7', name: 'Vic', via: 'discord' }
    for (const id of presses.slice(0, 4)) expect((await inbound.press(viewer, id)).title).toBe('Not allowed')
    const since = (await app.read.events({ after: before }, 200)).filter((e) => e.kind !== 'portfolio' && e.kind !== 'position')
    // The attempts are on the record, ten of a person in a minute, and nothing else is.
    expect(new Set(since.map((e) => e.event.type))).toEqual(new Set(['AccessRefused']))
    expect(since.filter((e) => e.actor === 'discord:1' || JSON.stringify(e.event).includes('discord:1')).length).toBeLessThanOrEqual(10)
    const refused = bot.log.filter((line) => line.message.startsWith('refused') && JSON.stringify(line.facts).includes('discord:1'))
    expect(refused.length).toBe(presses.length + commands.length)
  })

  it('given ids that name other things, or nothing, then a button does nothing', async () => {
    const owner = { id: 'http:owner', name: 'owner', via: 'http' }
    for (const id of [
      '',
      ':',
      'approve',
      'approve:',
      'approve:x',
      'approve:x:1:2',
      'constructor:x',
      '__proto__:x',
      'half:x:NaN',
      'why:../../etc',
      'flatten:',
      `why:${'x'.repeat(5_000)}`,
    ]) {
      const card = await inbound.press(owner, id)
      expect([id.slice(0, 20), card.tone]).not.toEqual([id.slice(0, 20), 'good'])
    }
    expect((await bot.bot.app.read.tradingState()).state).toBe('active')
  })

  it('given wrong tokens without end, then the guesser is slowed down', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 15; i++) statuses.push(await tokenAnswers(`Bearer guess-number-${i}`))
    expect(statuses.at(-1)).toBe(429)
  })

  it('then no secret is in any log line, event, card, metric or answer', async () => {
    const page = await call(bot.url, 'GET', '/metrics', { host: 'bot.example', ...bearer })
    answers.push(
      page.text,
      (await call(bot.url, 'GET', '/health', { host: 'bot.example' })).text,
      (await call(bot.url, 'GET', '/openapi.json', { host: 'bot.example' })).text,
    )
    const events = await bot.bot.app.read.events({}, 10_000)
    expect(events.length).toBeGreaterThan(2)
    const owner = { id: 'http:owner', name: 'owner', via: 'http' }
    const commands = bot.bot.plugins.commands.filter((c) => !['kill', 'flatten', 'claim', 'pause', 'resume'].includes(c.name))
    const cards = await Promise.all(commands.map((c) => inbound.command(owner, `/${c.name}`)))
    const errors = bot.log.map((line) =>
      Object.values(line.facts)
        .map((fact) => (fact instanceof Error ? `${fact.message}${fact.stack}` : ''))
        .join(),
    )
    const everything = [...answers, ...errors, JSON.stringify(bot.log), JSON.stringify(events), JSON.stringify(cards)].join('\n')
    for (const secret of ['S3CR3T', webhookSecret]) expect(everything.indexOf(secret)).toBe(-1)
  })
})
