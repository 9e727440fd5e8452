import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLive } from '../../src/app/live.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Desk, openDesk } from '../support/desk.ts'
import { fakeOperations } from '../support/fake-app.ts'
import { request } from '../support/samples.ts'
import { type ScriptedChat, scriptedChat } from '../support/scripted-chat.ts'

let database: TestDatabase
let discord: ScriptedChat
let slack: ScriptedChat
let desk: Desk
beforeAll(async () => {
  database = await testDatabase(['console', 'discord', 'slack'])
})
beforeEach(async () => {
  await database.reset()
  discord = scriptedChat('discord')
  slack = scriptedChat('slack')
  desk = await openDesk(database, { chats: [discord, slack] })
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await desk.stop()
})
afterAll(() => database.close())

/** Seconds of real time go by, and somebody looks. */
async function later(seconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1000)
  await desk.market.pass(seconds)
  await look()
}
async function look(): Promise<void> {
  await desk.app.watchChats()
  desk.app.deliver()
  await desk.app.settled()
}
const told = (chat: ScriptedChat) => chat.posts.filter(({ card }) => card.event === 'chat').map(({ card }) => card)
const denied = async (symbol: string) => {
  await desk.alert({ symbol })
  return (await desk.proposal(symbol)).denials.map(({ code }) => code)
}

describe('a chat that goes down while another is up', () => {
  it('is told of once elsewhere, with since when, and entries go on', async () => {
    await look()
    discord.up = false
    await later(1)
    await later(58)
    expect(told(slack)).toEqual([])
    await later(3)
    await later(60)
    expect(told(slack).map(({ title, tone }) => [title, tone])).toEqual([['discord reaches nobody', 'bad']])
    expect(told(slack)[0]?.lines).toEqual(['Since 10:00:01 ET. What it could not say is kept.', 'Decide in slack.'])
    expect(told(discord)).toEqual([])
    expect(await denied('ACME')).toEqual([])
  })

  it('is told of again when it is back, with what nobody could decide meanwhile, and gets all it missed', async () => {
    await desk.alert()
    discord.up = false
    await later(1)
    await desk.alert({ symbol: 'BETA' })
    await later(35 * 60)
    await desk.app.expireProposals()
    await later(60)
    discord.up = true
    await look()
    await look()
    const back = told(slack)[1]
    expect(back?.title).toBe('discord is back after 36 min')
    expect(back?.lines).toEqual(['These proposals expired meanwhile:', 'BETA buy 49, risk $147.00', 'ACME buy 49, risk $147.00'])
    expect(told(discord).map(({ title }) => title)).toEqual(['discord is back after 36 min'])
    expect(discord.shows(`proposal:${(await desk.proposal('BETA')).id}`)?.lines[0]).toContain('Expired')
  })

  it('is not told of when it was only a moment', async () => {
    discord.up = false
    await later(1)
    discord.up = true
    await later(1)
    await later(120)
    expect([...told(slack), ...told(discord)]).toEqual([])
  })
})

describe('when no chat can be reached', () => {
  const bothDown = async () => {
    discord.up = false
    slack.up = false
    await later(1)
  }

  it('given less than the limit, then entries go on; given more, then they are denied until one is back', async () => {
    await bothDown()
    await later(30)
    expect(await denied('ACME')).toEqual([])
    await later(31)
    expect(await denied('BETA')).toEqual(['CHAT_UNDELIVERABLE'])
    // Only time lifts it: the card keeps its Approve, and the tap is judged anew.
    const { id, terms } = await desk.proposal('BETA')
    expect((await desk.app.approve(id, { version: terms.version }, desk.by())).outcome).toBe('denied')
    slack.up = true
    await later(1)
    expect((await desk.app.approve(id, { version: terms.version }, desk.by())).outcome).toBe('approved')
  })

  it('then exits go on all the same', async () => {
    const position = await desk.hold('CORE')
    await bothDown()
    await later(90)
    expect((await desk.app.closePosition(position.id, 'manual', desk.by())).left).toEqual([])
    // First the legs give way, then the shares are sold.
    for (let i = 0; i < 3; i++) await desk.turn('CORE')
    expect((await desk.app.read.position(position.id))?.status).toBe('closed')
  })

  it('then the console says that entries stop, and counts as a chat while somebody watches it', async () => {
    await bothDown()
    await later(90)
    const said = desk.cards.filter(({ event }) => event === 'chat').map(({ lines }) => lines.at(-1))
    expect(said).toContain('No new entries until a chat is back or the console is open. Exits and stops go on.')
    expect(await denied('ACME')).toEqual(['CHAT_UNDELIVERABLE'])
    const live = createLive(desk.app, fakeOperations(desk.app))
    const page = live.watch({ id: 'console:local', name: 'Local', via: 'console' }, 'owner')
    await later(1)
    expect(await denied('BETA')).toEqual([])
    live.close()
    page?.destroy()
    await later(30)
    expect(await denied('CORE')).toEqual([])
    await later(31)
    expect(desk.app.status.watchers).toBe(0)
    expect((await desk.app.read.tradingState()).state).toBe('active')
    const opinion = await desk.app.validateEntry(request({ symbol: 'ACME' }))
    expect(opinion.denials.map(({ code }) => code)).toContain('CHAT_UNDELIVERABLE')
  })
})

describe('a chat that is connected and takes no proposal', () => {
  const age = (seconds: number) =>
    database.database.sql.unsafe(`update outbox set queued_at = clock_timestamp() - interval '${seconds} seconds'`)

  it('counts as down once the oldest has waited too long', async () => {
    slack.up = false
    discord.before = (card) => {
      if (card.kind === 'proposal') throw new Error('missing permissions')
    }
    await desk.alert()
    await later(61)
    expect(desk.app.status.unreachableSince).toBeNull()
    await age(61)
    await look()
    expect(desk.app.status.unreachableSince).not.toBeNull()
    discord.before = () => undefined
    await later(61)
    await look()
    expect(desk.app.status.unreachableSince).toBeNull()
  })

  it('is slow, not stuck, while others get through', async () => {
    slack.up = false
    await desk.alert()
    discord.before = (card) => {
      if (card.title.includes('BETA')) throw new Error('slow down')
    }
    await desk.alert({ symbol: 'BETA' })
    await age(300)
    await desk.alert({ symbol: 'CORE' })
    await look()
    expect(desk.app.status.unreachableSince).toBeNull()
  })
})
