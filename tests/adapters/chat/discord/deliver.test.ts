import { describe, expect, test } from 'vitest'
import { card } from '../../../../src/app/card.ts'
import { delivery } from '../../../support/samples.ts'
import { ada, bob, desk, only, proposal, sent } from './support.ts'

const posts = /^\/channels\/\d+\/messages$/

describe('given a new card', () => {
  test('its create call alone rings a phone with ticker, side, risk and expiry', async () => {
    const { emulator, chat } = await desk()
    const { reference } = await chat.deliver(proposal(), delivery())
    const message = only(emulator.messages())
    expect(reference).toBe(`${emulator.access.channelId}/${message.id}`)
    expect(only(sent(emulator, 'POST', posts)).body).toMatchObject({
      content: 'NVDA BUY 41 at $121.95, risk $250.10, expires 10:30:00 ET',
      allowed_mentions: { parse: [], users: [] },
      enforce_nonce: true,
    })
    expect(message.embeds[0]).toMatchObject({
      author: { name: 'SIM' },
      title: 'Buy 41 NVDA at $121.95',
      footer: { text: expect.stringMatching(/^p1 · [0-9a-f]{8}$/) },
    })
    expect(message.embeds[0]?.description).toContain('**At risk $250.10 (0.25 % of equity)**')
    expect(message.components.map((row) => row.components?.map((c) => c.label ?? c.placeholder))).toEqual([['Approve', 'Reject'], ['More']])
  })

  test('people of Discord are mentioned in its text, nobody else', async () => {
    const { emulator, chat } = await desk()
    await chat.deliver(proposal(), delivery({ mention: [`discord:${ada}`, 'slack:U1', 'console:local', `discord:${ada}`] }))
    const message = only(emulator.messages())
    expect(message.content).toMatch(new RegExp(`ET <@${ada}>$`))
    expect(message.pinged).toEqual([ada])
  })

  test('a quiet one comes without a sound', async () => {
    const { emulator, chat } = await desk()
    await chat.deliver(proposal(), delivery({ loud: false, mention: [`discord:${ada}`] }))
    expect(only(emulator.messages())).toMatchObject({ flags: 4096, pinged: [] })
  })

  test('the status line is pinned once', async () => {
    const { emulator, chat } = await desk()
    const line = card('status:line', 'status', 'sim', { title: 'Running' })
    const { reference } = await chat.deliver(line, delivery())
    await chat.deliver({ ...line, lines: ['beat'] }, delivery({ reference, sequence: 2 }))
    expect(only(emulator.messages())).toMatchObject({ pinned: true, edits: 1 })
    expect(sent(emulator, 'PUT', /pins/)).toHaveLength(1)
  })

  test('a pin that failed is made up for, and one that is not allowed is left', async () => {
    const { emulator, chat, log } = await desk()
    const line = card('status:line', 'status', 'sim', { title: 'Running' })
    emulator.faults.status(500, { path: /pins/ })
    const { reference } = await chat.deliver(line, delivery())
    expect(only(emulator.messages()).pinned).toBe(false)
    await chat.deliver(line, delivery({ reference, sequence: 2 }))
    expect(only(emulator.messages()).pinned).toBe(true)
    emulator.faults.refuse(403, 50013, 'Missing Permissions', { path: /pins/ })
    await chat.deliver({ ...line, key: 'status:other' }, delivery({ sequence: 3 }))
    expect(log.lines.at(-1)?.text).toContain('could not be pinned')
  })
})

