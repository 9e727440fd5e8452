import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OutboxMessage } from '../../src/ports/event-store.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { meta } from './given.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase(['console', 'discord'])
})
beforeEach(() => db.reset())
afterAll(() => db.close())

const enqueue = (...messages: readonly Partial<OutboxMessage>[]) =>
  db.store.transact(meta(), async (tx) => {
    for (const message of messages) tx.enqueue({ cardKey: 'proposal:p1', card: null, mention: [], ...message })
  })
const keys = async (chat: string, limit = 10) => (await db.outbox.pending(chat, limit)).map((m) => m.cardKey)
const soon = () => new Date(Date.now() + 60_000).toISOString()
const past = () => new Date(Date.now() - 1).toISOString()

describe('the outbox', () => {
  it('keeps a message for every chat, in the order they were stored', async () => {
    await enqueue({ cardKey: 'notice:b' }, { cardKey: 'notice:a', card: { title: 'T' }, mention: ['discord:7'] })
    expect(await keys('console')).toEqual(['notice:b', 'notice:a'])
    expect(await keys('discord', 1)).toEqual(['notice:b'])
    expect((await db.outbox.pending('console', 10))[1]).toMatchObject({
      card: { title: 'T' },
      mention: ['discord:7'],
      attempts: 0,
      reference: null,
    })
  })

  it('gives out only the newest message of a card', async () => {
    await enqueue({ card: 1 }, { cardKey: 'notice:n' }, { card: 2 }, { card: 3 })
    expect((await db.outbox.pending('console', 10)).map((m) => [m.cardKey, m.card])).toEqual([
      ['notice:n', null],
      ['proposal:p1', 3],
    ])
  })

  it('forgets a delivered message and all it superseded, in that chat alone, and knows where the card stands', async () => {
    await enqueue({ card: 1 }, { card: 2 })
    const [message] = await db.outbox.pending('console', 10)
    if (!message) throw new Error('nothing pending')
    await enqueue({ card: 3 })
    await db.outbox.delivered(message, 'post-9')
    expect((await db.outbox.pending('console', 10)).map((m) => [m.card, m.reference])).toEqual([[3, 'post-9']])
    expect((await db.outbox.pending('discord', 10)).map((m) => [m.card, m.reference])).toEqual([[3, null]])
  })

  it('waits with a failed message until its time, but not with a newer one of the same card', async () => {
    await enqueue({ card: 1 })
    const [message] = await db.outbox.pending('console', 10)
    if (!message) throw new Error('nothing pending')
    await db.outbox.failed(message, 'no network', soon())
    expect(await keys('console')).toEqual([])
    await db.outbox.failed(message, 'no network', past())
    expect((await db.outbox.pending('console', 10))[0]?.attempts).toBe(2)
    await db.outbox.failed(message, 'no network', soon())
    await enqueue({ card: 2 })
    expect((await db.outbox.pending('console', 10)).map((m) => m.card)).toEqual([2])
  })
})

describe('the key-value store', () => {
  it('keeps values per namespace, replaces them, and deletes with null', async () => {
    await db.keyValue.save(
      'sim',
      new Map<string, unknown>([
        ['cursor', 7],
        ['book', { bids: ['1.10'] }],
      ]),
    )
    await db.keyValue.save('other', new Map([['cursor', 'x']]))
    await db.keyValue.save(
      'sim',
      new Map<string, unknown>([
        ['cursor', 8],
        ['book', null],
        ['text', '"quoted"'],
      ]),
    )
    expect([...(await db.keyValue.load('sim'))]).toEqual([
      ['cursor', 8],
      ['text', '"quoted"'],
    ])
    expect(await db.keyValue.load('nobody')).toEqual(new Map())
  })
})
