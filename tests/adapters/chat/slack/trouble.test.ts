import { describe, expect, test, vi } from 'vitest'
import { createSlackChat } from '../../../../src/adapters/chat/slack.ts'
import { startSlack } from '../../../emulators/slack/emulator.ts'
import { delivery } from '../../../support/samples.ts'
import { card, commands, connected, eventually, forgive, type Mode, recordingInbound, replyCard, tidyUp } from './given.ts'

/** What was seen to go wrong with Slack's client in the wild, each by name. */
tidyUp('trouble')

const tsOf = (reference: string) => reference.split('/')[1] ?? ''
const delivered = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  )
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('posting', () => {
  test('a 5xx after the message was shown does not show it twice', async () => {
    const { chat, slack } = await connected()
    slack.fail('chat.postMessage', { status: 503, after: true })
    expect(await delivered(chat.deliver(card(), delivery()))).toBe(false)
    expect(slack.calls('chat.postMessage')).toHaveLength(1)
    const [shown] = slack.messages()
    expect(await chat.deliver(card(), delivery())).toEqual({ reference: `C0TRADING/${shown?.ts}` })
    expect(slack.messages()).toHaveLength(1)
  })

  test('an answer that is cut off does not show it twice', async () => {
    const { chat, slack } = await connected()
    slack.fail('chat.postMessage', { cut: true, after: true })
    expect(await delivered(chat.deliver(card(), delivery()))).toBe(false)
    // Only trying again can tell: a chat that is not tried would stay silent for good.
    expect(chat.connected()).toBe(true)
    await chat.deliver(card(), delivery())
    expect(slack.messages()).toHaveLength(1)
  })

  test('a 5xx before the message was shown shows it once', async () => {
    const { chat, slack } = await connected()
    slack.fail('chat.postMessage', { status: 500 })
    expect(await delivered(chat.deliver(card(), delivery()))).toBe(false)
    await chat.deliver(card(), delivery())
    expect(slack.messages()).toHaveLength(1)
  })

  test('nothing is posted while nobody can look whether it was already', async () => {
    const { chat, slack } = await connected()
    slack.fail('conversations.history', { status: 502 })
    expect(await delivered(chat.deliver(card(), delivery({ uncertain: true })))).toBe(false)
    expect(slack.messages()).toEqual([])
  })

  test('a 429 of one call does not hold up the others', async () => {
    const { chat, slack } = await connected()
    slack.fail('chat.postMessage', { limit: 30 })
    expect(await delivered(chat.deliver(card(), delivery()))).toBe(false)
    const started = performance.now()
    await slack.user('U1').command('/pnl')
    slack.fail('response_url', { status: 404 })
    await slack.user('U1').command('/positions')
    await eventually(() => expect(slack.ephemeralFor('U1')).toHaveLength(2))
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  test("Slack's own rates are kept to with the outbox's help: everything arrives once", async () => {
    const { chat, slack } = await connected('socket', {}, { rates: true })
    const keys = Array.from({ length: 8 }, (_, i) => `proposal:p${i}`)
    for (const key of keys) await vi.waitFor(() => chat.deliver(card({ key }), delivery()), { timeout: 20_000, interval: 100 })
    expect(slack.messages()).toHaveLength(8)
  })
})

describe.each<Mode>(['socket', 'http'])('over %s, acks', (mode) => {
  test('come before the work, however slow that is', async () => {
    let finish = () => {}
    const slow = new Promise<void>((resolve) => {
      finish = resolve
    })
    const given = await connected(mode, {
      press: async (_, id) => {
        await slow
        return replyCard(`Pressed ${id}`)
      },
    })
    const ts = tsOf((await given.chat.deliver(card(), delivery())).reference)
    const ack = await given.slack.user('U1').press(ts, 'approve:p1:1')
    expect(ack.afterMs).toBeLessThan(1_500)
    expect(given.slack.ephemeralFor('U1')).toEqual([])
    finish()
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(1))
  })

  test('that get lost bring it again, and it is done once', async () => {
    const given = await connected(mode)
    const ts = tsOf((await given.chat.deliver(card(), delivery())).reference)
    given.slack.faults.loseAcks(1)
    const ana = given.slack.user('U1')
    await ana.press(ts, 'approve:p1:1')
    given.slack.faults.loseAcks(1)
    await ana.command('/kill')
    given.slack.faults.loseAcks(1)
    await ana.openHome()
    await eventually(() => expect(given.slack.home('U1')).not.toBeNull())
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(2))
    expect(given.calls.map(({ name }) => name).toSorted()).toEqual(['command', 'home', 'press'])
  })

  test('are given to what nobody listens for', async () => {
    const given = await connected(mode)
    const base = { user: { id: 'U1', team_id: 'T0DESK' }, team: { id: 'T0DESK' }, trigger_id: '1.2', is_enterprise_install: false }
    const strange = [
      { type: 'block_actions', ...base, trigger_id: '1.1', actions: [{ type: 'datepicker', action_id: 'elsewhere', block_id: 'b' }] },
      { type: 'block_actions', ...base, trigger_id: '1.3', actions: 'none' },
      { type: 'interactive_message', ...base, trigger_id: '1.4', actions: [{ name: 'old', type: 'button' }], callback_id: 'x' },
      { type: 'shortcut', ...base, trigger_id: '1.5', callback_id: 'unknown' },
      { type: 'message_action', ...base, trigger_id: '1.6', callback_id: 'unknown', channel: { id: 'C0TRADING' }, message: {} },
      { type: 'something_new', ...base, trigger_id: '1.7' },
      { type: 'view_closed', ...base, trigger_id: '1.8', view: { id: 'V1', hash: '1', callback_id: 'unknown' } },
      { type: 'view_submission', ...base, trigger_id: '1.9', view: { id: 'V2', hash: '1', callback_id: 'unknown', state: { values: {} } } },
    ]
    for (const payload of strange) await given.slack.link().deliver('interactive', payload)
    const event = { type: 'event_callback', team_id: 'T0DESK', event_id: 'Ev1', event: { type: 'channel_rename', channel: { id: 'C1' } } }
    await given.slack.link().deliver('events_api', event)
    expect(given.slack.workspace.acks).toHaveLength(strange.length + 1)
    expect(given.calls.filter(({ name }) => name !== 'press')).toEqual([])
  })

  test('are given where the work throws, and the bot lives on', async () => {
    const given = await connected(mode, {
      press: () => Promise.reject(new Error('the books are closed')),
      command: () => {
        throw new Error('at once')
      },
    })
    const ts = tsOf((await given.chat.deliver(card(), delivery())).reference)
    await given.slack.user('U1').press(ts, 'approve:p1:1')
    await given.slack.user('U1').command('/kill')
    await eventually(() => expect(given.log.filter(({ level }) => level === 'error')).toHaveLength(2))
    await given.slack.user('U1').openHome()
    await eventually(() => expect(given.slack.home('U1')).not.toBeNull())
  })
})

