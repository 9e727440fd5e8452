import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OutboxMessage } from '../../src/ports/event-store.ts'
import type { Lane, PendingMessage } from '../../src/ports/outbox.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { at, given, meta, proposalOffered } from './given.ts'

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
const pending = (chat = 'console', lane: Lane = 'posts', limit = 10) => db.outbox.pending(chat, limit, lane)
const keys = async (chat = 'console', lane: Lane = 'posts') => (await pending(chat, lane)).map((m) => m.cardKey)
async function first(chat = 'console', lane: Lane = 'posts'): Promise<PendingMessage> {
  const [message] = await pending(chat, lane)
  if (!message) throw new Error('nothing pending')
  return message
}
/** The chat took whatever waits about a card. */
async function posted(cardKey: string, reference: string, chat = 'console'): Promise<void> {
  const message = [...(await pending(chat)), ...(await pending(chat, 'edits'))].find((m) => m.cardKey === cardKey)
  if (!message) throw new Error(`nothing pending about ${cardKey}`)
  await db.outbox.delivered(message, reference)
}
const soon = () => new Date(Date.now() + 60_000).toISOString()
const past = () => new Date(Date.now() - 1).toISOString()
/** What waits was stored that long ago. */
const age = (seconds: number) => db.database.sql.unsafe(`update outbox set queued_at = clock_timestamp() - interval '${seconds} seconds'`)

describe('the outbox', () => {
  it('keeps a message for every chat, in the order they were stored', async () => {
    await enqueue({ cardKey: 'notice:b' }, { cardKey: 'notice:a', card: { title: 'T' }, mention: ['discord:7'] })
    expect(await keys()).toEqual(['notice:b', 'notice:a'])
    expect((await pending('discord', 'posts', 1)).map((m) => m.cardKey)).toEqual(['notice:b'])
    expect((await pending())[1]).toMatchObject({ card: { title: 'T' }, mention: ['discord:7'], attempts: 0, reference: null })
  })

  it('keeps a message that names its chats for those alone', async () => {
    await enqueue({ cardKey: 'notice:down', chats: ['discord'] })
    expect([await keys('console'), await keys('discord')]).toEqual([[], ['notice:down']])
  })

  it('gives out only the newest message of a card', async () => {
    await enqueue({ card: 1 }, { cardKey: 'notice:n' }, { card: 2 }, { card: 3 })
    expect((await pending()).map((m) => [m.cardKey, m.card])).toEqual([
      ['notice:n', null],
      ['proposal:p1', 3],
    ])
  })

  it('forgets on request what a newer message of the same card has superseded, in each chat, and nothing else', async () => {
    await enqueue({ card: 1 }, { cardKey: 'notice:n', card: 'a' }, { cardKey: 'notice:n', card: 'b' }, { card: 2 })
    await db.outbox.tidy('proposal:p1')
    const rows = await db.database.sql.unsafe('select chat, card_key from outbox order by chat, sequence')
    const left = ['notice:n', 'notice:n', 'proposal:p1']
    expect(rows.map((row) => `${row['chat']} ${row['card_key']}`)).toEqual(
      ['console', 'discord'].flatMap((c) => left.map((key) => `${c} ${key}`)),
    )
    expect((await pending()).map((m) => m.card)).toEqual(['b', 2])
  })

  it('gives out proposals last, so that a burst of them holds up nothing else', async () => {
    await enqueue({ cardKey: 'proposal:a' }, { cardKey: 'proposal:b' }, { cardKey: 'notice:halted' })
    expect(await keys()).toEqual(['notice:halted', 'proposal:a', 'proposal:b'])
  })

  it('forgets a delivered message and all it superseded, in that chat alone, and knows where the card stands', async () => {
    await enqueue({ card: 1 }, { card: 2 })
    const message = await first()
    await enqueue({ card: 3 })
    await db.outbox.delivered(message, 'post-9')
    expect(await pending('console', 'posts')).toEqual([])
    expect((await pending('console', 'edits')).map((m) => [m.card, m.reference])).toEqual([[3, 'post-9']])
    expect((await pending('discord')).map((m) => [m.card, m.reference])).toEqual([[3, null]])
  })

  it('keeps what edits a card out of the way of what posts one', async () => {
    await enqueue({ cardKey: 'proposal:old' })
    await posted('proposal:old', 'post-1')
    await enqueue({ cardKey: 'proposal:new' }, { cardKey: 'proposal:newer' }, { cardKey: 'proposal:old' })
    expect([await keys('console', 'posts'), await keys('console', 'edits')]).toEqual([['proposal:new', 'proposal:newer'], ['proposal:old']])
  })

  it('waits with a failed message until its time, but not with a newer one of the same card', async () => {
    await enqueue({ card: 1 })
    const message = await first()
    await db.outbox.failed(message, 'no network', soon())
    expect(await keys()).toEqual([])
    await db.outbox.failed(message, 'no network', past())
    expect((await first()).attempts).toBe(2)
    await db.outbox.failed(message, 'no network', soon())
    await enqueue({ card: 2 })
    expect((await pending()).map((m) => m.card)).toEqual([2])
  })

  it('tries everything again at once when a chat is back', async () => {
    await enqueue({ cardKey: 'notice:a' }, { cardKey: 'notice:b' })
    for (const message of await pending()) await db.outbox.failed(message, 'no network', soon())
    await db.outbox.retryNow('discord')
    expect(await keys()).toEqual([])
    await db.outbox.retryNow('console')
    expect(await keys()).toEqual(['notice:a', 'notice:b'])
  })

  it('forgets what nobody wants to be told, and all it superseded', async () => {
    await enqueue({ card: 1 }, { card: 2 })
    await db.outbox.dropped(await first())
    expect([await keys('console'), await keys('discord')]).toEqual([[], ['proposal:p1']])
  })
})

