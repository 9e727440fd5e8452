import { describe, expect, test } from 'vitest'
import type { Actor, Form } from '../../../../src/ports/chat.ts'
import { delivery } from '../../../support/samples.ts'
import { ada, answer, bob, desk, only, proposal, sent } from './support.ts'

const callbacks = /\/callback$/
const form: Form = {
  id: 'edit:p1:1',
  title: 'Change the trade',
  submit: 'Approve',
  fields: [
    { name: 'quantity', label: 'Quantity', long: false, required: true, value: '41', hint: 'at most 41', maxLength: 10 },
    { name: 'reason', label: 'Why', long: true, required: false, value: '', hint: '', maxLength: 500 },
  ],
}

describe('given somebody who types a command', () => {
  test('it is taken first and worked on later; the answer is private', async () => {
    const calls: unknown[] = []
    const { emulator } = await desk({
      inbound: {
        async invoke(...call) {
          calls.push(call)
          return answer('Trades', { table: { columns: ['Symbol', 'P&L'], rows: [['NVDA', '+$12']], total: ['All', '+$12'] } })
        },
      },
    })
    const typed = emulator.user(ada, 'Ada').command('trades', { symbol: 'NVDA', limit: 5 })
    expect((await typed.taken())?.type).toBe(5)
    expect(typed.interaction.answered || calls.length <= 1).toBe(true)
    const shown = await typed.answer()
    expect(calls).toEqual([[{ id: `discord:${ada}`, name: 'Ada', via: 'discord' } satisfies Actor, 'trades', { Symbol: 'NVDA', limit: 5 }]])
    expect(shown).toMatchObject({ onlyFor: ada, content: '' })
    expect(shown.embeds[0]?.description).toContain('NVDA    +$12')
    expect(emulator.messages()).toEqual([])
    expect(emulator.visibleTo(bob)).toEqual([])
  })

  test('a switch arrives as one, and what fails is told without a word of the inside', async () => {
    const { emulator, log } = await desk({
      inbound: {
        async invoke(_, __, values) {
          throw new Error(`secret ${JSON.stringify(values)}`)
        },
      },
    })
    const shown = await emulator.user(ada, 'Ada').command('kill', { flatten: true }).answer()
    expect(shown.content).toContain('That did not work')
    expect(shown.content).not.toContain('secret')
    expect(log.lines.find(({ level }) => level === 'error')?.text).toContain('"flatten\\":true')
  })

  test('while somebody types, choices are offered, and none when they fail or take too long', async () => {
    const { emulator } = await desk({
      inbound: {
        async suggest(_, command, argument, typed) {
          if (typed === 'broken') throw new Error('no')
          if (typed === 'slow') return new Promise(() => undefined)
          return [
            { label: `${command} ${argument} ${typed}`, value: 'NVDA' },
            { label: 'too long', value: 'x'.repeat(101) },
          ]
        },
      },
    })
    const person = emulator.user(ada, 'Ada')
    const choices = async (typed: string) => (await person.autocomplete('trades', 'symbol', typed).taken())?.choices
    expect(await choices('nv')).toEqual([{ name: 'trades Symbol nv', value: 'NVDA' }])
    expect(await choices('broken')).toEqual([])
    expect(await choices('slow')).toEqual([])
    expect((await person.autocomplete('trades', 'symbol', 'nv', { guildId: '300000000000000001' }).taken())?.choices).toEqual([])
  })

  test('a picture follows the answer', async () => {
    const png = new Uint8Array([137, 80, 78, 71])
    const { emulator } = await desk({
      inbound: { invoke: async () => answer('P&L', { picture: { name: 'equity:today', alt: 'Equity today' } }), picture: async () => png },
    })
    const shown = await emulator.user(ada, 'Ada').command('pnl').answer()
    expect(await emulator.until(() => shown.attachments.length === 1)).toBe(true)
    expect(shown.attachments[0]).toMatchObject({ description: 'Equity today', content_type: 'image/png', size: 4 })
    expect(shown.embeds[0]).toMatchObject({ title: 'P&L', image: { url: `attachment://${shown.attachments[0]?.filename}` } })
  })
})

