import { afterEach, describe, expect, it } from 'vitest'
import { revokeLive } from '../../src/compose-store.ts'
import { type Launch, livePhrase, plainStart } from '../../src/config/mode.ts'
import { ConfigurationError } from '../../src/config/problems.ts'
import { type AlpacaEmulator, startAlpacaEmulator } from '../emulators/alpaca.ts'
import { type BotHome, createHome, environmentOf, removeHome, startTestBot, type TestBotOptions } from '../support/bot.ts'

const live: Launch = { ...plainStart, command: 'live trading', enableLive: true }
const paper: Launch = { ...plainStart, command: 'live paper' }
const liveSwitches = { ENABLE_LIVE_TRADING: 'true', HTTP_TOKEN: 's3cr3t-http-token-of-tests' }

let home: BotHome
let alpaca: AlpacaEmulator
afterEach(async () => {
  await alpaca.stop()
  await removeHome(home)
})

async function problemsOf(options: TestBotOptions): Promise<string> {
  try {
    await (await startTestBot({ ...options, home })).stop({ keep: true })
    return 'started'
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message
    throw error
  }
}
/** Keys of the other account at this server's address: what somebody gets by mixing two `.env` files up. */
const mixedUp = ({ access, otherKeys }: AlpacaEmulator) => ({
  ...access,
  APCA_API_KEY_ID: otherKeys.keyId,
  APCA_API_SECRET_KEY: otherKeys.secret,
})

describe('a paper start', () => {
  it('with live keys is refused before anybody is asked; with paper keys at a live server Alpaca itself says no', async () => {
    ;[home, alpaca] = [await createHome(), await startAlpacaEmulator({ environment: 'paper' })]
    expect(await problemsOf({ environment: mixedUp(alpaca), launch: paper })).toContain('is a live key')
    expect(alpaca.requests).toHaveLength(0)
    await alpaca.stop()
    alpaca = await startAlpacaEmulator({ environment: 'live' })
    expect(await problemsOf({ environment: mixedUp(alpaca), launch: paper })).toContain('or of a live account')
  })

  it('with keys that do not say what they are is refused by the number of the account', async () => {
    ;[home, alpaca] = [await createHome(), await startAlpacaEmulator({ environment: 'paper' })]
    alpaca.book.accountNumber = '123456781'
    expect(await problemsOf({ environment: alpaca.access, launch: paper })).toContain(
      'the keys belong to a live account, but the mode is paper',
    )
  })
})

describe.skipIf(process.env['TEST_DATABASE_URL'] === undefined)('a live start, on Postgres', () => {
  const onLive = async () => {
    ;[home, alpaca] = [await createHome(), await startAlpacaEmulator({ environment: 'live' })]
    return { ...alpaca.access, ...liveSwitches }
  }

  it('without anybody to ask and without --phrase moves nothing, and says what to do', async () => {
    const environment = await onLive()
    expect(await problemsOf({ environment, launch: live })).toContain('start it once in a terminal, or with --phrase')
    expect(await problemsOf({ environment, launch: live, bot: { ask: async () => 'yes' } })).toContain('nothing is started')
    expect(alpaca.orders()).toEqual([])
  })

  it('with the phrase but without a paper record or a reason moves nothing', async () => {
    const environment = await onLive()
    const launch = { ...live, phrase: livePhrase }
    expect(await problemsOf({ environment, launch })).toContain('no paper record is shown')
    const start = { grounds: { readinessFile: `${home.folder}/nothing.json` } }
    expect(await problemsOf({ environment, launch, start })).toContain('cannot be read')
  })

  it('with phrase and reason starts; afterwards nobody is asked again, until another key comes or it is revoked', {
    timeout: 90_000,
  }, async () => {
    const environment = await onLive()
    const start = { grounds: { override: 'a very small account' } }
    expect(await problemsOf({ environment, launch: { ...live, phrase: livePhrase }, start })).toBe('started')
    expect(await problemsOf({ environment, launch: live })).toBe('started')
    expect(await problemsOf({ environment: { TRADING_MODE: 'sim' } })).toContain('of live trading')
    const outside = await environmentOf(home, {}, environment)
    expect([await revokeLive(outside), await revokeLive(outside)]).toEqual([true, false])
    expect(await problemsOf({ environment, launch: live })).toContain('never confirmed')
    alpaca.book.accountNumber = '987654321'
    expect(await problemsOf({ environment, launch: { ...live, phrase: livePhrase }, start })).toContain(
      'in this database are of account …6781',
    )
  })

  it('with lower limits on the command line trades by them, and live trading is on', { timeout: 60_000 }, async () => {
    const environment = await onLive()
    const start = { limits: { maxDailyLoss: '500', maxDrawdown: '10' }, grounds: { override: 'a very small account' } }
    const bot = await startTestBot({ environment, launch: { ...live, phrase: livePhrase }, start, home })
    const limits = bot.bot.app.checks()
    const of = (code: string) => limits.find(({ check }) => check.code === code)?.limits
    expect([of('DAILY_LOSS'), of('MAX_DRAWDOWN')]).toMatchObject([{ usd: '500' }, { percent: '10' }])
    expect(bot.bot.app.status.liveEnabled).toBe(true)
    await bot.stop({ keep: true })
  })

  it('whose number is of a paper account is refused', async () => {
    const environment = await onLive()
    alpaca.book.accountNumber = 'PA3EMULATED1'
    expect(await problemsOf({ environment, launch: { ...live, phrase: livePhrase } })).toContain('belong to a paper account')
  })
})
