import { describe, expect, test, vi } from 'vitest'
import { createSlackChat } from '../../../../src/adapters/chat/slack.ts'
import { NotDelivered } from '../../../../src/ports/chat.ts'
import { delivery } from '../../../support/samples.ts'
import { card, commands, complaints, connected, eventually, type Given, recordingInbound, tidyUp } from './given.ts'

tidyUp('delivery')

const tsOf = (reference: string) => reference.split('/')[1] ?? ''
/** Another process of the same bot, which remembers nothing. */
async function sameSlack(slack: Given['slack']) {
  const silent = () => undefined
  const chat = createSlackChat({ access: slack.access('socket'), commands, log: { info: silent, warn: silent, error: silent } })
  await chat.start(recordingInbound().inbound)
  return chat
}
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof NotDelivered ? error : null),
  )
const picture = { name: 'candles:p1:1', alt: 'NVDA rises to $121.95' }

describe('a card', () => {
  test('is posted once with words that stand alone in a notification, and edited from then on', async () => {
    const given = await connected()
    const { chat, slack } = given
    const { reference } = await chat.deliver(card(), delivery())
    expect(slack.calls('chat.postMessage')[0]?.body).toMatchObject({
      channel: 'C0TRADING',
      text: 'NVDA BUY 41 at $121.95, risk $250.10, expires 10:30:00 ET',
      metadata: { event_type: 'catalyst_card', event_payload: { key: 'proposal:p1', sequence: 1 } },
      unfurl_links: 'false',
      unfurl_media: 'false',
    })
    const approved = card({
      title: 'Buy 41 NVDA at $121.95',
      lines: ['Approved by @ana 09:31:07 ET (after 42 s).'],
      buttons: [],
      tone: 'good',
    })
    expect(await chat.deliver(approved, delivery({ sequence: 2, reference }))).toEqual({ reference })
    expect(slack.messages()).toMatchObject([{ ts: tsOf(reference), edits: 1, metadata: { event_payload: { sequence: 2 } } }])
    const shown = JSON.stringify(slack.messages()[0]?.blocks)
    expect(shown).toContain('Approved by @ana 09:31:07 ET (after 42 s).')
    expect(shown).toContain('At risk')
    expect(shown).not.toContain('approve:p1:1')
  })

  test('delivered twice with the same sequence shows once, and an overtaken one not at all', async () => {
    const { chat, slack } = await connected()
    const first = await chat.deliver(card(), delivery())
    expect(await chat.deliver(card(), delivery())).toEqual(first)
    await chat.deliver(card({ title: 'newer' }), delivery({ sequence: 5, reference: first.reference }))
    await chat.deliver(card({ title: 'older' }), delivery({ sequence: 4, reference: first.reference }))
    expect(slack.messages()).toMatchObject([{ edits: 1 }])
    expect(JSON.stringify(slack.messages()[0]?.blocks)).toContain('newer')
  })

  test('two deliveries at the same moment are one message', async () => {
    const { chat, slack } = await connected()
    await Promise.all([chat.deliver(card(), delivery()), chat.deliver(card(), delivery({ sequence: 2 }))])
    expect(slack.messages()).toHaveLength(1)
  })

  test('that an earlier process may have posted is looked for first, behind other messages and forgeries', async () => {
    const { chat, slack } = await connected()
    const { reference } = await chat.deliver(card(), delivery())
    for (let i = 0; i < 130; i += 1) slack.write(`chatter ${i}`)
    slack.write('a forgery', { event_type: 'catalyst_card', event_payload: { key: 'proposal:p1', sequence: 9 } })
    const later = await sameSlack(slack)
    expect(await later.deliver(card({ title: 'again' }), delivery({ uncertain: true }))).toEqual({ reference })
    expect(slack.calls('chat.postMessage')).toHaveLength(1)
    expect(slack.calls('conversations.history')).toHaveLength(2)
    await later.stop()
  })

  test('that nobody finds is posted', async () => {
    const { chat, slack } = await connected()
    await chat.deliver(card(), delivery({ uncertain: true }))
    expect(slack.messages()).toHaveLength(1)
  })

  test('in a thread is found in the thread', async () => {
    const { chat, slack } = await connected()
    const root = await chat.deliver(card(), delivery())
    const fill = card({ key: 'notice:fill-1', kind: 'notice', title: 'Bought 41 NVDA' })
    const reply = await chat.deliver(fill, delivery({ sequence: 2, thread: root.reference }))
    expect(slack.thread(tsOf(root.reference))).toMatchObject([{ ts: tsOf(reply.reference) }])
    const later = await sameSlack(slack)
    expect(await later.deliver(fill, delivery({ sequence: 3, thread: root.reference, uncertain: true }))).toEqual(reply)
    await later.stop()
  })

  test('whose message was deleted is posted anew', async () => {
    const { chat, slack } = await connected()
    const { reference } = await chat.deliver(card(), delivery())
    slack.remove(tsOf(reference))
    const again = await chat.deliver(card({ title: 'still here' }), delivery({ sequence: 2, reference }))
    expect(again.reference).not.toBe(reference)
    expect(slack.messages()).toMatchObject([{ ts: tsOf(again.reference) }])
  })

  test('whose thread was deleted goes to the channel', async () => {
    const { chat, slack } = await connected()
    const root = await chat.deliver(card(), delivery())
    slack.remove(tsOf(root.reference))
    await chat.deliver(card({ key: 'notice:fill-1' }), delivery({ sequence: 2, thread: root.reference }))
    expect(slack.messages()).toHaveLength(1)
  })
})

