import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInbound } from '../../src/app/inbound.ts'
import { parseCommand } from '../../src/app/parse-command.ts'
import { pick as pickWith, random as randomFrom } from '../../src/domain/random.ts'
import { loadAllPlugins, type Plugins } from '../../src/plugins.ts'
import type { Card, ChatInbound } from '../../src/ports/chat.ts'
import { commandApp } from '../support/command-app.ts'
import { noPictures, order, position, proposal } from '../support/samples.ts'

/** 100,000 in all. A failure names its seed; the same seed types the same. */
const counts = { parsed: 60_000, typed: 15_000, invoked: 10_000, pressed: 10_000, submitted: 5_000 } as const
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const random = randomFrom(seed)
const pick = <T>(from: readonly T[]): T => pickWith(random, from)
const upTo = (n: number) => Math.floor(random() * (n + 1))
const many = <T>(most: number, what: () => T): T[] => Array.from({ length: upTo(most) }, what)

let plugins: Plugins
let inbound: ChatInbound
const broken: string[] = []
let count = 0
beforeAll(async () => {
  plugins = await loadAllPlugins()
  const log = {
    info: () => undefined,
    warn: () => undefined,
    debug: () => undefined,
    error(facts: object) {
      const cause = Object.values(facts).find((value) => value instanceof Error)
      // What the fake lacks is no defect.
      if (!(cause instanceof Error) || !cause.message.startsWith("this test's"))
        broken.push(String(cause instanceof Error ? cause.stack : cause))
    },
  }
  const books = { proposals: [proposal()], positions: [position()], orders: [order()], prices: { NVDA: '103.50' } }
  const { app } = commandApp(books, { log, roleOf: async () => (random() < 0.9 ? 'owner' : null) })
  inbound = createInbound({ app, commands: plugins.commands, buttons: plugins.buttons, pictures: noPictures })
})
afterAll(() => console.info(`fuzzed with ${count.toLocaleString('en')} inputs, seed ${seed}`))

const nasty = [
  ...['"', "'", '`', '\\', '/', ':', '::', '@everyone', '<!channel>', '<script>', '%s', '--', ';', '\0', '\n', '\t', '\r\n'],
  ...['\u202e', '\u200b', '\ud800', '\udfff', '🦄', 'ß', 'İ', '１２', '-1', '0', '1e309', 'NaN', '9007199254740993', '1.5', '٣'],
  ...['true', 'FALSE', 'null', 'undefined', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'p1', 'pos1', 'o1', 'NVDA', 'all'],
]
const character = () => String.fromCharCode(random() < 0.7 ? 32 + upTo(94) : upTo(0xffff))
const word = (): string => (random() < 0.5 ? pick(nasty) : many(12, character).join(''))
const names = () => plugins.commands.map(({ name }) => name)
const argumentNames = () => plugins.commands.flatMap(({ args }) => Object.keys(args.shape))

function line(): string {
  const head = random() < 0.8 ? `${pick(['/', '', '//', ' /'])}${random() < 0.9 ? pick(names()) : pick(names()).slice(1)}` : word()
  const rest = many(6, () => (random() < 0.4 ? `${pick(argumentNames())}:${word()}` : random() < 0.3 ? `"${word()} ${word()}"` : word()))
  return random() < 0.01 ? word().repeat(3_000) : [head, ...rest].join(pick([' ', '  ', '\t', '']))
}
const buttonId = (): string => {
  const parts = [random() < 0.8 ? pick(plugins.buttons).name : word(), ...many(4, word)]
  return random() < 0.02 ? word().repeat(200) : parts.join(random() < 0.9 ? ':' : '')
}
const value = (): unknown =>
  pick<() => unknown>([
    word,
    upTo.bind(null, 1e9),
    () => null,
    () => undefined,
    () => ({ a: word() }),
    () => [word()],
    () => random() < 0.5,
    () => Number.NaN,
  ])()
const values = <T>(of: () => T): Record<string, T> =>
  Object.fromEntries(many(5, () => [random() < 0.7 ? pick(argumentNames()) : word(), of()] as const))

/** A new person every few actions, or they would be told to wait. */
const someone = () => ({ id: `discord:${Math.floor(count / 20)}`, name: word(), via: 'discord' })

async function answered(times: number, act: () => Promise<Card>): Promise<void> {
  for (let i = 0; i < times; i++) {
    count += 1
    const card = await act()
    if (typeof card.title !== 'string' || card.title === '' || card.kind !== 'reply')
      throw new Error(`no answer: ${JSON.stringify(card)} (seed ${seed})`)
  }
  expect(broken).toEqual([])
}

describe('whatever comes in', () => {
  it('is understood or explained by the parser', () => {
    for (let i = 0; i < counts.parsed; i++) {
      count += 1
      const parsed = parseCommand(plugins.commands, line())
      if (!parsed.ok && (parsed.problems.length === 0 || parsed.problems.some((p) => p === '' || p.length > 600)))
        throw new Error(`not explained: ${JSON.stringify(parsed.problems)} (seed ${seed})`)
    }
  })

  it('is answered with a card when it is typed', () => answered(counts.typed, () => inbound.command(someone(), line())))

  it('is answered with a card when its arguments are apart', () =>
    answered(counts.invoked, () => inbound.invoke(someone(), random() < 0.9 ? pick(names()) : word(), values(value))))

  it('is answered with a card when it is a button', () =>
    answered(counts.pressed, async () => {
      const id = buttonId()
      inbound.asks(id)
      const asked = await inbound.form(someone(), id)
      return 'card' in asked && random() < 0.5 ? asked.card : inbound.press(someone(), id)
    }))

  it('is answered with a card when it is the answers to a form', () =>
    answered(counts.submitted, () => inbound.submit(someone(), buttonId(), values(word))))
})