describe('the socket', () => {
  test.each(['disconnect', 'drop'] as const)('comes back soon after a %s, and what was under way meanwhile arrives', async (how) => {
    const given = await connected()
    const ts = tsOf((await given.chat.deliver(card(), delivery())).reference)
    given.slack.socket.deadline = 20_000
    given.slack.socket[how]()
    await eventually(() => expect(given.slack.socket.connected).toBe(0))
    const started = performance.now()
    const ack = await given.slack.user('U1').press(ts, 'approve:p1:1')
    expect(ack.payload).toEqual({})
    // The client by itself would wait five seconds before it even tries.
    expect(performance.now() - started).toBeLessThan(4_500)
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(1))
    expect(given.slack.socket.connections).toBe(2)
    await eventually(() => expect(given.chat.connected()).toBe(true))
  })

  test('that Slack does not open for a while leaves no unhandled rejection behind, and opens later', async () => {
    const unhandled: unknown[] = []
    const hear = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', hear)
    const given = await connected()
    given.slack.fail('apps.connections.open', { status: 503 })
    given.slack.fail('apps.connections.open', { error: 'internal_error' })
    given.slack.fail('apps.connections.open', { cut: true })
    given.slack.socket.drop()
    await eventually(() => expect(given.slack.calls('apps.connections.open').length).toBeGreaterThan(4))
    await eventually(() => expect(given.chat.connected()).toBe(true))
    process.off('unhandledRejection', hear)
    expect(unhandled).toEqual([])
  })

  test('shrugs off what is no message of Slack', async () => {
    const given = await connected()
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"type":"hello"}',
      '{"type":"interactive"}',
      '{"type":"interactive","envelope_id":"e","payload":null}',
    ])
      given.slack.socket.say(text)
    await given.slack.user('U1').command('/pnl')
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(1))
    forgive(given, /an ack of something that was never sent/)
  })
})

describe('starting', () => {
  test('does not wait for a Slack that is away, and connects when it is back', async () => {
    const slack = await startSlack()
    slack.fail('auth.test', { status: 503 }, 2)
    const chat = createSlackChat({ access: slack.access('socket'), commands, log: silent })
    await chat.start(recordingInbound().inbound)
    expect(chat.connected()).toBe(false)
    await eventually(() => expect(chat.connected()).toBe(true))
    await chat.stop()
    await slack.close()
  })

  test('with a wrong token says what to do, and shows none', async () => {
    const slack = await startSlack()
    const lines: string[] = []
    const note = (facts: object, message: string) => void lines.push(JSON.stringify(facts), message)
    const access = { ...slack.access('socket'), botToken: 'xoxb-wrong' }
    const chat = createSlackChat({ access, commands, log: { info: note, warn: note, error: note } })
    await chat.start(recordingInbound().inbound)
    expect(lines.join('\n')).toContain('copy the Bot User OAuth Token')
    expect(lines.join('\n')).not.toContain('xoxb-wrong')
    await chat.stop()
    await slack.close()
  })

  test('with neither way in is refused', () => {
    const access = { botToken: 'xoxb-x', appToken: null, signingSecret: null, channelId: 'C1', apiUrl: null }
    expect(() => createSlackChat({ access, commands, log: silent })).toThrow(/SLACK_APP_TOKEN.*SLACK_SIGNING_SECRET/)
  })
})

describe('stopping', () => {
  test('lets what is under way end, takes nothing more, and waits until the socket is closed', async () => {
    let finish = () => {}
    const slow = new Promise<void>((resolve) => {
      finish = resolve
    })
    const given = await connected('socket', {
      press: async () => {
        await slow
        return replyCard('Done')
      },
    })
    const ts = tsOf((await given.chat.deliver(card(), delivery())).reference)
    await given.slack.user('U1').press(ts, 'approve:p1:1')
    const stopped = given.chat.stop()
    const late = given.slack
      .user('U1')
      .command('/pnl')
      .catch(() => 'not taken')
    finish()
    await stopped
    expect(given.slack.ephemeralFor('U1')).toMatchObject([{ text: 'Done' }])
    await eventually(() => expect(given.slack.socket.connected).toBe(0))
    expect(given.chat.connected()).toBe(false)
    expect(await late).toBe('not taken')
    expect(given.calls.map(({ name }) => name)).toEqual(['press'])
  })
})