describe('given somebody who presses a button', () => {
  test('the answer is private, and the card is not touched by the press', async () => {
    const pressed: string[] = []
    const { emulator, chat } = await desk({
      inbound: {
        async press(actor, id) {
          pressed.push(`${actor.id} ${id}`)
          return answer('Approved', { lines: ['The order is on its way.'] })
        },
      },
    })
    await chat.deliver(proposal(), delivery())
    const message = only(emulator.messages())
    const shown = await emulator.user(ada, 'Ada').tap(message.id, 'approve:p1:1').answer()
    expect(shown).toMatchObject({ onlyFor: ada })
    expect(shown.embeds[0]).toMatchObject({ title: 'Approved', description: 'The order is on its way.' })
    expect(pressed).toEqual([`discord:${ada} approve:p1:1`])
    expect(message.edits).toBe(0)
  })

  test('an entry of the menu works like a button', async () => {
    const { emulator, chat } = await desk({ inbound: { press: async (_, id) => answer(`Pressed ${id.split(':')[0]}`) } })
    await chat.deliver(proposal(), delivery())
    const message = only(emulator.messages())
    const menu = message.components[1]?.components?.[0]?.custom_id ?? ''
    const shown = await emulator.user(ada, 'Ada').choose(message.id, menu, 'snooze:p1:1').answer()
    expect(shown.embeds[0]?.title).toBe('Pressed snooze')
  })

  test('on a private answer, Refresh changes that answer instead of adding one', async () => {
    let turn = 0
    const positions = () => answer(`Positions ${turn++}`, { buttons: [{ id: 'refresh:positions', label: 'Refresh', style: 'plain' }] })
    const { emulator } = await desk({ inbound: { invoke: async () => positions(), press: async () => positions() } })
    const person = emulator.user(ada, 'Ada')
    const shown = await person.command('pnl').answer()
    const refreshed = person.tap(shown.id, 'refresh:positions')
    expect((await refreshed.taken())?.type).toBe(6)
    expect((await refreshed.answer()).id).toBe(shown.id)
    expect(only(emulator.visibleTo(ada)).embeds[0]?.title).toBe('Positions 1')
  })

  test('the answer is tried again through 5xx and dropped sockets', async () => {
    const { emulator } = await desk({ inbound: { invoke: async () => answer('P&L') } })
    emulator.faults.status(503, { path: /@original$/ })
    emulator.faults.drop({ path: /@original$/, when: 'after' })
    const shown = await emulator.user(ada, 'Ada').command('pnl').answer()
    expect(await emulator.until(() => sent(emulator, 'PATCH', /@original$/).length === 3)).toBe(true)
    expect(shown.embeds[0]?.title).toBe('P&L')
  })

  test('the path of the answer arrives as %40original and is understood', async () => {
    const { emulator } = await desk({ inbound: { invoke: async () => answer('P&L') } })
    await emulator.user(ada, 'Ada').command('pnl').answer()
    expect(sent(emulator, 'PATCH', /\/messages\/@original$/)).toHaveLength(1)
  })
})

