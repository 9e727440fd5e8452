import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainBroker, signed, startTestBot, type TestBot } from '../support/bot.ts'

interface Problem {
  readonly id?: string
  readonly title: string
  readonly detail: string
  readonly errors?: readonly { readonly field: string; readonly problem: string }[]
}
interface Answer {
  readonly status: number
  readonly text: string
  readonly body: Problem
}

/** A wire service that is broken, hostile, or both; all it sends is signed unless said otherwise. */
describe('the alert webhook', () => {
  let bot: TestBot
  let symbol: string
  beforeAll(async () => {
    // No card is ever offered here, so every event in the books is one that the webhook stored.
    bot = await startTestBot({ settings: { ...plainBroker, approvals: { max_alert_age_minutes: 1 } } })
    symbol = (await bot.bot.app.market.securities())[0]?.symbol ?? ''
  })
  afterAll(() => bot.stop())

  const longAgo = '2020-01-02T15:00:00Z'
  const good = (extra: object = {}) => ({
    id: `id-${Math.random()}`,
    symbol,
    headline: 'Words',
    confidence: 0.9,
    catalyst_score: 0.8,
    source: 'wire',
    published_at: longAgo,
    ...extra,
  })
  async function send(raw: string, headers: Readonly<Record<string, string>> = signed(raw)): Promise<Answer> {
    const answer = await fetch(new URL('/api/v1/alerts', bot.url), { method: 'POST', headers, body: raw })
    const text = await answer.text()
    return { status: answer.status, text, body: JSON.parse(text) as Problem }
  }
  const alerts = async () =>
    (await bot.bot.app.read.events({}, 100_000)).filter((e) => e.kind === 'alert' && e.event.type === 'AlertReceived')
  async function storesNothing(work: () => Promise<void>): Promise<void> {
    const before = (await alerts()).length
    await work()
    expect((await alerts()).length).toBe(before)
  }
  const fields = ({ body }: Answer) => body.errors?.map((e) => e.field) ?? []

  it('given what is not signed, wrongly signed, or signed long ago, then it is refused and nothing is stored', async () => {
    const raw = JSON.stringify(good())
    const genuine = signed(raw)
    const mac = genuine['x-catalyst-signature'] ?? ''
    const now = Math.floor(Date.now() / 1000)
    const forged: readonly Readonly<Record<string, string>>[] = [
      { 'content-type': 'application/json' },
      { ...genuine, 'x-catalyst-signature': '' },
      { ...genuine, 'x-catalyst-signature': mac.slice(3) },
      { ...genuine, 'x-catalyst-signature': `v1=${mac.slice(3)}` },
      { ...genuine, 'x-catalyst-signature': `${mac.slice(0, -1)}${mac.endsWith('0') ? '1' : '0'}` },
      { ...genuine, 'x-catalyst-timestamp': String(now + 1) },
      { ...genuine, 'x-catalyst-timestamp': `${now}.0` },
      signed(`${raw} `),
      signed(raw, now - 301),
      signed(raw, now + 400),
    ]
    await storesNothing(async () => {
      for (const headers of forged) expect([headers, (await send(raw, headers)).status]).toEqual([headers, 401])
    })
  })

  it('given the very same request again, then it is a duplicate; given other content under its id, then a conflict', async () => {
    const raw = JSON.stringify(good({ id: 'twice' }))
    const headers = signed(raw)
    expect((await send(raw, headers)).status).toBe(202)
    await storesNothing(async () => {
      const [again, ...rest] = await Promise.all(Array.from({ length: 5 }, () => send(raw, headers)))
      expect([again, ...rest].map((a) => a?.status)).toEqual([200, 200, 200, 200, 200])
      for (const change of [
        { headline: 'Other words' },
        { side: 'sell' },
        { confidence: 0.1 },
        { catalyst_score: 0.1 },
        { stop_loss: '1' },
        { published_at: '2020-01-03T15:00:00Z' },
      ]) {
        const other = await send(JSON.stringify(good({ id: 'twice', ...change })))
        expect([change, other.status]).toEqual([change, 409])
      }
    })
  })

  it('given the same new request many times at once, then it is stored once', async () => {
    const raw = JSON.stringify(good({ id: 'at-once' }))
    const headers = signed(raw)
    const before = (await alerts()).length
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(raw, headers)))
    expect(answers.map((a) => a.status).sort()).toEqual([...Array(9).fill(200), 202])
    expect((await alerts()).length).toBe(before + 1)
  })

  it('given what is not JSON, or too much of it, then it is refused and nothing is stored', async () => {
    await storesNothing(async () => {
      for (const raw of [
        '{',
        '',
        'null',
        '[]',
        '"text"',
        '1',
        '{"id":}',
        `{"id":"a"}{"id":"b"}`,
        '\u0000',
        '[1,2',
        '{"a":01}',
        "{'id':'x'}",
      ])
        expect([raw, (await send(raw)).status]).toEqual([raw, 400])
      const large = JSON.stringify(good({ summary: 'x'.repeat(66_000) }))
      expect((await send(large)).status).toBe(413)
      const deep = `{"id":"deep","metadata":${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}}`
      expect((await send(deep)).status).toBe(400)
    })
  })

  const wrong: readonly (readonly [string, object])[] = [
    ['id', { id: '' }],
    ['id', { id: 'x'.repeat(201) }],
    ['id', { id: 'a\u0000b' }],
    ['id', { id: 7 }],
    ['symbol', { symbol: 'no ticker!' }],
    ['symbol', { symbol: 'ZZZZZZZZ' }],
    ['symbol', { symbol: '../../etc' }],
    ['headline', { headline: '' }],
    ['headline', { headline: '\u202e\u200b' }],
    ['headline', { headline: 'x'.repeat(5_000) }],
    ['headline', { headline: { toString: 'x' } }],
    ['confidence', { confidence: 1.01 }],
    ['confidence', { confidence: -0.01 }],
    ['confidence', { confidence: '0.9' }],
    ['confidence', { confidence: null }],
    ['confidence', { confidence: 1e308 }],
    ['catalyst_score', { catalyst_score: 2 }],
    ['catalyst_score', { catalyst_score: true }],
    ['side', { side: 'short' }],
    ['entry_price', { entry_price: '-1' }],
    ['entry_price', { entry_price: 0 }],
    ['entry_price', { entry_price: 'NaN' }],
    ['entry_price', { entry_price: '1e5' }],
    ['entry_price', { entry_price: '9'.repeat(400) }],
    ['stop_loss', { stop_loss: '10000001' }],
    ['stop_loss', { stop_loss: '100', entry_price: '90' }],
    ['take_profit', { take_profit: '80', entry_price: '90' }],
    ['url', { url: 'javascript:alert(1)' }],
    ['url', { url: 'file:///etc/passwd' }],
    ['url', { url: 'data:text/html,<script>' }],
    ['source', { source: '' }],
    ['published_at', { published_at: 'yesterday' }],
    ['published_at', { published_at: '2020-01-02' }],
    ['published_at', { published_at: '2999-01-01T00:00:00Z' }],
    ['published_at', { published_at: 0 }],
    ['metadata', { metadata: { blob: 'x'.repeat(9_000) } }],
    ['metadata', { metadata: [] }],
    ['surprise', { surprise: 1 }],
  ]
  it.each(wrong)('given a bad %s (%j), then the answer names that field alone, and nothing is stored', async (field, change) => {
    await storesNothing(async () => {
      const answer = await send(JSON.stringify(good(change)))
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(fields(answer)).toEqual([field])
    })
  })

  it('given many problems at once, then each is named', async () => {
    await storesNothing(async () => {
      const answer = await send('{"id":"","symbol":"!","confidence":2,"published_at":"soon","entry_price":"-1","extra":1}')
      expect(answer.status).toBe(400)
      expect(new Set(fields(answer))).toEqual(
        new Set(['id', 'symbol', 'headline', 'confidence', 'catalyst_score', 'source', 'published_at', 'entry_price', 'extra']),
      )
    })
  })

  it('given numbers that JSON cannot hold, or keys that reach for the prototype, then it is refused and nothing is polluted', async () => {
    await storesNothing(async () => {
      const raw = JSON.stringify(good({ id: 'proto' }))
      const inside = (extra: string) => `${raw.slice(0, -1)},${extra}}`
      for (const extra of [
        '"__proto__":{"polluted":1}',
        '"constructor":{"prototype":{"polluted":1}}',
        '"metadata":{"__proto__":{"polluted":1}}',
        '"entry_price":1e400',
        '"entry_price":NaN',
        '"entry_price":Infinity',
      ])
        expect([extra, (await send(inside(extra))).status]).toEqual([extra, 400])
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
    })
  })

  it('given a field twice, then the last one counts, as in every reader of JSON, and it is checked', async () => {
    await storesNothing(async () => {
      const raw = JSON.stringify(good())
      const answer = await send(`${raw.slice(0, -1)},"confidence":7}`)
      expect(fields(answer)).toEqual(['confidence'])
    })
  })

  it('given markup, mentions and marks that reorder text, then the words are stored as words without the marks', async () => {
    const headline = '<script>alert(1)</script> @everyone <@1> [x](javascript:1) \u202eevil\u202c \u0007bell *bold*'
    const answer = await send(JSON.stringify(good({ id: 'markup', headline })))
    expect(answer.status).toBe(202)
    const stored = await bot.bot.app.read.alert(answer.body.id ?? '')
    expect(stored?.headline).toBe('<script>alert(1)</script> @everyone <@1> [x](javascript:1) evil bell *bold*')
  })

  it('given two thousand bodies of anything at all, then none breaks it, and only well-formed ones are stored', {
    timeout: 240_000,
  }, async () => {
    const before = (await alerts()).length
    let accepted = 0
    const scalar = fc.oneof(
      fc.constantFrom(null, true, '', 'AAPL', 'buy', 'sell', longAgo, '1e9', '-0', '0.5', '100'),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.double(),
      fc.integer(),
      fc.jsonValue({ maxDepth: 3 }),
    )
    const names = [
      'id',
      'symbol',
      'headline',
      'summary',
      'category',
      'side',
      'confidence',
      'catalyst_score',
      'entry_price',
      'stop_loss',
      'take_profit',
      'url',
      'source',
      'published_at',
      'metadata',
      'extra',
    ]
    const changes = fc.dictionary(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string({ maxLength: 12 }) }),
      scalar,
      { maxKeys: 4 },
    )
    const body = fc.oneof(
      { weight: 6, arbitrary: changes.map((change) => JSON.stringify({ ...good(), ...change })) },
      { weight: 2, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    )
    await fc.assert(
      fc.asyncProperty(body, async (raw) => {
        const { status, text } = await send(raw)
        if (status === 202) accepted += 1
        expect([status, text.slice(0, 300)]).toEqual([expect.toBeOneOf([200, 202, 400, 409, 413, 422]), expect.any(String)])
      }),
      { numRuns: 2_000 },
    )
    expect((await alerts()).length).toBe(before + accepted)
    await bot.bot.app.settled()
    expect(await bot.bot.app.read.unjudgedAlerts(10)).toEqual([])
    expect(bot.log.filter((line) => line.level === 'error').map((line) => line.message)).toEqual([])
  })
})
