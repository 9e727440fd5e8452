import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Broker } from '../../src/ports/broker.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Desk, type DeskOptions, openDesk } from '../support/desk.ts'
import { type ScriptedChat, scriptedChat } from '../support/scripted-chat.ts'

let database: TestDatabase
let discord: ScriptedChat
let desks: Desk[]
beforeAll(async () => {
  database = await testDatabase(['console', 'discord'])
})
beforeEach(async () => {
  await database.reset()
  discord = scriptedChat('discord')
  desks = []
})
afterEach(async () => {
  vi.useRealTimers()
  for (const desk of desks) await desk.stop()
})
afterAll(() => database.close())

async function open(options: DeskOptions = {}): Promise<Desk> {
  const desk = await openDesk(database, { chats: [discord], ...options })
  desks.push(desk)
  return desk
}
const line = () => {
  const card = discord.shows('status:line')
  if (!card) throw new Error('no pinned line')
  return card
}
const fact = (label: string) => line().facts.find((f) => f.label === label)?.value
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

describe('the pinned line', () => {
  it('is there from the start, in silence, and says what is held and when it was last alive', async () => {
    const desk = await open()
    expect([line().kind, line().title]).toEqual(['status', 'Active, supervised'])
    expect(line().lines).toEqual(['alive 10:00, next beat within 60 s'])
    expect(Math.max(...line().lines.map((words) => words.length))).toBeLessThanOrEqual(34)
    expect([fact('Equity'), fact('Today'), fact('Open'), fact('Pending')]).toEqual(['$100,000.00', '$0.00', '0', '0'])
    expect(discord.beats.map(({ delivery }) => [delivery.reference, delivery.loud])).toEqual([[null, false]])
    expect(desk.cards).toEqual([])
  })

  it('is edited at each beat, a minute apart however often it is asked', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const desk = await open()
    for (let i = 0; i < 3; i++) await desk.app.heartbeat()
    await desk.app.settled()
    expect(discord.beats).toHaveLength(1)
    await desk.alert()
    await desk.market.pass(60)
    later(60)
    await desk.app.heartbeat()
    await desk.app.settled()
    expect(line().lines).toEqual(['alive 10:01, next beat within 60 s'])
    expect(fact('Pending')).toBe('1')
    expect(discord.beats.map(({ delivery }) => delivery.reference === null)).toEqual([true, false])
  })

  it('tells a change of the state at once', async () => {
    const desk = await open()
    await desk.app.kill('a drill', desk.by())
    await desk.app.settled()
    expect([line().title, line().tone, line().lines[0]]).toEqual(['HALTED, supervised', 'bad', 'Cause: a drill'])
    await desk.app.resume('the drill is over', desk.by())
    await desk.app.changeMode('autonomous', desk.by())
    await desk.app.settled()
    expect(line().title).toBe('Active, autonomous')
  })

  it('beats on when the broker does not answer, and says so', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    let silent = false
    const mute = (broker: Broker): Broker => ({
      ...broker,
      account: () => (silent ? Promise.reject(new Error('timeout')) : broker.account()),
    })
    const desk = await open({ wrapBroker: mute })
    silent = true
    later(60)
    await desk.app.heartbeat()
    await desk.app.settled()
    expect([fact('Equity'), fact('Open')]).toEqual(['unknown: no answer', 'unknown'])
  })
})

describe('after a downtime', () => {
  it('says how long it was, and which proposals nobody could decide', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const first = await open()
    await first.alert()
    await first.stop()
    desks = []
    later(14 * 60)
    await first.market.pass(40 * 60)
    await open({ market: first.market })
    const told = discord.posts.find(({ card }) => card.title.startsWith('Back after'))
    expect([told?.card.title, told?.card.lines]).toEqual([
      'Back after 14 min down',
      ['This proposal expired meanwhile:', 'ACME buy 49, risk $147.00'],
    ])
    expect(told?.delivery.loud).toBe(true)
  })

  it('says nothing after a restart, nor at the very first start', async () => {
    const first = await open()
    await first.stop()
    desks = []
    await open()
    expect(discord.posts).toEqual([])
  })
})

describe('the words beside the name', () => {
  it('change with the state, come again when the chat forgot them, and are tried again when they fail', async () => {
    const desk = await open()
    for (let i = 0; i < 2; i++) await desk.app.watchChats()
    await desk.app.pause('lunch', { cancelEntries: false }, desk.by())
    await desk.app.watchChats()
    discord.up = false
    await desk.app.watchChats()
    discord.up = true
    await desk.app.watchChats()
    expect(discord.presences).toEqual(['SIM Active', 'SIM PAUSED', 'SIM PAUSED'])
  })
})