describe('given a button that asks first', () => {
  const asking = { asks: (id: string) => id.startsWith('edit') || id.startsWith('decline'), form: async () => ({ form }) }

  test('the questions are the answer to the press, and what is filled in comes back', async () => {
    const given: unknown[] = []
    const { emulator, chat } = await desk({
      inbound: {
        ...asking,
        async submit(...call) {
          given.push(call)
          return answer('Approved')
        },
      },
    })
    await chat.deliver(proposal(), delivery())
    const message = only(emulator.messages())
    const person = emulator.user(ada, 'Ada')
    const asked = person.choose(message.id, message.components[1]?.components?.[0]?.custom_id ?? '', 'edit:p1:1')
    expect(await asked.modal()).toMatchObject({ custom_id: 'edit:p1:1', title: 'Change the trade' })
    const sentIn = await person.submit(asked, { quantity: '20', reason: 'half is enough' })
    expect((await sentIn.answer()).embeds[0]?.title).toBe('Approved')
    expect(given).toEqual([[expect.objectContaining({ id: `discord:${ada}` }), 'edit:p1:1', { quantity: '20', reason: 'half is enough' }]])
    expect(sent(emulator, 'POST', callbacks).map(({ body }) => (body as { readonly type: number }).type)).toEqual([9, 5])
  })

  test('from a private answer, the outcome takes its place', async () => {
    const decline = [{ id: 'decline:p1', label: 'Reject', style: 'danger' as const }]
    const { emulator } = await desk({
      inbound: { ...asking, invoke: async () => answer('Inbox', { buttons: decline }), submit: async () => answer('Rejected') },
    })
    const person = emulator.user(ada, 'Ada')
    const shown = await person.command('pnl').answer()
    const done = await (await person.submit(person.tap(shown.id, 'decline:p1'), {})).answer()
    expect(done.id).toBe(shown.id)
    expect(only(emulator.visibleTo(ada)).embeds[0]?.title).toBe('Rejected')
  })

  test('a card says why there is nothing to ask', async () => {
    const { emulator, chat } = await desk({
      inbound: { ...asking, form: async () => ({ card: answer('Nothing changed', { lines: ['Bob was first.'] }) }) },
    })
    await chat.deliver(proposal(), delivery())
    const pressed = emulator.user(ada, 'Ada').tap(only(emulator.messages()).id, 'decline:p1')
    expect((await pressed.answer()).embeds[0]).toMatchObject({ title: 'Nothing changed', description: 'Bob was first.' })
    expect((await pressed.taken())?.type).toBe(4)
  })

  test.each([
    ['takes too long', () => new Promise<never>(() => undefined), 'too long'],
    ['fails', () => Promise.reject(new Error('no')), 'did not work'],
  ])('a look-up that %s is answered in time', async (_, look, words) => {
    const { emulator, chat } = await desk({ inbound: { ...asking, form: look } })
    await chat.deliver(proposal(), delivery())
    const shown = await emulator.user(ada, 'Ada').tap(only(emulator.messages()).id, 'decline:p1').answer()
    expect(shown.content).toContain(words)
    expect(shown.onlyFor).toBe(ada)
  })
})

describe('given a press from a place that is not ours', () => {
  test.each<readonly [string, Elsewhere, string]>([
    ['another server', { guildId: '300000000000000001', channelId: '300000000000000002' }, 'server 300000000000000001'],
    ['another channel', { channelId: '300000000000000002' }, 'channel 300000000000000002'],
    ['a direct message', { guildId: null, channelId: '300000000000000003' }, 'direct message'],
  ])('%s: it is refused privately and put on record', async (_, from, place) => {
    const record: unknown[] = []
    const { emulator, chat } = await desk({
      inbound: {
        asks: () => true,
        async foreign(actor, where, action) {
          record.push([actor.id, where, action])
          return answer('Not from here')
        },
      },
    })
    await chat.deliver(proposal(), delivery())
    const message = only(emulator.messages())
    const person = emulator.user(bob, 'Bob')
    emulator.world.channels.set(from.channelId, {
      id: from.channelId,
      guild_id: from.guildId ?? emulator.access.guildId,
      type: 0,
      name: 'else',
      parent_id: null,
      archived: false,
    })
    const shown = await person.tap(message.id, 'approve:p1:1', from).answer()
    expect(shown.embeds[0]?.title).toBe('Not from here')
    await person.command('kill', {}, from).answer()
    expect(record).toEqual([
      [`discord:${bob}`, place, 'approve:p1:1'],
      [`discord:${bob}`, place, '/kill'],
    ])
    expect(message.edits).toBe(0)
  })

  test('a thread of our channel is ours', async () => {
    const { emulator, chat } = await desk({ inbound: { press: async () => answer('Stop moved') } })
    const { reference: thread } = await chat.deliver(proposal(), delivery())
    await chat.deliver({ ...proposal(), key: 'position:1' }, delivery({ sequence: 2, thread }))
    const inside = only(emulator.messages(only(emulator.threads()).id))
    expect((await emulator.user(ada, 'Ada').tap(inside.id, 'approve:p1:1').answer()).embeds[0]?.title).toBe('Stop moved')
  })
})

