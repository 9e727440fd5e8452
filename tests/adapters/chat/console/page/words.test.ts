import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { argumentHint, remember, suggest } from '../../../../../src/adapters/chat/console/page/completion.ts'
import { isStale, lifeLeft, readingOf, serverTime } from '../../../../../src/adapters/chat/console/page/running-clock.ts'
import { deepest, drawdown, equityCurve } from '../../../../../src/adapters/chat/console/page/series.ts'
import { anew, denialNumbers, orderWords, verdict } from '../../../../../src/adapters/chat/console/page/verdict.ts'
import type { CommandInfo } from '../../../../../src/adapters/chat/console/page/wire.ts'
import { order, proposal } from './samples.ts'

const me = { id: 'console:local', name: 'local' }

describe('a card that waits', () => {
  it('says what is different from when it was first asked: the first of two before all else', () => {
    const first = { by: 'discord:8841', quantity: '145', at: '2026-11-20T15:31:07Z' }
    expect(anew(proposal(), me)).toBeNull()
    expect(anew(proposal({ first_approval: first, reason: 'Price moved 1.8 %' }), me)).toBe(
      '1 of 2: 145 approved by 8841 10:31:07; one more person decides.',
    )
    expect(anew(proposal({ reason: 'Price moved 1.8 %' }), me)).toBe('Price moved 1.8 %: approve the new price?')
    expect(anew(proposal({ version: 2, revised_by: 'console:local' }), me)).toBe('Edited by you: approve version 2?')
    expect(anew(proposal({ snoozed_by: ['discord:8841', 'console:local'] }), me)).toBe('Snoozed by 8841, you.')
  })
})

describe('a decided card', () => {
  it('says who, when and after how long', () => {
    const p = proposal({ status: 'approved', decided_by: 'discord:8841', decided_at: '2026-11-20T15:31:07Z' })
    expect(verdict(p, me)).toMatchObject({ word: 'Approved', detail: 'by 8841 10:31:07, after 42 s' })
  })
  it('names the reader as you, and nobody when nobody decided', () => {
    const at = '2026-11-20T15:35:25Z'
    expect(verdict(proposal({ status: 'declined', decided_by: 'console:local', decided_at: at }), me).detail).toMatch(/^by you /)
    expect(verdict(proposal({ status: 'expired', decided_at: at }), me).detail).toBe('10:35:25, after 5 min')
  })
  it('tells the fill, the refusal and the silence of its order apart', () => {
    const p = proposal({ status: 'approved', order_id: 'o1' })
    const said = (over: Parameters<typeof order>[0]) => orderWords(p, [order(over)])?.word
    expect(said({})).toBe('Order sent')
    expect(said({ status: 'filled', filled_avg_price: '34.21' })).toBe('Filled at $34.21')
    expect(said({ status: 'rejected', reason: 'halted' })).toBe('Rejected by the broker')
    expect(said({ status: 'unknown' })).toContain('no answer')
  })
  it('does not take a protective leg for its entry', () => {
    expect(orderWords(proposal({ status: 'approved' }), [order({ id: 's', role: 'stop', status: 'filled' })])).toBeNull()
  })
  it('prints both numbers of a denial, and none where there is none', () => {
    const denial = { code: 'X', limit: '5000', actual: '6200', would_pass: null, explain: '' }
    expect(denialNumbers(denial)).toBe('is 6,200 · limit 5,000')
    expect(denialNumbers({ ...denial, limit: null, actual: null })).toBeNull()
  })
})

describe('the command box', () => {
  const commands: readonly CommandInfo[] = [
    {
      name: 'pnl',
      summary: 'Results',
      role: 'viewer',
      args: [{ name: 'period', description: 'which time', required: false, values: ['today', 'week'] }],
    },
    { name: 'close', summary: 'Close', role: 'approver', args: [{ name: 'symbol', description: 'what to close', required: true }] },
    { name: 'positions', summary: 'Open', role: 'viewer', args: [] },
  ]
  it('completes names, values and symbols', () => {
    expect(suggest('/p', commands, []).map((s) => s.text)).toEqual(['/pnl ', '/positions'])
    expect(suggest('/pnl w', commands, []).map((s) => s.text)).toEqual(['/pnl week'])
    expect(suggest('/close a', commands, ['AMD', 'PLTR']).map((s) => s.text)).toEqual(['/close AMD'])
  })
  it('offers nothing where nothing fits', () => {
    expect(suggest('/zzz', commands, [])).toEqual([])
    expect(suggest('/positions x', commands, [])).toEqual([])
    expect(suggest('/pnl week', commands, [])).toEqual([])
  })
  it('explains the argument being typed', () => {
    expect(argumentHint('/pnl ', commands)).toBe('period (optional): which time')
    expect(argumentHint('/pnl', commands)).toBeNull()
  })
  it('remembers a bounded history without repeats in a row', () => {
    expect(remember(['/pnl'], '/pnl')).toEqual(['/pnl'])
    const long = Array.from({ length: 90 }, (_, i) => `/${i}`).reduce<readonly string[]>(remember, [])
    expect(long).toHaveLength(50)
    expect(long.at(-1)).toBe('/89')
  })
})

describe('the server’s clock', () => {
  it('runs at the server’s speed from its last word', () => {
    const reading = readingOf('2026-11-20T15:00:00Z', 1000, 60)
    expect(reading && serverTime(reading, 2000)).toBe(Date.parse('2026-11-20T15:01:00Z'))
  })
  it('refuses a broken time and a speed that stands still', () => {
    expect(readingOf('later', 0, 1)).toBeNull()
    expect(readingOf('2026-11-20T15:00:00Z', 0, 0)?.speed).toBe(1)
  })
  it('counts a life down from one to nothing', () => {
    const [from, to] = ['2026-11-20T15:00:00Z', '2026-11-20T15:10:00Z']
    expect(lifeLeft(from, to, Date.parse('2026-11-20T15:05:00Z'))).toBe(0.5)
    expect(lifeLeft(from, to, Date.parse('2026-11-20T16:00:00Z'))).toBe(0)
    expect(lifeLeft(to, from, 0)).toBe(0)
  })
  it('takes a quote for stale just past its limit, and one without a time always', () => {
    const at = '2026-11-20T15:00:00Z'
    expect(isStale(at, Date.parse(at) + 5000, 5)).toBe(false)
    expect(isStale(at, Date.parse(at) + 5001, 5)).toBe(true)
    expect(isStale(undefined, 0, 5)).toBe(true)
  })
})

describe('the curves', () => {
  const curve = (values: readonly string[]) => values.map((equity, i) => ({ at: new Date(i * 60_000).toISOString(), equity }))
  it('measure a fall from the highest equity before it', () => {
    expect(drawdown(curve(['100', '110', '99', '120'])).map((p) => p.value)).toEqual([0, 0, -10, 0])
    expect(deepest(drawdown(curve(['100', '110', '99', '120'])))).toBe(-10)
  })
  it('never stand above the peak', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 })), (values) => {
        for (const p of drawdown(curve(values.map(String)))) expect(p.value).toBeLessThanOrEqual(0)
      }),
    )
  })
  it('take each moment once, in order, and skip what is no number', () => {
    const at = new Date(60_000).toISOString()
    const points = equityCurve([
      { at, equity: '2' },
      { at: new Date(0).toISOString(), equity: '1' },
      { at, equity: '3' },
      { at, equity: 'x' },
    ])
    expect(points).toEqual([
      { time: 0, value: 1 },
      { time: 60, value: 3 },
    ])
  })
})
