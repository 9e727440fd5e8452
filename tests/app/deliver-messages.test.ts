import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { proposalMessage } from '../../src/app/deliver-messages.ts'
import { NotDelivered } from '../../src/ports/chat.ts'
import { eventually } from '../support/bot.ts'
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
  for (const desk of desks) await desk.stop()
})
afterAll(() => database.close())

async function open(options: DeskOptions = {}): Promise<Desk> {
  const desk = await openDesk(database, { chats: [discord], ...options })
  desks.push(desk)
  return desk
}
/** Delivering goes on until something is so. */
const delivering = <T>(desk: Desk, what: string, look: () => T | undefined | false) =>
  eventually(what, async () => {
    desk.app.deliver()
    await desk.app.settled()
    return look()
  })
const again = (desk: Desk, key: string) =>
  database.store.transact(desk.by(), async (tx) => tx.enqueue(key.startsWith('proposal:') ? proposalMessage(key.slice(9)) : none(key)))
const none = (cardKey: string) => ({ cardKey, card: { key: cardKey, kind: 'notice', event: 'state', title: cardKey }, mention: [] })
const proposals = () => discord.posts.filter(({ card }) => card.kind === 'proposal')

describe('delivering', () => {
  it('given a chat that takes nothing, then the card waits, and arrives once, as it is by then', async () => {
    let failing = true
    const desk = await open({ chatFails: () => failing })
    await desk.alert()
    expect(desk.cards).toEqual([])
    expect(desk.logged.some(({ message }) => message.includes('could not be delivered yet'))).toBe(true)
    const { id } = await desk.proposal()
    await desk.app.decline(id, 'too late', desk.by())
    failing = false
    const card = await delivering(desk, 'the card', () => desk.cards.at(-1))
    expect(card.lines[0]).toContain('Declined by console:local')
    desk.app.deliver()
    await desk.app.settled()
    expect(desk.cards).toHaveLength(1)
  })

  it('given an answer that gets lost, then the next attempt is told so, and nothing is posted twice', async () => {
    const desk = await open()
    let lose = true
    discord.after = () => {
      if (lose) throw new Error('socket hang up')
    }
    await desk.alert()
    lose = false
    await delivering(desk, 'the second attempt', () => discord.edits[0])
    expect(proposals().map(({ delivery }) => delivery.uncertain)).toEqual([false])
    expect(discord.edits[0]?.delivery).toMatchObject({ uncertain: true, reference: null })
  })

  it('given an answer that gets lost, when newer words about the card come first, then they are told so as well', async () => {
    const desk = await open()
    let lose = true
    discord.after = () => {
      if (lose) throw new Error('socket hang up')
    }
    await desk.alert()
    lose = false
    await desk.app.decline((await desk.proposal()).id, null, desk.by())
    await desk.app.settled()
    expect(proposals()).toHaveLength(1)
    expect(discord.edits[0]?.delivery.uncertain).toBe(true)
    expect(discord.edits[0]?.card.lines[0]).toContain('Declined')
  })

  it('given a process that ended between the post and its note, when another starts, then nothing is posted twice', async () => {
    const first = await open()
    discord.after = () => new Promise(() => undefined)
    await database.store.transact(first.by(), async (tx) => tx.enqueue(none('notice:once')))
    first.app.deliver()
    await eventually('posted', async () => discord.posts.some(({ card }) => card.key === 'notice:once'))
    desks = []
    discord.after = () => undefined
    await open()
    expect(discord.posts.filter(({ card }) => card.key === 'notice:once')).toHaveLength(1)
    expect(discord.edits.map(({ delivery }) => delivery.uncertain)).toEqual([true])
  })

  it('given a card that a chat refuses for good, then the others pass it by', async () => {
    const desk = await open()
    discord.before = (card) => {
      if (card.key === 'notice:bad') throw new Error('invalid form body')
    }
    for (const key of ['notice:bad', 'notice:good']) await again(desk, key)
    await delivering(desk, 'the good one', () => discord.shows('notice:good'))
    expect(discord.shows('notice:bad')).toBeUndefined()
  })

  it('given a chat that is not connected, then nothing is tried, and all of it comes in order when it is back', async () => {
    const desk = await open()
    discord.up = false
    for (const key of ['notice:1', 'notice:2', 'notice:3']) await again(desk, key)
    desk.app.deliver()
    await desk.app.settled()
    expect(desk.logged.filter(({ message }) => message.includes('could not be delivered'))).toEqual([])
    discord.up = true
    await delivering(desk, 'the last one', () => discord.shows('notice:3'))
    expect(discord.posts.map(({ card }) => card.key)).toEqual(['notice:1', 'notice:2', 'notice:3'])
  })
})

describe('a chat that asks to be left alone', () => {
  it('is left alone by that lane for as long as it asked, and by no other', async () => {
    const desk = await open()
    await again(desk, 'notice:old')
    await delivering(desk, 'the old card', () => discord.shows('notice:old'))
    let attempts = 0
    discord.before = (_, { reference }) => {
      if (reference !== null) return
      attempts += 1
      if (attempts === 1) throw new NotDelivered('too many requests', 900)
    }
    const began = Date.now()
    for (const key of ['notice:1', 'notice:2', 'notice:old']) await again(desk, key)
    await delivering(desk, 'the edit', () => discord.edits[0])
    expect(discord.edits[0]?.card.key).toBe('notice:old')
    expect([Date.now() - began < 900, attempts]).toEqual([true, 1])
    await delivering(desk, 'both', () => discord.shows('notice:1') && discord.shows('notice:2'))
    expect(Date.now() - began).toBeGreaterThanOrEqual(900)
    expect(attempts).toBe(3)
  })
})

describe('a burst of proposals', () => {
  it('holds up neither the edit of a decided card nor the word about a fill', async () => {
    const desk = await open()
    await desk.alert({ symbol: 'BETA' })
    const { id } = await desk.proposal('BETA')
    await delivering(desk, 'the first card', () => discord.shows(`proposal:${id}`))
    let release: () => void = () => undefined
    const gate = new Promise<void>((done) => {
      release = done
    })
    const order: string[] = []
    discord.before = async (card, { reference }) => {
      if (card.kind === 'proposal' && reference === null) await gate
      order.push(card.key.slice(0, card.key.indexOf(':')) + (reference === null ? '' : ' edit'))
    }
    await database.store.transact(desk.by(), async (tx) => {
      for (let i = 0; i < 12; i++)
        tx.enqueue({ ...none(`proposal:burst-${i}`), card: { ...none('').card, key: `proposal:burst-${i}`, kind: 'proposal' } })
    })
    desk.app.deliver()
    await desk.app.decline(id, null, desk.by())
    const edited = eventually(
      'the edit',
      async () => {
        desk.app.deliver()
        return order.includes('proposal edit')
      },
      30_000,
    )
    await edited.catch(release)
    await edited
    await again(desk, 'notice:fill')
    release()
    await delivering(desk, 'all', () => discord.shows('proposal:burst-11'))
    expect(order.indexOf('notice')).toBeLessThanOrEqual(6)
    expect(order.filter((what) => what === 'proposal')).toHaveLength(12)
  })
})
