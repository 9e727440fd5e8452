import { errors } from '@alpacahq/alpaca-trade-api'
import { describe, expect, it } from 'vitest'
import { AlpacaFailure, didNothing, failureOf } from '../../../src/adapters/alpaca/failures.ts'

const access = { keyId: 'PKKEYOFATEST', secretKey: 'secret-of-a-test' }
const now = 1_000_000

/** What the library throws for an answer. */
function answer(status: number, body: unknown, headers: Record<string, string> = {}, retryAfterMs?: number) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = new Response(text, { status, headers })
  return new errors.ApiError(response, status, undefined, text, undefined, retryAfterMs, headers['X-Request-ID'])
}
const fails = (error: unknown) => failureOf(error, access, now)

describe('what is known after a failure', () => {
  it.each([
    ['Alpaca says no', answer(403, { code: 40310000, message: 'no' }), 'refused', true],
    ['too many requests', answer(429, { message: 'slow down' }), 'limited', true],
    ['a broken server', answer(500, { code: 50010000, message: 'oops' }), 'broken', false],
    ['a gateway', answer(502, 'Bad Gateway'), 'broken', false],
    ["a proxy's page", answer(403, '<html>'), 'broken', false],
    ["somebody else's JSON", answer(404, { error: 'not here' }), 'broken', false],
    ['a request that took too long to arrive', answer(408, { message: 'timeout' }), 'broken', false],
    ['no answer', new errors.FetchError(new Error('ECONNRESET'), 'The request failed'), 'lost', false],
    ['an answer that breaks off', new TypeError('terminated'), 'lost', false],
    ['an answer that is no JSON', new SyntaxError('Unexpected end of JSON input'), 'unreadable', false],
    ['something that is no error', 'thrown', 'lost', false],
  ] as const)('%s', async (_, error, kind, nothing) => {
    const failure = await fails(error)
    expect(failure.kind).toBe(kind)
    expect(didNothing(failure)).toBe(nothing)
  })

  it('names the request for whoever asks Alpaca about it', async () => {
    const failure = await fails(answer(422, { code: 42210000, message: 'bad price', base_price: '10' }, { 'X-Request-ID': 'abc123' }))
    expect(failure.reason).toBe('bad price (Alpaca request abc123)')
    expect(failure).toMatchObject({ status: 422, code: 42210000, requestId: 'abc123', details: { base_price: '10' } })
  })

  it('says when to ask again: as told, else soon', async () => {
    expect((await fails(answer(429, { message: 'x' }, {}, 5_000))).retryAt).toBe(now + 5_000)
    expect((await fails(answer(429, { message: 'x' }))).retryAt).toBe(now + 2_000)
  })

  it('tells the cause of a lost answer, not what the library makes of it', async () => {
    const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
    expect((await fails(new errors.FetchError(cause, 'The request failed'))).message).toBe('no answer: connect ECONNREFUSED')
  })

  it('shows no key, whoever repeats it, and is short', async () => {
    const failure = await fails(answer(403, { message: `${access.keyId}/${access.secretKey} ${'x'.repeat(1_000)}` }))
    expect(failure.message).toMatch(/^•••\/••• x+$/)
    expect(failure.message.length).toBe(300)
    expect(JSON.stringify(failure)).not.toContain(access.secretKey)
  })

  it('leaves what was sorted already', async () => {
    const failure = new AlpacaFailure('unsent', 'no room')
    expect(await fails(failure)).toBe(failure)
  })
})