describe('a post that was begun', () => {
  it('is uncertain from then on, in that chat alone, until it is known where it stands', async () => {
    await enqueue({ card: 1 })
    expect((await first()).uncertain).toBe(false)
    await db.outbox.begin(await first())
    expect([(await first()).uncertain, (await first('discord')).uncertain]).toEqual([true, false])
    await db.outbox.begin(await first())
    await posted('proposal:p1', 'post-1')
    await enqueue({ card: 2 })
    expect(await first('console', 'edits')).toMatchObject({ uncertain: false, reference: 'post-1' })
  })

  it('stays uncertain when a newer message of the same card overtakes it', async () => {
    await enqueue({ card: 1 })
    await db.outbox.begin(await first())
    await enqueue({ card: 2 })
    expect(await first()).toMatchObject({ card: 2, uncertain: true, reference: null })
  })
})

describe('a card for a thread', () => {
  const reply = { cardKey: 'notice:fill', card: { thread: 'proposal:p1' } }

  it('waits for the first card of the thread, and is told where that stands', async () => {
    await enqueue({}, reply)
    expect(await keys()).toEqual(['proposal:p1'])
    await posted('proposal:p1', 'post-1')
    expect(await first()).toMatchObject({ cardKey: 'notice:fill', thread: 'post-1' })
    expect(await keys('discord')).toEqual(['proposal:p1'])
  })

  it('goes to the channel when the first card does not get there in half a minute', async () => {
    await enqueue({}, reply)
    await age(29)
    expect(await keys()).toEqual(['proposal:p1'])
    await age(31)
    expect(await first()).toMatchObject({ cardKey: 'notice:fill', thread: null })
  })

  it('goes to the channel at once when there is no first card to come', async () => {
    await enqueue(reply)
    expect(await first()).toMatchObject({ cardKey: 'notice:fill', thread: null })
  })
})

describe('the backlog', () => {
  it('counts open proposals that nobody could see yet, and knows how long the oldest waits', async () => {
    expect(await db.outbox.backlog('console')).toEqual({ unposted: 0, oldestMs: null })
    for (const id of ['p1', 'p2']) await given(db.store, 'proposal', id, [proposalOffered()])
    await given(db.store, 'proposal', 'over', [proposalOffered(), { type: 'ProposalExpired', at: at(9), reason: 'nobody decided in time' }])
    await enqueue({ cardKey: 'proposal:over' }, { cardKey: 'proposal:p1' }, { cardKey: 'proposal:p1' }, { cardKey: 'proposal:p2' })
    await enqueue({ cardKey: 'notice:n' })
    await age(90)
    const { unposted, oldestMs } = await db.outbox.backlog('console')
    expect(unposted).toBe(2)
    expect(oldestMs).toBeGreaterThanOrEqual(90_000)
    await posted('proposal:p1', 'post-1')
    await posted('proposal:p2', 'post-2')
    expect(await db.outbox.backlog('console')).toEqual({ unposted: 0, oldestMs: null })
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
