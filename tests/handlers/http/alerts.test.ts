import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeNow } from '../../support/fake-app.ts'
import { type Http, startHttp } from '../../support/http.ts'

const seconds = () => String(Math.floor(Date.now() / 1000))
const sign = (body: string, timestamp = seconds(), secret = 's3cr3t-webhook') => ({
  'x-catalyst-timestamp': timestamp,
  'x-catalyst-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
})
const alert = (change: object = {}) => ({
  id: 'story-1',
  symbol: 'ACME',
  headline: 'ACME wins a contract',
  side: 'buy',
  confidence: 0.9,
  catalyst_score: 0.8,
  source: 'wire',
  published_at: new Date(fakeNow - 60_000).toISOString(),
  ...change,
})

let http: Http
beforeEach(async () => {
  http = await startHttp()
})
afterEach(() => http.server.close())
const send = (body: unknown) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return http.post('/api/v1/alerts', text, sign(text))
}
const fieldsOf = (got: { json: Readonly<Record<string, unknown>> }) =>
  (got.json['errors'] as { field: string }[]).map((e) => e.field).toSorted()

describe('a signed alert', () => {
  it('is stored and answered with 202, and with 200 the second time', async () => {
    const first = await send(alert())
    expect(first.status).toBe(202)
    expect(first.json['status']).toBe('received')
    expect(await send(alert())).toMatchObject({ status: 200, json: { id: first.json['id'], status: 'received' } })
    expect(http.books.alerts.size).toBe(1)
    expect(http.books.calls[0]?.meta.actor).toBe('webhook')
  })

  it('of a known id with other content is a 409', async () => {
    await send(alert())
    expect((await send(alert({ headline: 'ACME loses a contract' }))).status).toBe(409)
  })

  it('keeps prices as the decimals they were written as, text or number', async () => {
    await send(alert({ entry_price: '100.10', stop_loss: 95.25, take_profit: '110' }))
    expect([...http.books.alerts.values()][0]).toMatchObject({ entryPrice: '100.10', stopLoss: '95.25', takeProfit: '110' })
  })

  it('loses control characters and marks that reorder text', async () => {
    await send(alert({ headline: 'ACME\u0000 wins\u202e tcartnoc\u2066 a\u001b[31m\nbig one ' }))
    expect([...http.books.alerts.values()][0]?.headline).toBe('ACME wins tcartnoc a[31m big one')
  })
})

describe('the signature', () => {
  const body = JSON.stringify(alert())
  it.each([
    ['missing', {}],
    ['by another secret', sign(body, seconds(), 'other')],
    ['of another body', sign(`${body} `)],
    ['of another version', { ...sign(body), 'x-catalyst-signature': sign(body)['x-catalyst-signature'].replace('v0', 'v1') }],
    ['cut short', { ...sign(body), 'x-catalyst-signature': sign(body)['x-catalyst-signature'].slice(0, -2) }],
    ['six minutes old', sign(body, String(Math.floor(Date.now() / 1000) - 360))],
    ['six minutes ahead', sign(body, String(Math.floor(Date.now() / 1000) + 360))],
    ['without a proper time', sign(body, 'NaN')],
    ['of an endless time', sign(body, '1e400')],
  ])('%s: 401, nothing stored', async (_, headers) => {
    expect((await http.post('/api/v1/alerts', body, headers)).status).toBe(401)
    expect(http.books.alerts.size).toBe(0)
    expect(http.books.log.at(-1)).toMatchObject({ level: 'warn', message: 'request refused' })
    expect(JSON.stringify(http.books.log)).not.toContain('s3cr3t-webhook')
  })

  it('four minutes off is still good, either way', async () => {
    for (const off of [-240, 240])
      expect((await http.post('/api/v1/alerts', body, sign(body, String(Math.floor(Date.now() / 1000) + off)))).status).toBeLessThan(203)
  })

  it('is looked at before the body: a forger learns nothing about fields', async () => {
    const got = await http.post('/api/v1/alerts', '{"id":', sign('other'))
    expect(got.status).toBe(401)
    expect(got.json['errors']).toBeUndefined()
  })

  it('without a secret of our own the answer says what to set', async () => {
    const other = await startHttp({}, { webhookSecret: null })
    const got = await other.post('/api/v1/alerts', body, sign(body))
    await other.server.close()
    expect(got.status).toBe(503)
    expect(got.json['detail']).toContain('ALERT_WEBHOOK_SECRET')
  })
})

