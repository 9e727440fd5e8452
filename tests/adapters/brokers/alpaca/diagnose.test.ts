import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diagnoseAlpacaBroker } from '../../../../src/adapters/brokers/alpaca/diagnose.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../../../emulators/alpaca.ts'
import { accessTo, quick } from './bench.ts'

let alpaca: AlpacaEmulator
beforeEach(async () => {
  alpaca = await startAlpacaEmulator()
})
afterEach(() => alpaca.stop())

const examine = (over: Partial<Parameters<typeof diagnoseAlpacaBroker>[0]> = {}) =>
  diagnoseAlpacaBroker({ access: accessTo(alpaca), now: () => alpaca.world.now(), firstPauseMs: quick.firstPauseMs, ...over })
const problems = async (over: Partial<Parameters<typeof diagnoseAlpacaBroker>[0]> = {}) =>
  (await examine(over)).filter(({ good }) => !good).map(({ text }) => text)

describe('the diagnosis of an Alpaca account', () => {
  it('finds everything good, and says what there is', async () => {
    const findings = await examine()
    expect(findings.map(({ good, text }) => [good, text])).toEqual([
      [true, 'Alpaca keys: valid, paper account PA3EMULATED1'],
      [true, 'Alpaca account: active, equity 100000, buying power 200000'],
      [true, 'Alpaca shorting: allowed'],
      [true, 'Clock: agrees with Alpaca'],
      [true, 'Alpaca trade updates: they come in'],
    ])
  })

  it('says when the keys are of the other kind of account', async () => {
    const access = { ...accessTo(alpaca), ...alpaca.otherKeys }
    expect(await problems({ access })).toEqual([
      'Alpaca keys: these are live keys, and the mode is paper: set TRADING_MODE=live, or use paper keys',
    ])
  })

  it('says when the keys are no good, without showing them', async () => {
    const access = { ...accessTo(alpaca), secret: 'mistyped-secret' }
    const [problem = '', ...others] = await problems({ access })
    expect(problem).toMatch(/refused for the paper account.*APCA_API_KEY_ID/)
    expect(problem).not.toContain('mistyped-secret')
    expect(others).toEqual([])
  })

  it.each([
    ['tradingBlocked', /trading is blocked/],
    ['accountBlocked', /account is blocked/],
    ['suspendTrade', /suspended in the account settings/],
  ] as const)('says what stands in the way: %s', async (flag, words) => {
    alpaca.book.flags[flag] = true
    const [problem = ''] = await problems()
    expect(problem).toMatch(words)
  })

  it('says when short selling is not allowed', async () => {
    alpaca.book.flags.shortingEnabled = false
    expect((await examine()).map(({ text }) => text)).toContain('Alpaca shorting: not allowed, sell signals only close what is held')
  })

  it.each([-10_000, 10_000])('says when the clocks differ (%i ms)', async (off) => {
    expect(await problems({ now: () => alpaca.world.now() + off })).toEqual([expect.stringMatching(/^Clock: 10\.0 s off.*NTP/)])
  })

  it('says when the clock or the stream cannot be had', async () => {
    alpaca.faults.status(503, { path: /clock/, times: 4 })
    alpaca.trades.refusing = true
    const found = await problems({ patienceMs: 100 })
    expect(found).toEqual([expect.stringMatching(/^Clock: /), expect.stringMatching(/^Alpaca trade updates: the stream cannot be opened/)])
  })

  it('says when nobody answers', async () => {
    alpaca.faults.status(503, { times: 4 })
    expect(await problems()).toEqual([expect.stringMatching(/does not answer as it should: HTTP 503/)])
  })
})
