import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configExample } from '../../src/config/example.ts'
import { defaults, loadSettings, parseSettings } from '../../src/config/load.ts'
import { ConfigurationError } from '../../src/config/problems.ts'
import { configSchema } from '../../src/config/schema.ts'

const schema = configSchema(
  [
    { code: 'MAX_POSITIONS', limits: z.object({ limit: z.number().int().min(1).max(50).default(10).meta({ description: 'positions' }) }) },
    { code: 'HALTED', limits: z.object({}) },
  ],
  [
    { name: 'fixed-percent', settings: z.object({ percent: z.string().default('5').meta({ description: '% of equity' }) }) },
    { name: 'atr', settings: z.object({ risk: z.number().default(1) }) },
  ],
)
const problemsOf = (content: string): readonly string[] => {
  try {
    parseSettings(schema, content, 'config.yaml')
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

test('an empty file, or one of comments, means the defaults', () => {
  expect(parseSettings(schema, '', 'config.yaml')).toEqual(defaults(schema))
  expect(parseSettings(schema, '# nothing\n', 'config.yaml')).toEqual(defaults(schema))
  expect(defaults(schema)).toMatchObject({
    approvals: { ceiling_percent: '1.5' },
    risk: { max_positions: { limit: 10 }, halted: {} },
    sizing: { method: 'fixed-percent', 'fixed-percent': { percent: '5' } },
  })
})

test('what is set wins, and decimals stay text whether quoted or not', () => {
  const settings = parseSettings(
    schema,
    'approvals: {ceiling_percent: 0.3}\nexits: {stop_atr: "2.25"}\nrisk: {max_positions: {limit: 3}}\n',
    'c',
  )
  expect(settings.approvals.ceiling_percent).toBe('0.3')
  expect(settings.exits.stop_atr).toBe('2.25')
  expect(settings.risk['max_positions']).toEqual({ limit: 3 })
})

test('every problem is listed with its line, key, bound and value', () => {
  const problems = problemsOf(
    `approvals:
  ceiling_percent: 44
  max_repricings: 99
  expiry_minuts: 3
risk:
  max_positions: { limit: 0, limt: 4 }
sizing:
  method: kely
people:
  "x:1": owner
  "slack:2": boss
simulation:
  speed: fast
`,
  )
  expect(problems).toEqual([
    'config.yaml:10: people.x:1: the name must look like discord:<user id>',
    'config.yaml:11: people.slack:2 must be one of viewer, approver, risk_officer, owner; it is "boss"',
    'config.yaml:2: approvals.ceiling_percent must be a number from 0 to 20; it is 44',
    'config.yaml:3: approvals.max_repricings must be at most 10; it is 99',
    'config.yaml:2: approvals.expiry_minuts is not a setting; did you mean expiry_minutes?',
    'config.yaml:13: simulation.speed must be of type number; it is "fast"',
    'config.yaml:6: risk.max_positions.limit must be at least 1; it is 0',
    'config.yaml:6: risk.max_positions.limt is not a setting; did you mean limit?',
    'config.yaml:8: sizing.method must be one of fixed-percent, atr; it is "kely"',
  ])
})

test('a section of another version is refused rather than ignored', () => {
  expect(problemsOf('breakers: {}\n')).toEqual(['config.yaml:1: breakers is not available in this version; remove it'])
})

test.each([
  ['a: [1', /^config\.yaml:1: /],
  ['approvals: {}\napprovals: {}\n', /^config\.yaml:2: .*unique/],
  ['- one\n- two\n', /must hold `name: value` lines/],
  ['just words', /must hold `name: value` lines/],
  ['a: *nothing\n', /alias/i],
])('YAML that is none is refused with its line: %s', (content, expected) => {
  expect(problemsOf(content)[0]).toMatch(expected)
})

test('no file makes the reader fail in any other way than with problems', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '-', '{', '}', '[', '"', '&', '*', '!', '#', '1', '|') }),
      (content) => {
        for (const problem of problemsOf(content)) expect(problem).toMatch(/^config\.yaml/)
      },
    ),
  )
})

describe('the file itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalyst-config-'))

  test('may be missing unless somebody named it', () => {
    expect(loadSettings(schema, join(folder, 'none.yaml'), false)).toEqual(defaults(schema))
    expect(() => loadSettings(schema, join(folder, 'none.yaml'), true)).toThrow('CONFIG_FILE names a file that does not exist')
  })

  test('must be readable', () => {
    expect(() => loadSettings(schema, folder, false)).toThrow('cannot be read (EISDIR)')
  })

  test('is read', () => {
    const path = join(folder, 'config.yaml')
    writeFileSync(path, 'shorting: true\n')
    expect(loadSettings(schema, path, true).shorting).toBe(true)
  })
})

describe('the example', () => {
  test('is a valid file that changes nothing', () => {
    expect(parseSettings(schema, configExample(schema), 'example')).toEqual(defaults(schema))
  })

  test('shows every key with its meaning, its range and its default', () => {
    const example = configExample(schema)
    expect(Object.keys(parse(example) as object)).toEqual(Object.keys(defaults(schema)))
    expect(example).toContain("  # % above the card's price (sell: below) that an approval still covers; 0 to 20\n  ceiling_percent: 1.5\n")
    expect(example).toContain('    # positions; 1 to 50\n    limit: 10\n')
  })
})
