import { afterEach, describe, expect, test } from 'vitest'
import { diagnoseAlpaca } from '../../../../src/adapters/brokers/alpaca/diagnose.ts'
import { type AlpacaEmulator, type AlpacaEmulatorOptions, startAlpacaEmulator } from '../../../emulators/alpaca.ts'

let alpaca: AlpacaEmulator
afterEach(() => alpaca.stop())

const startAt = Date.parse('2026-03-03T15:00:00Z')
async function examined(options: AlpacaEmulatorOptions = {}, prepare: (alpaca: AlpacaEmulator) => void = () => undefined, now = startAt) {
  alpaca = await startAlpacaEmulator({ startAt, ...options })
  prepare(alpaca)
  const { access } = alpaca
  const url = access.APCA_API_BASE_URL
  const keys = { keyId: access.APCA_API_KEY_ID, secretKey: access.APCA_API_SECRET_KEY, tradingUrl: url, dataUrl: url }
  const findings = await diagnoseAlpaca(keys, options.environment ?? 'paper', () => now, 1)
  for (const secret of [keys.keyId, keys.secretKey, alpaca.book.accountNumber]) expect(JSON.stringify(findings)).not.toContain(secret)
  return { all: findings.map(({ text }) => text).join('\n'), wrong: findings.filter(({ good }) => !good).map(({ text }) => text) }
}

describe('an account in order', () => {
  test.each(['paper', 'live'] as const)('of %s trading has nothing wrong, and says what it may', async (environment) => {
    const { all, wrong } = await examined({ environment })
    expect(wrong).toEqual([])
    for (const part of [`the ${environment} account`, 'active', 'agrees with', 'the exchange is open', 'IEX alone'])
      expect(all).toContain(part)
  })

  test('with a subscription has every exchange', async () => {
    expect((await examined({ plan: 'paid' })).all).toContain('all exchanges (sip)')
  })
})

describe('what is wrong is said with what to do', () => {
  test.each([
    [2_500, /2\.5 s ahead of Alpaca's.*set-ntp/],
    [-2_500, /2\.5 s behind Alpaca's.*set-ntp/],
  ])('a clock that is off by %i ms', async (off, words) => {
    expect((await examined({}, undefined, startAt + off)).wrong).toEqual([expect.stringMatching(words)])
  })

  test.each([-2_000, 2_000])('but not one that is off by %i ms', async (off) => {
    expect((await examined({}, undefined, startAt + off)).wrong).toEqual([])
  })

  test('an account that is blocked, or not ready', async () => {
    const { wrong } = await examined({}, ({ book }) => Object.assign(book.flags, { tradingBlocked: true, status: 'ONBOARDING' }))
    expect(wrong).toEqual([expect.stringContaining('is ONBOARDING'), expect.stringContaining('trading blocked')])
  })

  test('one that may not sell short is told, which is no fault', async () => {
    const { all, wrong } = await examined({}, ({ book }) => Object.assign(book.flags, { shortingEnabled: false }))
    expect([wrong, all.includes('may not sell short')]).toEqual([[], true])
  })

  test('keys that may not read market data, and data that does not come', async () => {
    const refused = await examined({}, ({ faults }) => faults.status(403, { path: /quotes/, times: 2 }))
    expect(refused.wrong).toEqual([expect.stringContaining('may not read market data')])
    await alpaca.stop()
    const down = await examined({}, ({ faults }) => faults.status(503, { path: /quotes|clock/, times: 9 }))
    expect(down.wrong).toEqual([expect.stringContaining('its clock cannot be read'), expect.stringContaining('market data cannot be read')])
  })

  test('keys that are not accepted end it there', async () => {
    expect((await examined({}, ({ faults }) => faults.status(401, { path: /account$/ }))).wrong).toEqual([
      expect.stringMatching(/^Alpaca refuses the keys/),
    ])
  })
})
