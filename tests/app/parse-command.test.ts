import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCommand } from '../../src/app/command.ts'
import { parseCommand, usage } from '../../src/app/parse-command.ts'

const run = () => Promise.reject(new Error('not run here'))
const base = { summary: '', role: null, run }
const trades = defineCommand({
  ...base,
  name: 'trades',
  args: z.object({
    symbol: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z]{1,6}$/, 'must be a ticker such as AAPL')
      .optional(),
    limit: z.coerce.number().int().min(1).max(50).default(10),
  }),
})
const resume = defineCommand({ ...base, name: 'resume', args: z.object({ reason: z.string().min(1).meta({ rest: true }) }) })
const kill = defineCommand({ ...base, name: 'kill', args: z.object({ flatten: z.boolean().default(false) }) })
const mode = defineCommand({ ...base, name: 'mode', args: z.object({ mode: z.enum(['supervised', 'autonomous']) }) })
const commands = [trades, resume, kill, mode]

const argsOf = (typed: string) => {
  const parsed = parseCommand(commands, typed)
  if (!parsed.ok) throw new Error(parsed.problems.join(' | '))
  return parsed.args
}
const problemsOf = (typed: string): string => {
  const parsed = parseCommand(commands, typed)
  return parsed.ok ? '' : parsed.problems.join(' | ')
}

describe('what is typed', () => {
  it.each([
    ['/trades', { limit: 10 }],
    ['trades aapl', { symbol: 'AAPL', limit: 10 }],
    ['  /TRADES   AAPL 20 ', { symbol: 'AAPL', limit: 20 }],
    ['/trades AAPL limit:20', { symbol: 'AAPL', limit: 20 }],
    ['/trades limit:20 AAPL', { symbol: 'AAPL', limit: 20 }],
    ['/trades LIMIT:5 symbol:"AAPL"', { symbol: 'AAPL', limit: 5 }],
    ['/kill', { flatten: false }],
    ['/kill true', { flatten: true }],
    ['/kill flatten:Yes', { flatten: true }],
    ['/mode Supervised', { mode: 'supervised' }],
    ['/resume checked the books', { reason: 'checked the books' }],
    ['/resume "checked  the books"', { reason: 'checked  the books' }],
    ["/resume 'twice over' now", { reason: 'twice over now' }],
    ["/resume it's fine", { reason: "it's fine" }],
    ['/resume reason:"all good"', { reason: 'all good' }],
    ['/resume see https://example.com at 12:30', { reason: 'see https://example.com at 12:30' }],
  ])('%s', (typed, args) => {
    expect(argsOf(typed)).toEqual(args)
  })
})

describe('what is mistyped is explained by argument', () => {
  it.each([
    ['/trade', 'Did you mean /trades?'],
    ['/kil', 'Did you mean /kill?'],
    ['/xyzzy', '/help shows all of them'],
    ['', '/help'],
    ['/', '/help'],
    ['/trades AAPL 99', 'limit: '],
    ['/trades AAPL many', 'you typed "many"'],
    ['/trades 123', 'symbol: must be a ticker such as AAPL (you typed "123")'],
    ['/trades AAPL 10 extra words', '"extra words" is too much. Usage: /trades [symbol] [limit]'],
    ['/trades limit:1 limit:2', 'limit is given twice'],
    ['/mode', 'mode is missing'],
    ['/mode wild', 'mode: '],
    ['/kill perhaps', 'flatten: '],
    ['/resume "never closed', 'quotation mark'],
    [`/resume ${'x'.repeat(3_000)}`, 'at most 2000 characters'],
  ])('%s', (typed, words) => {
    expect(problemsOf(typed)).toContain(words)
  })

  it('usage shows what may be left out', () => {
    expect([usage(trades), usage(mode)]).toEqual(['/trades [symbol] [limit]', '/mode <mode>'])
  })

  it('a name of an object’s own machinery is no argument', () => {
    expect(problemsOf('/trades __proto__:x')).toContain('symbol')
    expect(problemsOf('/constructor')).toContain('There is no /constructor')
  })
})

describe('any text at all', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('/trades ', '/resume ', '"', "'", 'limit:', 'symbol:"', '\u202e', '\n', ':', ' '))
  it('is understood or explained, and never throws', () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const parsed = parseCommand(commands, pieces.join(''))
        expect(parsed.ok || parsed.problems.length > 0).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
  it('in quotation marks arrives unchanged', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 200 }).filter((s) => !s.includes('"')),
        (words) => {
          expect(argsOf(`/resume reason:"${words}"`)).toEqual({ reason: words })
        },
      ),
    )
  })
})
