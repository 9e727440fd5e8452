import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { denialsOf, judgeEntry } from '../../../src/domain/risk/verdict.ts'
import { loadChecks, riskContext, withDefaults } from '../../support/samples.ts'
import type { Case } from './cases/case.ts'
import { portfolioCases } from './cases/portfolio.ts'
import { positionCases } from './cases/position.ts'
import { systemCases } from './cases/system.ts'

const cases: readonly Case[] = [...positionCases, ...portfolioCases, ...systemCases]

const loaded = await loadChecks()
const armed = withDefaults(loaded)
const told: Record<string, string>[] = []

describe('each risk check with its default limits', () => {
  it.each(cases)('$code, $kind: $when', ({ code, when, kind, denied, warning, transient, context }) => {
    const check = armed.find((a) => a.check.code === code)
    if (!check) throw new Error(`no check ${code}`)
    const verdict = judgeEntry(context, [check])
    const [denial] = denialsOf(verdict)
    const [warned] = verdict.warnings
    const says = denial ? `denied: ${denial.explain}` : warned ? `warns: ${warned.explain}` : 'passes'
    told.push({ code, kind, when, says, wouldPass: denial?.wouldPass ?? '' })
    // Two and a half lines of a phone.
    expect((denial ?? warned)?.explain.length ?? 0).toBeLessThanOrEqual(80)
    if (denied === null) {
      expect(denial).toBeUndefined()
      return expect(warned).toEqual(warning === undefined ? undefined : { code, explain: warning })
    }
    expect(denial).toMatchObject({ code, wouldPass: denied === '' ? null : denied })
    if (transient !== undefined) expect(denial?.transient).toBe(transient)
  })

  /** There is nothing that could be missing, or no number, in what these look at. */
  const words = new Set(['BLOCKED', 'OUTSIDE_SESSION', 'TRADING_STATE', 'RECONCILING', 'LIVE_NOT_ENABLED'])

  it.each(loaded)('of $file: shown passing, denying, at its limit, and with bad data', ({ check }) => {
    const kinds = new Set(
      cases.filter(({ code }) => code === check.code).map(({ kind, denied }) => (denied === null ? kind : `${kind}, denied`)),
    )
    const has = (kind: Case['kind']) => kinds.has(kind) || kinds.has(`${kind}, denied`)
    const limited = check.limits instanceof z.ZodObject && Object.keys(check.limits.shape).length > 0
    expect({
      passes: has('pass'),
      denies: kinds.has('deny, denied'),
      edge: !limited || has('edge'),
      bad: words.has(check.code) || has('bad'),
    }).toEqual({
      passes: true,
      denies: true,
      edge: true,
      bad: true,
    })
  })

  it('lets a sound order through all of them together', () => {
    expect(judgeEntry(riskContext(), armed).approved).toBe(true)
  })

  it('never lets an order through when account, quote and listing are all missing', () => {
    const verdict = judgeEntry(riskContext({ account: null, quote: null, security: null }), armed)
    const codes = verdict.approved ? [] : verdict.entry.denials.map((d) => d.code)
    expect(codes).toEqual(expect.arrayContaining(['BUYING_POWER', 'QUOTE_STALE', 'NOT_TRADABLE', 'DATA_INVALID']))
    expect(verdict.approved ? [] : verdict.entry.denials.filter((d) => !d.transient)).toEqual([])
  })

  it('takes a check that throws for a denial', () => {
    const broken = {
      check: {
        code: 'BROKEN',
        tier: 'position',
        limits: armed[0]?.check.limits,
        transient: false,
        evaluate: () => {
          throw new Error('boom')
        },
      },
      limits: {},
    }
    const verdict = judgeEntry(riskContext(), [broken as (typeof armed)[number]])
    expect(verdict).toMatchObject({ approved: false, entry: { denials: [{ code: 'DATA_INVALID' }] } })
  })

  afterAll(() => {
    // SHOW_TABLES=1 prints what each check says, for a reader.
    if (process.env['SHOW_TABLES']) console.table(told)
  })
})
