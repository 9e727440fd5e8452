import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { configSchema } from '../../src/config/schema.ts'
import { type Settings, settingsShape } from '../../src/config/settings.ts'
import { tighten, unenforced } from '../../src/config/tighten.ts'
import { usd } from '../../src/domain/decimal.ts'
import { check as dailyLoss, dayLossLimit } from '../../src/domain/risk/checks/daily-loss.ts'
import { denialsOf, judgeEntry } from '../../src/domain/risk/verdict.ts'
import { checks, loadPlugins } from '../../src/plugins.ts'
import { riskContext, standing } from '../support/samples.ts'

const settings = (over: Partial<Settings> = {}): Settings => ({
  ...z.object(settingsShape).parse({}),
  risk: {},
  sizing: { method: 'fixed-percent' },
  ...over,
})
const withLimits = settings({ risk: { max_drawdown: { percent: '15' }, daily_loss: { usd: '2000', equity_percent: '3' } } })

describe('what the command line says on top of the settings', () => {
  test('only ever tightens a limit', () => {
    const amount = fc.integer({ min: 0, max: 10_000 })
    fc.assert(
      fc.property(amount, amount, (drawdown, loss) => {
        const { risk } = tighten(withLimits, { maxDrawdown: `${drawdown}`, maxDailyLoss: `${loss}` })
        expect(risk).toMatchObject({
          max_drawdown: { percent: `${Math.min(15, drawdown)}` },
          daily_loss: { usd: `${Math.min(2_000, loss)}`, equity_percent: '3' },
        })
      }),
    )
  })

  test('only ever narrows the symbols', () => {
    const list = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D'))
    fc.assert(
      fc.property(fc.option(list), list, (inForce, asked) => {
        const { allowed_symbols: allowed } = tighten(settings({ allowed_symbols: inForce }), { symbols: asked })
        expect(allowed).toEqual(asked.filter((symbol) => inForce === null || inForce.includes(symbol)))
      }),
    )
    expect(tighten(settings(), {}).allowed_symbols).toBeNull()
  })

  test('both limits are those of checks that there are, and lower what they deny at', async () => {
    const armed = await loadPlugins(checks)
    const inForce: Settings = configSchema(armed, []).parse({})
    const asked = { maxDrawdown: '10', maxDailyLoss: '500' }
    expect(unenforced(inForce, asked)).toEqual([])
    const { risk } = tighten(inForce, asked)
    const day = standing({ dayStart: usd('90000'), highWater: usd('100000') })
    const down = riskContext({ account: { equity: usd('89500'), cash: usd('89500'), buyingPower: usd('89500') }, standing: day })
    const context = { ...down, dayLossLimit: dayLossLimit(usd('90000'), dailyLoss.limits.parse(risk['daily_loss'])) }
    const denied = (limits: Settings['risk']) =>
      denialsOf(
        judgeEntry(
          context,
          armed.map((check) => ({ check, limits: limits[check.code.toLowerCase()] })),
        ),
      ).map(({ code, limit }) => [code, limit])
    expect(denied(risk)).toEqual(
      expect.arrayContaining([
        ['MAX_DRAWDOWN', '10'],
        ['DAILY_LOSS', '500'],
      ]),
    )
    const loose = { ...down, dayLossLimit: dayLossLimit(usd('90000'), dailyLoss.limits.parse(inForce.risk['daily_loss'])) }
    const codes = denialsOf(
      judgeEntry(
        loose,
        armed.map((check) => ({ check, limits: inForce.risk[check.code.toLowerCase()] })),
      ),
    ).map(({ code }) => code)
    expect(codes).not.toContain('MAX_DRAWDOWN')
    expect(codes).not.toContain('DAILY_LOSS')
  })

  test('a limit that no check enforces is named; one that is enforced is not', () => {
    const asked = { maxDrawdown: '10', maxDailyLoss: '500' }
    expect(unenforced(settings(), asked)).toEqual([
      expect.stringContaining('--max-drawdown 10'),
      expect.stringContaining('--max-daily-loss 500'),
    ])
    expect(unenforced(withLimits, asked)).toEqual([])
    expect(unenforced(settings(), {})).toEqual([])
  })
})
