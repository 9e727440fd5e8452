import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Settings, settingsShape } from '../../src/config/settings.ts'
import { tighten, unenforced } from '../../src/config/tighten.ts'

const settings = (over: Partial<Settings> = {}): Settings => ({
  ...z.object(settingsShape).parse({}),
  risk: {},
  sizing: { method: 'fixed-percent' },
  ...over,
})
const withLimits = settings({ risk: { max_drawdown: { percent: '15' }, daily_loss: { usd: '2000', percent: '3' } } })

describe('what the command line says on top of the settings', () => {
  test('only ever tightens a limit', () => {
    const amount = fc.integer({ min: 0, max: 10_000 })
    fc.assert(
      fc.property(amount, amount, (drawdown, loss) => {
        const { risk } = tighten(withLimits, { maxDrawdown: `${drawdown}`, maxDailyLoss: `${loss}` })
        expect(risk).toMatchObject({
          max_drawdown: { percent: `${Math.min(15, drawdown)}` },
          daily_loss: { usd: `${Math.min(2_000, loss)}`, percent: '3' },
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