describe('given a card that stands already', () => {
  test('it is edited: buttons go, and the details stay', async () => {
    const { emulator, chat } = await desk()
    const { reference } = await chat.deliver(proposal(), delivery())
    const lines = ['Approved by Ada 09:31:07 ET (after 42 s).', ...proposal().lines]
    const again = await chat.deliver(proposal({ lines, buttons: [], menu: [], tone: 'good' }), delivery({ reference, sequence: 2 }))
    expect(again.reference).toBe(reference)
    const message = only(emulator.messages())
    expect(message.components).toEqual([])
    expect(message.embeds[0]?.description).toMatch(/^\*\*Approved by Ada 09:31:07 ET \(after 42 s\)\.\*\*\n\*\*At risk[\s\S]*Chip maker/)
  })

  test('the same delivery twice shows once', async () => {
    const { emulator, chat } = await desk()
    const [first, second] = [await chat.deliver(proposal(), delivery()), await chat.deliver(proposal(), delivery())]
    expect(second).toEqual(first)
    expect(emulator.messages()).toHaveLength(1)
  })

  test('one that may have been posted is found by its footer, and brought up to date', async () => {
    const { emulator, chat } = await desk()
    await chat.deliver(proposal(), delivery())
    const { reference } = await chat.deliver(proposal({ lines: ['Moved'] }), delivery({ sequence: 2, uncertain: true }))
    const message = only(emulator.messages())
    expect(reference).toBe(`${emulator.access.channelId}/${message.id}`)
    expect(message.embeds[0]?.description).toContain('Moved')
    expect(sent(emulator, 'POST', posts)).toHaveLength(1)
  })

  test('one that was never posted is posted', async () => {
    const { emulator, chat } = await desk()
    await chat.deliver(proposal(), delivery({ uncertain: true }))
    expect(only(emulator.messages()).edits).toBe(0)
  })

  test('one that somebody deleted is posted anew', async () => {
    const { emulator, chat } = await desk()
    const { reference } = await chat.deliver(proposal(), delivery())
    emulator.remove(only(emulator.messages()).id)
    const again = await chat.deliver(proposal(), delivery({ reference, sequence: 2 }))
    expect(again.reference).not.toBe(reference)
    expect(emulator.messages()).toHaveLength(1)
  })

  test('a message of somebody else with the same footer is left alone', async () => {
    const { emulator, chat } = await desk()
    await chat.deliver(proposal(), delivery())
    const own = only(emulator.messages())
    emulator.world.messages.set(own.id, { ...own, author: emulator.world.user(bob, 'Bob'), nonce: null })
    await chat.deliver(proposal(), delivery({ uncertain: true, sequence: 2 }))
    expect(emulator.messages().map(({ author }) => author.id)).toEqual([bob, emulator.world.bot.id])
  })
})

describe('given a card of a trade', () => {
  const fill = card('notice:fill', 'notice', 'sim', {
    title: 'Filled 41 NVDA',
    thread: 'proposal:p1',
    pushText: 'NVDA filled 41 at $121.90',
  })

  test('it goes into the thread of its proposal, which is begun once and named after it', async () => {
    const { emulator, chat } = await desk()
    const { reference: thread } = await chat.deliver(proposal(), delivery())
    const first = await chat.deliver(fill, delivery({ sequence: 2, thread, mention: [`discord:${ada}`] }))
    await chat.deliver({ ...fill, key: 'notice:close' }, delivery({ sequence: 3, thread }))
    const begun = only(emulator.threads())
    expect(begun).toMatchObject({ id: only(emulator.messages()).id, name: 'Buy 41 NVDA at $121.95' })
    expect(emulator.messages(begun.id).map(({ content }) => content)).toEqual([
      `NVDA filled 41 at $121.90 <@${ada}>`,
      'NVDA filled 41 at $121.90',
    ])
    expect(first.reference).toMatch(new RegExp(`^${begun.id}/`))
    await chat.deliver({ ...fill, lines: ['Commission $1'] }, delivery({ sequence: 4, thread, reference: first.reference }))
    expect(emulator.messages(begun.id)[0]?.edits).toBe(1)
  })

  test('a thread of another process, or one that sleeps, is used as it is', async () => {
    const { emulator, chat } = await desk()
    const { reference: thread } = await chat.deliver(proposal(), delivery())
    const { reference } = await chat.deliver(fill, delivery({ sequence: 2, thread }))
    const begun = only(emulator.threads())
    begun.archived = true
    await chat.deliver({ ...fill, lines: ['again'] }, delivery({ sequence: 3, thread, reference }))
    expect(begun.archived).toBe(false)
    expect(only(emulator.messages(begun.id)).edits).toBe(1)
  })

  test('without its proposal, or without the right to begin a thread, it goes to the channel', async () => {
    const { emulator, chat } = await desk()
    const { reference: thread } = await chat.deliver(proposal(), delivery())
    emulator.faults.refuse(403, 50013, 'Missing Permissions', { path: /threads$/ })
    await chat.deliver(fill, delivery({ sequence: 2, thread }))
    emulator.remove(emulator.messages()[0]?.id ?? '')
    await chat.deliver({ ...fill, key: 'notice:close' }, delivery({ sequence: 3, thread }))
    expect(emulator.threads()).toEqual([])
    expect(emulator.messages().map(({ content }) => content)).toEqual(['NVDA filled 41 at $121.90', 'NVDA filled 41 at $121.90'])
  })

  test('one that may have been posted is looked for in the thread', async () => {
    const { chat } = await desk()
    const { reference: thread } = await chat.deliver(proposal(), delivery())
    const { reference } = await chat.deliver(fill, delivery({ sequence: 2, thread }))
    const again = await chat.deliver(fill, delivery({ sequence: 2, thread, uncertain: true }))
    expect(again.reference).toBe(reference)
  })
})