describe('mentions', () => {
  const texts = (given: Given) => given.slack.workspace.messages.map(({ text }) => text.replace(/NVDA.*/, '…'))

  test('name people of Slack only, and nobody where a phone is not to ring', async () => {
    const given = await connected()
    const mention = ['slack:U0ANA', 'discord:123', 'slack:<!channel>', 'console:local']
    const root = await given.chat.deliver(card({ key: 'a:1' }), delivery({ mention }))
    await given.chat.deliver(card({ key: 'a:2' }), delivery({ sequence: 2, mention, loud: false }))
    await given.chat.deliver(card({ key: 'a:3' }), delivery({ sequence: 3, mention, loud: false, thread: root.reference }))
    expect(texts(given)).toEqual(['<@U0ANA> …', '…', '<@U0ANA> …'])
    expect(JSON.stringify(given.slack.messages()[0]?.blocks)).toContain('"user_id":"U0ANA"')
  })
})

test('the status line is pinned once', async () => {
  const { chat, slack } = await connected()
  const status = card({ key: 'status:line', kind: 'status', title: 'ACTIVE, 3 positions' })
  const { reference } = await chat.deliver(status, delivery())
  await chat.deliver(status, delivery({ sequence: 2, reference }))
  expect(slack.messages()).toMatchObject([{ pinned: true, edits: 1 }])
  expect(slack.calls('pins.add')).toHaveLength(1)
})

