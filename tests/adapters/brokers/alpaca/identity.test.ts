import { afterEach, describe, expect, test } from 'vitest'
import { identifyAlpaca } from '../../../../src/adapters/brokers/alpaca/identity.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../../../emulators/alpaca.ts'

let alpaca: AlpacaEmulator | null = null
afterEach(async () => {
  await alpaca?.stop()
  alpaca = null
})

async function start(environment: 'paper' | 'live') {
  alpaca = await startAlpacaEmulator({ environment })
  const { access, otherKeys } = alpaca
  const keys = { keyId: access.APCA_API_KEY_ID, secretKey: access.APCA_API_SECRET_KEY, tradingUrl: access.APCA_API_BASE_URL }
  return { alpaca, keys, otherKeys: { ...keys, keyId: otherKeys.keyId, secretKey: otherKeys.secret } }
}

describe.each(['paper', 'live'] as const)('the %s account', (mode) => {
  const other = mode === 'paper' ? 'live' : 'paper'

  test('is named by the end of its number and a fingerprint, never by the whole or by a key', async () => {
    const { alpaca, keys } = await start(mode)
    const answer = await identifyAlpaca(keys, mode)
    expect(answer).toMatchObject({ ok: true, identity: { status: 'ACTIVE', blocked: [] } })
    const shown = JSON.stringify(answer)
    for (const secret of [alpaca.book.accountNumber, keys.keyId, keys.secretKey]) expect(shown).not.toContain(secret)
    expect(answer.ok && answer.identity.account).toContain(alpaca.book.accountNumber.slice(-4))
    expect(await identifyAlpaca(keys, mode)).toEqual(answer)
  })

  test('of which the other kind of keys is no key', async () => {
    const { otherKeys } = await start(mode)
    expect(await identifyAlpaca(otherKeys, mode)).toMatchObject({ ok: false, problem: expect.stringContaining(`of a ${other} account`) })
  })

  test('which is taken for the other one: the number tells', async () => {
    const { keys } = await start(mode)
    expect(await identifyAlpaca(keys, other)).toMatchObject({
      ok: false,
      problem: `the keys belong to a ${mode} account, but the mode is ${other}`,
    })
  })
})

test('what is blocked is said', async () => {
  const { alpaca, keys } = await start('paper')
  Object.assign(alpaca.book.flags, { tradingBlocked: true, suspendTrade: true, status: 'ACCOUNT_UPDATED' })
  expect(await identifyAlpaca(keys, 'paper')).toMatchObject({
    ok: true,
    identity: { status: 'ACCOUNT_UPDATED', blocked: ['trading blocked', 'trade suspended by user'] },
  })
})

test('a hiccup is asked again about, a server that stays silent is a problem, and so is one that is no Alpaca', async () => {
  const { alpaca, keys } = await start('paper')
  alpaca.faults.drop({ method: 'GET', path: /account$/, when: 'before' })
  expect(await identifyAlpaca(keys, 'paper', 1)).toMatchObject({ ok: true })
  await alpaca.stop()
  expect(await identifyAlpaca(keys, 'paper', 1)).toMatchObject({
    ok: false,
    problem: expect.stringContaining('does not answer at 127.0.0.1'),
  })
})