describe('given a Discord that misbehaves', () => {
  const counting = () => {
    let presses = 0
    const inbound = {
      async press() {
        presses += 1
        return answer('Approved')
      },
    }
    return { inbound, presses: () => presses }
  }

  test('one interaction sent twice acts once', async () => {
    const { inbound, presses } = counting()
    const { emulator, chat } = await desk({ inbound })
    await chat.deliver(proposal(), delivery())
    const pressed = emulator.user(ada, 'Ada').tap(only(emulator.messages()).id, 'approve:p1:1')
    emulator.redeliver(pressed.interaction)
    await pressed.answer()
    emulator.redeliver(pressed.interaction)
    await emulator.user(ada, 'Ada').tap(only(emulator.messages()).id, 'approve:p1:1').answer()
    expect(presses()).toBe(2)
  })

  test('one interaction that two processes receive acts once: the second ack fails', async () => {
    const { inbound, presses } = counting()
    const first = await desk({ inbound })
    const second = await desk({ inbound, emulator: first.emulator })
    await first.chat.deliver(proposal(), delivery())
    const pressed = first.emulator.user(ada, 'Ada').tap(only(first.emulator.messages()).id, 'approve:p1:1')
    await pressed.answer()
    const lines = () => [...first.log.lines, ...second.log.lines].filter(({ text }) => text.includes('could not be taken'))
    expect(await first.emulator.until(() => lines().length === 1)).toBe(true)
    expect(presses()).toBe(1)
  })

  test.each(['before', 'after'] as const)('an ack whose socket drops %s it took effect is made good, and acts once', async (when) => {
    const { inbound, presses } = counting()
    const { emulator, chat } = await desk({ inbound })
    await chat.deliver(proposal(), delivery())
    emulator.faults.drop({ path: callbacks, when })
    const pressed = emulator.user(ada, 'Ada').tap(only(emulator.messages()).id, 'approve:p1:1')
    expect((await pressed.answer()).embeds[0]?.title).toBe('Approved')
    expect(presses()).toBe(1)
  })

  test('an interaction that came too late does nothing', async () => {
    const { inbound, presses } = counting()
    const { emulator, chat, log } = await desk({ inbound })
    await chat.deliver(proposal(), delivery())
    emulator.faults.refuse(404, 10062, 'Unknown interaction', { path: callbacks })
    const pressed = emulator.user(ada, 'Ada').tap(only(emulator.messages()).id, 'approve:p1:1')
    await emulator.until(() => log.lines.some(({ text }) => text.includes('could not be taken')))
    expect(pressed.interaction.ack).toBeNull()
    expect(presses()).toBe(0)
  })

  test('a payload as no client sends it ends nothing', async () => {
    const { inbound, presses } = counting()
    const { emulator, chat, log } = await desk({ inbound })
    await chat.deliver(proposal(), delivery())
    const pressed = emulator.user(ada, 'Ada').tap(only(emulator.messages()).id, 'approve:p1:1')
    await pressed.answer()
    const { payload } = pressed.interaction
    emulator.forge({})
    emulator.forge({ ...payload, id: '400000000000000001', data: { custom_id: 'x'.repeat(5000), component_type: 2 } })
    emulator.forge({ ...payload, id: '400000000000000002', data: { custom_id: 'menu', component_type: 3, values: [] } })
    emulator.forge({ ...payload, id: '400000000000000003', entitlements: null })
    emulator.forge({ ...payload, id: '400000000000000004', type: 99 })
    await emulator.user(ada, 'Ada').tap(only(emulator.messages()).id, 'approve:p1:1').answer()
    expect(chat.connected()).toBe(true)
    expect(log.lines.some(({ text }) => text.includes('could not be read'))).toBe(true)
    expect(presses()).toBe(2)
  })

  test('acks do not wait behind the messages of a burst', async () => {
    const { inbound } = counting()
    const { emulator, chat } = await desk({ inbound, rateLimits: { limit: 5, windowMs: 500 } })
    await chat.deliver(proposal(), delivery())
    const burst = Array.from({ length: 20 }, (_, n) =>
      chat.deliver({ ...proposal(), key: `proposal:b${n}` }, delivery({ sequence: n + 2 })),
    )
    const ack = await emulator
      .user(ada, 'Ada')
      .tap(emulator.messages()[0]?.id ?? '', 'approve:p1:1')
      .taken()
    expect(ack?.afterMs).toBeLessThan(1_500)
    await Promise.all(burst)
    expect(emulator.messages()).toHaveLength(21)
  })
})

interface Elsewhere {
  readonly guildId?: string | null
  readonly channelId: string
}
