import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { notice } from '../../src/app/card.ts'
import type { CardEvent } from '../../src/ports/chat.ts'
import { eventually } from '../support/bot.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Desk, openDesk } from '../support/desk.ts'
import { type ScriptedChat, scriptedChat } from '../support/scripted-chat.ts'

let database: TestDatabase
let discord: ScriptedChat
let desk: Desk | undefined
beforeAll(async () => {
  database = await testDatabase(['console', 'discord'])
})
beforeEach(async () => {
  await database.reset()
  discord = scriptedChat('discord')
})
afterEach(() => desk?.stop())
afterAll(() => database.close())

async function open(settings: object = {}): Promise<Desk> {
  desk = await openDesk(database, { chats: [discord], settings })
  return desk
}
async function tell(at: Desk, event: CardEvent): Promise<void> {
  await database.store.transact(at.by(), async (tx) => tx.enqueue(notice(`${event}-1`, 'sim', { title: event, event })))
  at.app.deliver()
  await at.app.settled()
}
const delivery = (key: string) => discord.posts.find(({ card }) => card.key === key)?.delivery

describe('how loud a message is', () => {
  it('follows the settings; what is off is not posted, and not kept', async () => {
    const at = await open({ notifications: { events: { fill: 'silent', close: 'off' } } })
    for (const event of ['denial', 'fill', 'close'] as const) await tell(at, event)
    expect([delivery('notice:denial-1')?.loud, delivery('notice:fill-1')?.loud, delivery('notice:close-1')]).toEqual([
      true,
      false,
      undefined,
    ])
    expect(await database.outbox.pending('discord', 10, 'posts')).toEqual([])
  })

  it('is full, with a mention of those who may act here, when it is critical', async () => {
    const people = { 'discord:1': 'viewer', 'discord:2': 'approver', 'discord:3': 'owner', 'slack:4': 'owner' }
    const at = await open({ people, notifications: { preset: 'quiet' } })
    await at.app.mute(60, at.by())
    await tell(at, 'critical')
    await tell(at, 'proposal')
    expect(delivery('notice:critical-1')).toMatchObject({ loud: true, mention: ['discord:2', 'discord:3'] })
    expect(delivery('notice:proposal-1')).toMatchObject({ loud: false, mention: [] })
  })

  it('comes back when the muting ends', async () => {
    const at = await open()
    await at.app.mute(60, at.by())
    await tell(at, 'fill')
    expect(await at.app.mute(0, at.by('console:local'))).toBeNull()
    await tell(at, 'close')
    expect([delivery('notice:fill-1')?.loud, delivery('notice:close-1')?.loud]).toEqual([false, true])
    const types = (await at.app.read.events({ stream: 'people:main' }, 10)).map(({ event }) => event.type)
    expect(types).toEqual(['NotificationsMuted', 'NotificationsMuted'])
  })

  it('is none for a proposal that nobody can decide any more', async () => {
    const at = await open()
    discord.up = false
    await at.alert()
    const { id } = await at.proposal()
    await at.app.decline(id, null, at.by())
    discord.up = true
    at.app.deliver()
    await at.app.settled()
    expect(delivery(`proposal:${id}`)?.loud).toBe(false)
  })

  it('is critical for a halt and for a position without a stop, and for nothing less', async () => {
    const at = await open()
    await at.app.pause('a drill', { cancelEntries: false }, at.by())
    await at.app.kill('a drill', at.by())
    await at.app.settled()
    const events = discord.posts.filter(({ card }) => card.kind === 'notice').map(({ card }) => [card.title, card.event])
    expect(events).toEqual([
      ['Paused: no new entries', 'state'],
      ['HALTED: no new entries', 'critical'],
    ])
  })
})

describe('a burst of proposals', () => {
  it('rings for the first few, then once for all that wait', async () => {
    const at = await open({ notifications: { burst: 3 }, approvals: { story_window_hours: 1 }, risk: { duplicate_order: { seconds: 0 } } })
    discord.up = false
    // A newer story about a symbol supersedes the card before, so each needs a symbol of its own.
    const symbols = ['ACME', 'BETA', 'CORE', 'DELT', 'ECHO', 'FOXT', 'GOLF']
    for (const symbol of symbols) at.market.list(symbol)
    await database.securities.saveSecurities(await at.app.market.securities())
    for (const symbol of symbols) await at.alert({ symbol })
    discord.up = true
    await eventually('all of them', async () => {
      at.app.deliver()
      await at.app.settled()
      return discord.posts.filter(({ card }) => card.kind === 'proposal').length === symbols.length
    })
    const shown = discord.posts.map(({ card, delivery: { loud } }) => [card.kind === 'proposal' ? 'proposal' : card.title, loud])
    expect(shown).toEqual([
      ['proposal', true],
      ['proposal', true],
      ['proposal', true],
      ['proposal', false],
      ['4 more proposals wait: /inbox', true],
      ['proposal', false],
      ['proposal', false],
      ['proposal', false],
    ])
  })
})