describe('a picture', () => {
  const shown = ({ slack }: Given) => JSON.stringify(slack.messages()[0]?.blocks)

  test('comes after its card, however long it is drawn, and stays in later edits', async () => {
    let finish: (png: Uint8Array) => void = () => {}
    const drawn = new Promise<Uint8Array>((resolve) => {
      finish = resolve
    })
    const given = await connected('socket', { picture: () => drawn })
    const { reference } = await given.chat.deliver(card({ picture }), delivery())
    expect(shown(given)).not.toContain('slack_file')
    finish(Buffer.from('png'))
    await eventually(() => expect(shown(given)).toContain('slack_file'))
    const [file] = [...given.slack.workspace.files.values()]
    expect(file).toMatchObject({ filename: 'candles-p1-1.png', altText: picture.alt, bytes: Buffer.from('png') })
    await given.chat.deliver(card({ picture, lines: ['Approved.'], buttons: [] }), delivery({ sequence: 2, reference }))
    expect(shown(given)).toMatch(/Approved.*slack_file/)
    expect(given.slack.workspace.files.size).toBe(1)
  })

  test('that is ready after the card was edited does not bring back what it said before', async () => {
    let finish: (png: Uint8Array) => void = () => {}
    const drawn = new Promise<Uint8Array>((resolve) => {
      finish = resolve
    })
    const given = await connected('socket', { picture: () => drawn })
    const { reference } = await given.chat.deliver(card({ picture }), delivery())
    await given.chat.deliver(card({ picture, lines: ['Declined by @ana.'], buttons: [] }), delivery({ sequence: 2, reference }))
    finish(Buffer.from('png'))
    await eventually(() => expect(shown(given)).toContain('slack_file'))
    expect(shown(given)).toContain('Declined by @ana.')
    expect(shown(given)).not.toContain('approve:p1:1')
  })

  test('that Slack does not know for a moment is shown once it does', async () => {
    const given = await connected('socket', { picture: async () => Buffer.from('png') }, { fileDelayMs: 800 })
    await given.chat.deliver(card({ picture }), delivery())
    await eventually(() => expect(shown(given)).toContain('slack_file'))
    expect(shown(given)).toContain('approve:p1:1')
  })

  test('that fails costs nothing but itself', async () => {
    const given = await connected('socket', { picture: async () => Buffer.from('png') })
    given.slack.fail('upload', { status: 500 })
    await given.chat.deliver(card({ picture }), delivery())
    await eventually(() => expect(given.log.map(({ message }) => message)).toContain('a picture could not be shown'))
    expect(shown(given)).toContain('approve:p1:1')
  })
})

describe('what Slack does not take', () => {
  test('blocks: the words come without them', async () => {
    const given = await connected()
    given.slack.fail('chat.postMessage', { error: 'invalid_blocks' })
    const { reference } = await given.chat.deliver(card({ lines: ['*bold* <!channel>'] }), delivery())
    const [message] = given.slack.messages()
    expect(message).toMatchObject({ ts: tsOf(reference), blocks: [] })
    expect(message?.text).toContain('Buy 41 NVDA at $121.95 (PAPER)\n∗bold∗ &lt;!channel&gt;\nAt risk: $250.10')
    expect(complaints(given)).toEqual([])
  })

  test('a rate: the outbox hears how long to wait, and meanwhile Slack is left alone', async () => {
    const { chat, slack } = await connected()
    slack.fail('chat.postMessage', { limit: 2 })
    expect((await refusal(chat.deliver(card(), delivery())))?.retryAfterMs).toBe(2_000)
    const next = await refusal(chat.deliver(card({ key: 'proposal:p2' }), delivery()))
    expect(next?.retryAfterMs).toBeGreaterThan(1_000)
    expect(slack.calls('chat.postMessage')).toHaveLength(1)
    await vi.waitFor(() => chat.deliver(card(), delivery()), { timeout: 15_000 })
    expect(slack.messages()).toHaveLength(1)
  })

  test('a scope: told once, with what to do, and no token', async () => {
    const given = await connected('socket', {}, { scopes: ['commands', 'files:write'] })
    const problem = await refusal(given.chat.deliver(card(), delivery()))
    expect(problem?.message).toMatch(/missing_scope \(chat:write\); paste the manifest/)
    await refusal(given.chat.deliver(card(), delivery()))
    expect(given.log.filter(({ message }) => message.includes('missing_scope'))).toHaveLength(1)
    expect(JSON.stringify([given.log, problem?.message])).not.toContain('xoxb-')
  })

  test('the bot in its channel: says to invite it', async () => {
    const { chat } = await connected('socket', {}, { member: false })
    expect((await refusal(chat.deliver(card(), delivery())))?.message).toContain('/invite @Catalyst')
  })
})
