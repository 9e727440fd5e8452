import { afterEach, describe, expect, test } from 'vitest'
import { messageProblems } from './discord/message-rules.ts'
import { commandProblems, modalProblems } from './discord/other-rules.ts'
import type { Component } from './discord/shapes.ts'
import { type DiscordEmulator, type DiscordEmulatorOptions, startDiscordEmulator } from './discord.ts'

/** An emulator that lets everything pass would prove nothing: what it refuses is shown here, without any client. */
const running: DiscordEmulator[] = []
async function emulatorWith(options: DiscordEmulatorOptions = {}): Promise<DiscordEmulator> {
  const emulator = await startDiscordEmulator(options)
  running.push(emulator)
  return emulator
}
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.stop()
})

const ada = '200000000000000001'
async function call({ access }: DiscordEmulator, method: string, path: string, body?: object, token: string | null = access.token) {
  const response = await fetch(`${access.apiUrl}/v10${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bot ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as Answer | null }
}
interface Answer {
  readonly id?: string
  readonly code?: number
  readonly retry_after?: number
}
const post = (emulator: DiscordEmulator, body: object) => call(emulator, 'POST', `/channels/${emulator.access.channelId}/messages`, body)
const button = { type: 2, style: 1, custom_id: 'a', label: 'A' }
const withButton = { content: 'hello', components: [{ type: 1, components: [button] }] }

async function pressed(options: DiscordEmulatorOptions = {}) {
  const emulator = await emulatorWith(options)
  await post(emulator, withButton)
  const doing = emulator.user(ada, 'Ada').tap(emulator.messages()[0]?.id ?? '', 'a')
  const { id, token } = doing.interaction
  const answer = (body: object) => call(emulator, 'POST', `/interactions/${id}/${token}/callback`, body, null)
  const edit = (body: object) => call(emulator, 'PATCH', `/webhooks/${emulator.applicationId}/${token}/messages/@original`, body, null)
  return { emulator, doing, answer, edit }
}
const later = { type: 5, data: { flags: 64 } }

describe('interactions', () => {
  test('are taken once; the second time is refused', async () => {
    const { answer } = await pressed()
    const first = await answer(later)
    expect([first.status, first.body, first.headers.get('content-type')]).toEqual([204, null, null])
    expect((await answer(later)).body?.code).toBe(40060)
  })

  test('are gone after the deadline, and the person sees it failing', async () => {
    const { doing, answer } = await pressed({ clockFactor: 30 })
    expect(await doing.taken()).toBeNull()
    expect((await answer(later)).body?.code).toBe(10062)
    await expect(doing.answer()).rejects.toThrow('not taken in time')
  })

  test('cannot be answered before they were taken, nor after their token has ended', async () => {
    const { doing, emulator, answer, edit } = await pressed({ clockFactor: 1_800 })
    expect((await edit({ content: 'early' })).body?.code).toBe(10015)
    const kept = await pressed()
    await kept.answer(later)
    expect((await kept.edit({ content: 'now' })).status).toBe(200)
    Object.assign(kept.doing.interaction, { sentAt: Date.now() - 900_001 })
    expect((await kept.edit({ content: 'late' })).body?.code).toBe(50027)
    expect([doing.interaction.ack, emulator.visibleTo(ada), (await answer(later)).status]).toEqual([null, [], 404])
  })

  test('take only answers of their kind', async () => {
    const { answer } = await pressed()
    expect((await answer({ type: 8, data: { choices: [] } })).body?.code).toBe(50035)
    expect((await answer({ type: 9, data: { custom_id: 'm', title: 'x'.repeat(46), components: [] } })).body?.code).toBe(50035)
    expect((await answer({ type: 7, data: { content: 'changed' } })).status).toBe(204)
  })

  test('come only from what a person sees', async () => {
    const { emulator } = await pressed()
    const message = emulator.messages()[0]?.id ?? ''
    expect(() => emulator.user(ada, 'Ada').tap(message, 'b')).toThrow('sees no b')
    expect(() => emulator.user(ada, 'Ada').command('nothing')).toThrow('not registered')
  })
})

describe('messages', () => {
  test('with the same nonce are one message', async () => {
    const emulator = await emulatorWith()
    const [first, second] = [
      await post(emulator, { content: 'a', nonce: 'n', enforce_nonce: true }),
      await post(emulator, { content: 'b', nonce: 'n', enforce_nonce: true }),
    ]
    expect(second.body?.id).toBe(first.body?.id)
    await post(emulator, { content: 'b', nonce: 'n' })
    expect(emulator.messages().map(({ content }) => content)).toEqual(['a', 'b'])
  })

  test('mention whom they may: without a word about it, everybody', async () => {
    const emulator = await emulatorWith()
    const content = `@everyone <@${ada}> <@200000000000000002>`
    for (const allowed of [undefined, { parse: [] }, { parse: [], users: [ada] }, { parse: ['users'] }])
      await post(emulator, { content, ...(allowed ? { allowed_mentions: allowed } : {}) })
    expect(emulator.messages().map(({ pinged }) => pinged)).toEqual([
      [ada, '200000000000000002', 'everyone'],
      [],
      [ada],
      [ada, '200000000000000002'],
    ])
  })

  test('are refused when they are empty, too long, or of nobody we know', async () => {
    const emulator = await emulatorWith()
    expect((await post(emulator, {})).body?.code).toBe(50006)
    expect((await post(emulator, { content: 'x'.repeat(2_001) })).body?.code).toBe(50035)
    expect((await call(emulator, 'GET', '/users/@me', undefined, 'wrong')).status).toBe(401)
    expect((await call(emulator, 'GET', '/channels/300000000000000001')).body?.code).toBe(10003)
    expect((await call(emulator, 'GET', '/nowhere')).status).toBe(emulator.validation.official ? 400 : 404)
    expect(emulator.validation.invalid.length).toBeGreaterThanOrEqual(2)
  })

  test('beyond the rate are refused with when to come again', async () => {
    const emulator = await emulatorWith({ rateLimits: { limit: 2, windowMs: 60_000 } })
    const first = await post(emulator, { content: 'a' })
    expect([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual(['2', '1'])
    await post(emulator, { content: 'b' })
    const third = await post(emulator, { content: 'c' })
    expect(third.status).toBe(429)
    expect(third.body?.retry_after).toBeGreaterThan(50)
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(emulator.messages()).toHaveLength(2)
  })

  test('that do not fit the official description are counted, where it is there', async () => {
    const emulator = await emulatorWith()
    await post(emulator, { content: 'a', embeds: 'none' })
    expect(emulator.validation.checked).toBe(1)
    if (emulator.validation.official) expect(emulator.validation.invalid).toEqual([expect.objectContaining({ method: 'POST' })])
    else process.stdout.write('discord: the official description is not there; requests are held against the limits alone\n')
  })
})

describe('the limits', () => {
  const row = (...components: Component[]) => ({ type: 1, components })
  const options = (n: number) => Array.from({ length: n }, (_, index) => ({ label: `o${index}`, value: `v${index}` }))
  test.each([
    ['6000 characters of embeds in all', { embeds: [{ description: 'x'.repeat(4_000) }, { description: 'x'.repeat(2_001) }] }],
    ['a title of 256', { embeds: [{ title: 'x'.repeat(257) }] }],
    ['a description of 4096', { embeds: [{ description: 'x'.repeat(4_097) }] }],
    ['25 fields', { embeds: [{ fields: Array.from({ length: 26 }, () => ({ name: 'a', value: 'b' })) }] }],
    ['a field that says something', { embeds: [{ fields: [{ name: 'a', value: '' }] }] }],
    ['ids that stand once', { components: [row(button, { ...button, label: 'B' })] }],
    ['an id of 100', { components: [row({ ...button, custom_id: 'x'.repeat(101) })] }],
    ['a label of 80', { components: [row({ ...button, label: 'x'.repeat(81) })] }],
    ['five buttons a row', { components: [row(...Array.from({ length: 6 }, (_, n) => ({ ...button, custom_id: `${n}` })))] }],
    ['five rows', { components: Array.from({ length: 6 }, (_, n) => row({ ...button, custom_id: `${n}` })) }],
    ['25 options', { components: [row({ type: 3, custom_id: 's', options: options(26) })] }],
    ['a menu alone in its row', { components: [row({ type: 3, custom_id: 's', options: options(1) }, button)] }],
    ['pictures that are there', { embeds: [{ image: { url: 'attachment://a.png' } }] }],
    ['mentions one way or the other', { allowed_mentions: { parse: ['users'], users: [ada] } }],
    ['a nonce of 25', { nonce: 'x'.repeat(26) }],
  ])('of a message: %s', (_, payload) => {
    expect(messageProblems({ content: 'hello', ...payload }, [])).toHaveLength(1)
  })

  test('of a message: none is broken by one that is right', () => {
    expect(messageProblems({ ...withButton, embeds: [{ title: 'a' }], nonce: 'n' }, [])).toEqual([])
  })

  test.each([
    ['a name in lower case', [{ type: 1, name: 'Pnl', description: 'a' }]],
    ['a name without spaces', [{ type: 1, name: 'p n l', description: 'a' }]],
    ['a description of 100', [{ type: 1, name: 'pnl', description: 'x'.repeat(101) }]],
    [
      'names that stand once',
      [
        { type: 1, name: 'pnl', description: 'a' },
        { type: 1, name: 'pnl', description: 'b' },
      ],
    ],
    [
      'what is required first',
      [
        {
          type: 1,
          name: 'pnl',
          description: 'a',
          options: [
            { type: 3, name: 'a', description: 'a' },
            { type: 3, name: 'b', description: 'b', required: true },
          ],
        },
      ],
    ],
    [
      'choices or completion',
      [
        {
          type: 1,
          name: 'pnl',
          description: 'a',
          options: [{ type: 3, name: 'a', description: 'a', autocomplete: true, choices: [{ name: 'x', value: 'x' }] }],
        },
      ],
    ],
    [
      '25 choices',
      [
        {
          type: 1,
          name: 'pnl',
          description: 'a',
          options: [{ type: 3, name: 'a', description: 'a', choices: Array.from({ length: 26 }, () => ({ name: 'x', value: 'x' })) }],
        },
      ],
    ],
  ])('of a command: %s', (_, commands) => {
    expect(commandProblems(commands)).toHaveLength(1)
  })

  const input = { type: 4, custom_id: 'q', style: 1 }
  test.each([
    ['a title of 45', { title: 'x'.repeat(46) }],
    [
      'five questions',
      { components: Array.from({ length: 6 }, (_, n) => ({ type: 18, label: 'L', component: { ...input, custom_id: `${n}` } })) },
    ],
    ['a label of 45', { components: [{ type: 18, label: 'x'.repeat(46), component: input }] }],
    ['a value that may be typed', { components: [{ type: 18, label: 'L', component: { ...input, max_length: 3, value: 'four' } }] }],
  ])('of questions: %s', (_, special) => {
    expect(
      modalProblems({ custom_id: 'm', title: 'T', components: [{ type: 18, label: 'L', component: input }], ...special }),
    ).toHaveLength(1)
  })
})

describe('faults', () => {
  test('happen as often as they were asked for, before or after the effect', async () => {
    const emulator = await emulatorWith()
    emulator.faults.status(503, { method: 'POST' })
    emulator.faults.status(500, { method: 'POST', when: 'after' })
    expect([(await post(emulator, { content: 'a' })).status, emulator.messages().length]).toEqual([503, 0])
    expect([(await post(emulator, { content: 'a' })).status, emulator.messages().length]).toEqual([500, 1])
    expect((await post(emulator, { content: 'b' })).status).toBe(200)
    emulator.faults.drop({ method: 'POST', when: 'after' })
    await expect(post(emulator, { content: 'c' })).rejects.toThrow()
    expect(emulator.messages()).toHaveLength(3)
    expect(emulator.faults.happened).toBe(3)
  })

  test('happen by chance, until they are cleared', async () => {
    let next = 0
    const emulator = await emulatorWith({ random: () => next })
    emulator.faults.status(500, { probability: 0.5 })
    emulator.faults.slow(1, { probability: 0.5 })
    expect((await post(emulator, { content: 'a' })).status).toBe(500)
    next = 0.6
    expect((await post(emulator, { content: 'a' })).status).toBe(200)
    next = 0
    emulator.faults.clear()
    expect((await post(emulator, { content: 'b' })).status).toBe(200)
  })
})
