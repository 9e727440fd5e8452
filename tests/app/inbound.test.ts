import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { defineButton } from '../../src/app/button.ts'
import { reply } from '../../src/app/card.ts'
import { defineCommand } from '../../src/app/command.ts'
import { createInbound } from '../../src/app/inbound.ts'
import type { Card, ChatInbound } from '../../src/ports/chat.ts'
import { type FakeBooks, fakeApp } from '../support/fake-app.ts'
import { noPictures } from '../support/samples.ts'

const args = z.object({ state: z.enum(['open', 'closed']).optional() })
const command = (name: string, role: 'viewer' | 'approver' | null = 'viewer') =>
  defineCommand({ name, summary: name, role, args, run: async (call) => reply(call, { title: `${name} ran` }) })
const button = (name: string) =>
  defineButton({
    name,
    role: 'approver',
    form: async () => ({ title: 'Why', submit: 'Send', fields: [] }),
    run: async (call) => reply(call, { title: `${name} ran` }),
  })
const me = { id: 'discord:1', name: 'Ada', via: 'discord' }
const stranger = { id: 'discord:666', name: 'Mallory', via: 'discord' }

let inbound: ChatInbound
let books: FakeBooks
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const fake = fakeApp()
  books = fake.books
  books.roles.set(me.id, 'approver')
  const commands = [command('see'), command('kill', 'approver'), command('pause', 'approver'), command('flatten', 'approver')]
  inbound = createInbound({ app: fake.app, commands, buttons: [button('approve'), button('flatten')], pictures: noPictures })
})
afterEach(() => {
  vi.useRealTimers()
})
const titles = async (cards: readonly Promise<Card>[]) => (await Promise.all(cards)).map(({ title }) => title)
const times = <T>(n: number, what: () => T): T[] => Array.from({ length: n }, what)

describe('a person who does too much at once', () => {
  it('is told to wait, after thirty in a minute, whether typed, tapped, or asked for', async () => {
    await titles([
      ...times(10, () => inbound.command(me, '/see')),
      ...times(10, () => inbound.invoke(me, 'see', {})),
      ...times(10, () => inbound.press(me, 'approve:p1:1')),
    ])
    const [typed, tapped, sent] = await Promise.all([
      inbound.command(me, '/see'),
      inbound.press(me, 'approve:p1:1'),
      inbound.submit(me, 'approve:p1:1', {}),
    ])
    expect([typed.title, tapped.title, sent.title]).toEqual(Array(3).fill('Too much at once'))
    expect(typed.lines).toEqual(['30 a minute at most: again in 60 s.', '/kill, /pause and /flatten always work.'])
    expect(await inbound.form(me, 'approve:p1:1')).toMatchObject({ card: { title: 'Too much at once' } })
    expect((await inbound.command({ ...me, id: 'console:local' }, '/see')).title).toBe('see ran')
    vi.setSystemTime(Date.now() + 60_000)
    expect((await inbound.command(me, '/see')).title).toBe('see ran')
  })

  it('can always stop things', async () => {
    await titles(times(40, () => inbound.command(me, '/see')))
    const words = ['/kill', 'kill', ' /PAUSE', '/flatten']
    expect(await titles(words.map((text) => inbound.command(me, text)))).toEqual(['kill ran', 'kill ran', 'pause ran', 'flatten ran'])
    expect(await titles(times(40, () => inbound.press(me, 'flatten:all')))).toEqual(Array(40).fill('flatten ran'))
    expect((await inbound.invoke(me, 'kill', {})).title).toBe('kill ran')
    expect((await inbound.command(me, '/killer')).title).toBe('Too much at once')
  })
})

describe('what is only looked at', () => {
  it('is limited too, and uses up nothing of what a person may do', async () => {
    for (let i = 0; i < 30; i++) expect(await inbound.home(me)).toHaveLength(4)
    expect((await inbound.home(me)).map(({ title }) => title)).toEqual(['Too much at once'])
    expect((await inbound.command(me, '/see')).title).toBe('see ran')
  })

  it('offers no more completions to somebody who asks without end', async () => {
    const asked = await Promise.all(times(20 * 30 + 5, () => inbound.suggest(me, 'see', 'state', 'o')))
    expect(asked[0]?.[0]).toEqual({ label: 'open', value: 'open' })
    expect(asked.slice(-5)).toEqual(Array(5).fill([]))
  })
})

describe('whoever is refused', () => {
  it('is on the record: who, where, what and why', async () => {
    await inbound.command(stranger, '/see')
    await inbound.press(stranger, 'approve:p1:1')
    await inbound.foreign(stranger, 'server 42', 'kill')
    books.roles.set(stranger.id, 'viewer')
    await inbound.press(stranger, 'approve:p1:1')
    expect(books.refusals).toEqual([
      { person: 'discord:666', place: 'discord', action: '/see', code: 'UNKNOWN_PERSON' },
      { person: 'discord:666', place: 'discord', action: 'approve', code: 'UNKNOWN_PERSON' },
      { person: 'discord:666', place: 'discord server 42', action: 'kill', code: 'FOREIGN_PLACE' },
      { person: 'discord:666', place: 'discord', action: 'approve', code: 'ROLE_TOO_LOW' },
    ])
  })

  it('leaves no trace by typing where completions are offered', async () => {
    expect(await inbound.suggest(stranger, 'see', 'x', 'y')).toEqual([])
    expect(books.refusals).toEqual([])
  })
})
