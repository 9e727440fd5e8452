import { afterEach, describe, expect, it } from 'vitest'
import { createChecks, exceptions } from './alpaca/checks.ts'
import { closeAll, exchange } from './alpaca/clients.ts'

/** What the emulator is held against. What it does is shown in its folder: orders, rules, faults, streams, data. */
afterEach(closeAll)
const { official } = createChecks()
if (!official) process.stdout.write('alpaca: the official descriptions are not there; nothing is held against them\n')

describe('what is checked', () => {
  it('every request and answer, and it says how many', async () => {
    const { alpaca, account, submit } = await exchange()
    await account.getAccount()
    await submit()
    expect(alpaca.checks.report()).toBe(
      alpaca.checks.official
        ? 'checked 3 responses, 3 requests, 0 violations'
        : 'the official descriptions are not here: nothing was held against them',
    )
  })

  it.runIf(official)('a request or an answer that is not as described is found', async () => {
    const { alpaca } = await exchange()
    const { APCA_API_BASE_URL: base, APCA_API_KEY_ID: key, APCA_API_SECRET_KEY: secret } = alpaca.access
    const headers = { 'APCA-API-KEY-ID': key, 'APCA-API-SECRET-KEY': secret, 'content-type': 'application/json' }
    await fetch(`${base}/v2/orders?colour=blue`, { headers })
    await fetch(`${base}/v2/orders`, { method: 'POST', headers, body: JSON.stringify({ symbol: 'ACME', qty: 3, side: 'up' }) })
    await fetch(`${base}/v2/nothing`, { headers })
    alpaca.book.flags.status = 'ASLEEP'
    await fetch(`${base}/v2/account`, { headers })
    expect(alpaca.checks.take().map(({ what, problems }) => `${what}: ${problems.join(', ')}`)).toEqual([
      'request GET /v2/orders: query colour is not known',
      expect.stringMatching(/^request POST \/v2\/orders: .*type.*\/side must be equal to one of/),
      'request GET /v2/nothing: GET /v2/nothing is no operation of this API',
      expect.stringMatching(/^response 200 to GET \/v2\/account: \/status/),
    ])
  })

  it('with named exceptions, each with its reason', () => {
    expect(new Set(exceptions.map(({ name }) => name)).size).toBe(exceptions.length)
    expect(exceptions.every(({ why }) => why.length > 20)).toBe(true)
  })
})