describe('bad content is refused whole, with nothing stored', () => {
  it('lists every problem at once, across fields and clock', async () => {
    const body = alert({
      id: '',
      headline: ' ',
      confidence: -0.1,
      catalyst_score: 2,
      side: 'hold',
      entry_price: '-5',
      url: 'javascript:alert(1)',
      published_at: new Date(fakeNow + 3_600_000).toISOString(),
      extra: 1,
    })
    const got = await send(body)
    expect(got.status).toBe(400)
    const expected = ['catalyst_score', 'confidence', 'entry_price', 'extra', 'headline', 'id', 'published_at', 'side', 'url']
    expect(fieldsOf(got)).toEqual(expected)
    expect(http.books.calls).toEqual([])
  })

  it.each([
    ['a stop above the entry', { entry_price: '100', stop_loss: '101' }, ['stop_loss']],
    ['a target below the entry', { entry_price: '100', take_profit: '99' }, ['take_profit']],
    ['a stop below the entry of a sale', { side: 'sell', entry_price: '100', stop_loss: '99' }, ['stop_loss']],
    ['a target above the entry of a sale', { side: 'sell', entry_price: '100', take_profit: 101 }, ['take_profit']],
    ['a stop above the target', { stop_loss: '101', take_profit: '99' }, ['stop_loss']],
    ['a price of zero', { entry_price: 0 }, ['entry_price']],
    ['a price that is no number', { entry_price: 'NaN' }, ['entry_price']],
    ['an exponent', { stop_loss: '1e2' }, ['stop_loss']],
    ['a number longer than numbers hold', { entry_price: 100.12345678901234 }, ['entry_price']],
    ['a headline of 501 characters', { headline: 'x'.repeat(501) }, ['headline']],
    ['a link to a file', { url: 'file:///etc/passwd' }, ['url']],
    ['a time without a zone', { published_at: '2024-03-11T13:00:00' }, ['published_at']],
    ['metadata over 8 kB', { metadata: { text: 'x'.repeat(8_200) } }, ['metadata']],
    ['a confidence in words', { confidence: '0.9' }, ['confidence']],
  ])('%s', async (_, change, fields) => {
    const got = await send(alert(change))
    expect([got.status, fieldsOf(got)]).toEqual([400, fields])
    expect(http.books.alerts.size).toBe(0)
  })

  it('allows a sender whose clock is a little ahead', async () => {
    expect((await send(alert({ published_at: new Date(fakeNow + 59_000).toISOString() }))).status).toBe(202)
  })

  it('a symbol that is not traded here is a 422', async () => {
    const got = await send(alert({ symbol: 'NOPE' }))
    expect([got.status, fieldsOf(got)]).toEqual([422, ['symbol']])
    expect(http.books.alerts.size).toBe(0)
  })

  it('over 64 KiB is a 413', async () => {
    expect((await send(alert({ summary: 'x'.repeat(70_000) }))).status).toBe(413)
  })

  it('broken JSON is a 400', async () => {
    expect((await send('{"id": "x",')).status).toBe(400)
  })

  it('no JSON at all brings the server down or gets stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const { status } = await send(JSON.stringify(value))
        expect(status).toBe(400)
      }),
      { numRuns: 60 },
    )
    expect(http.books.alerts.size).toBe(0)
  })
})

it('GET lists what came in', async () => {
  await send(alert())
  expect((await http.get('/api/v1/alerts')).json).toMatchObject({
    items: [{ symbol: 'ACME', source_id: 'story-1', status: 'received' }],
    next: null,
  })
})
