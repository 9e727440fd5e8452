import { describe, expect, test } from 'vitest'
import { objects } from '../../../emulators/slack/block-rules.ts'
import { delivery } from '../../../support/samples.ts'
import { card, connected, eventually, form, type Given, type Mode, replyCard, tidyUp } from './given.ts'

tidyUp('interactions')

const wordsOf = (blocks: readonly object[]) => JSON.stringify(blocks)
const tsOf = (reference: string) => reference.split('/')[1] ?? ''
async function posted({ chat }: Given, change = {}): Promise<string> {
  return tsOf((await chat.deliver(card(change), delivery())).reference)
}

describe.each<Mode>(['socket', 'http'])('over %s', (mode) => {
  test('a button is acknowledged, pressed by its id, and answered privately', async () => {
    const given = await connected(mode)
    const ts = await posted(given)
    const ack = await given.slack.user('U1', 'ana').press(ts, 'approve:p1:1')
    expect(ack.payload).toEqual({})
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(1))
    expect(given.calls).toEqual([{ name: 'press', actor: { id: 'slack:U1', name: 'ana', via: 'slack' }, rest: ['approve:p1:1'] }])
    const [answer] = given.slack.ephemeralFor('U1')
    expect(answer?.text).toBe('Pressed approve:p1:1')
    expect(given.slack.messages()).toHaveLength(1)
  })

  test('a menu entry is a press like any other', async () => {
    const given = await connected(mode)
    await given.slack.user('U1').overflow(await posted(given), 'Snooze')
    await eventually(() => expect(given.calls.map(({ rest }) => rest[0])).toEqual(['snooze:p1']))
  })

  test('a plain command and the same after /catalyst are one text', async () => {
    const given = await connected(mode)
    const ana = given.slack.user('U1', 'ana')
    await ana.command('/positions', 'AAPL limit:5')
    await ana.command('/catalyst', 'positions AAPL limit:5')
    await ana.command('/catalyst', '')
    await ana.command('/catalyst', '/kill “too wild” <now> & then')
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(4))
    expect(given.calls.map(({ rest }) => rest[0]).toSorted()).toEqual(
      ['/positions AAPL limit:5', '/positions AAPL limit:5', '/help', '/kill "too wild" <now> & then'].toSorted(),
    )
  })

  test('a mistyped command gets the suggestion of the command parser', async () => {
    const given = await connected(mode, { command: async (_, text) => replyCard(`No ${text}`, { lines: ['Did you mean /positions?'] }) })
    await given.slack.user('U1').command('/catalyst', 'postions')
    await eventually(() => expect(wordsOf(given.slack.ephemeralFor('U1')[0]?.blocks ?? [])).toContain('Did you mean /positions?'))
  })

  test('a button that asks first opens a form, and its answers are the press', async () => {
    const given = await connected(mode)
    const ts = await posted(given, { buttons: [{ id: form.id, label: 'Edit', style: 'plain' }] })
    const ana = given.slack.user('U1')
    await ana.press(ts, form.id)
    await eventually(() => expect(given.slack.viewsOf('U1')).toHaveLength(1))
    const [view] = given.slack.viewsOf('U1')
    if (!view) throw new Error('no form was opened')
    expect(view.content).toMatchObject({ callback_id: 'form', private_metadata: form.id, title: { text: 'Edit NVDA' } })
    const ack = await ana.submit(view, { quantity: '20' })
    expect(ack.payload).toEqual({})
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(1))
    expect(given.calls.at(-1)).toMatchObject({ name: 'submit', rest: [form.id, { quantity: '20', note: '' }] })
    expect(given.slack.viewsOf('U1')).toEqual([])
  })

  test('the App Home shows what inbound has to say, and its buttons answer in a modal', async () => {
    const given = await connected(mode)
    const ana = given.slack.user('U1')
    await ana.openHome()
    await eventually(() => expect(given.slack.home('U1')).not.toBeNull())
    const home = given.slack.home('U1')
    if (!home) throw new Error('no home')
    expect(wordsOf(objects(home.content['blocks']))).toMatch(/Health.*Inbox/)
    await ana.press(home, 'refresh:inbox')
    await eventually(() => expect(JSON.stringify(given.slack.viewsOf('U1')[0]?.content ?? {})).toContain('Pressed refresh:inbox'))
    await eventually(() => expect(given.slack.calls('views.publish')).toHaveLength(2))
  })

  test('a tap or a command from another workspace or channel is refused privately and told to inbound', async () => {
    const given = await connected(mode)
    const ts = await posted(given)
    const eve = given.slack.user('U9', 'eve')
    await eve.press(ts, 'approve:p1:1', { team: 'T0OTHER' })
    await eve.press(ts, 'approve:p1:1', { channel: 'C0OTHER' })
    await eve.command('/kill', '', { channel: 'C0OTHER' })
    await eve.openHome({ team: 'T0OTHER' })
    await eventually(() => expect(given.calls).toHaveLength(4))
    expect(given.calls.map(({ name }) => name)).toEqual(['foreign', 'foreign', 'foreign', 'foreign'])
    expect(given.calls.map(({ rest }) => rest).toSorted()).toEqual([
      ['T0DESK/C0OTHER', '/kill'],
      ['T0DESK/C0OTHER', 'approve:p1:1'],
      ['T0OTHER', 'home'],
      ['T0OTHER/C0TRADING', 'approve:p1:1'],
    ])
    expect(given.slack.messages()[0]?.edits).toBe(0)
  })
})

describe('private answers', () => {
  test('Refresh on an answer of ours changes it in place instead of adding a second one', async () => {
    let presses = 0
    const given = await connected('socket', {
      command: async () => replyCard('Positions', { buttons: [{ id: 'refresh:positions', label: 'Refresh', style: 'plain' }] }),
      press: async () => replyCard(`Positions ${++presses}`, { buttons: [{ id: 'refresh:positions', label: 'Refresh', style: 'plain' }] }),
    })
    const ana = given.slack.user('U1')
    await ana.command('/positions')
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(1))
    const ts = given.slack.ephemeralFor('U1')[0]?.ts ?? ''
    for (const n of [1, 2]) {
      await ana.press(ts, 'refresh:positions')
      await eventually(() => expect(given.slack.ephemeralFor('U1')).toMatchObject([{ ts, text: `Positions ${n}`, replaced: n }]))
    }
  })

  test('reach the asker another way where the response_url is refused', async () => {
    const given = await connected()
    given.slack.fail('response_url', { status: 500 })
    await given.slack.user('U1').command('/pnl', 'today')
    await eventually(() => expect(given.slack.calls('chat.postEphemeral')).toHaveLength(1))
    expect(given.slack.ephemeralFor('U1')).toMatchObject([{ text: 'Typed /pnl today' }])
  })

  test('on a message of a thread stay in the thread', async () => {
    const given = await connected()
    const root = await given.chat.deliver(card(), delivery())
    const reply = await given.chat.deliver(card({ key: 'notice:fill', kind: 'notice' }), delivery({ sequence: 2, thread: root.reference }))
    await given.slack.user('U1').press(tsOf(reply.reference), 'approve:p1:1')
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toMatchObject([{ threadTs: tsOf(root.reference) }]))
  })

  test('a picture follows: beneath an answer to a command, inside one that was refreshed', async () => {
    const picture = { name: 'equity:month', alt: 'Equity rises from $100,000 to $104,000' }
    const withPicture = replyCard('P&L', { picture, buttons: [{ id: 'pnl:week', label: 'Week', style: 'plain' }] })
    const given = await connected('socket', {
      command: async () => withPicture,
      press: async () => withPicture,
      picture: async () => Buffer.from('a picture'),
    })
    const ana = given.slack.user('U1')
    await ana.command('/pnl')
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toHaveLength(2))
    expect(wordsOf(given.slack.ephemeralFor('U1')[1]?.blocks ?? [])).toContain(picture.alt)
    await ana.press(given.slack.ephemeralFor('U1')[0]?.ts ?? '', 'pnl:week')
    await eventually(() => expect(wordsOf(given.slack.ephemeralFor('U1')[0]?.blocks ?? [])).toContain('slack_file'))
    expect(given.slack.ephemeralFor('U1')).toHaveLength(2)
  })
})

describe('forms', () => {
  const asking = { buttons: [{ id: form.id, label: 'Edit', style: 'plain' as const }] }

  test('a reason against it comes as a private answer instead', async () => {
    const given = await connected('socket', { form: async () => ({ card: replyCard('Decided meanwhile') }) })
    await given.slack.user('U1').press(await posted(given, asking), form.id)
    await eventually(() => expect(given.slack.ephemeralFor('U1')).toMatchObject([{ text: 'Decided meanwhile' }]))
    expect(given.slack.calls('views.open')).toEqual([])
  })

  test('that take longer than a trigger lives open all the same: something holds their place', async () => {
    const given = await connected('socket', { form: () => new Promise((resolve) => setTimeout(() => resolve({ form }), 3_500)) })
    await given.slack.user('U1').press(await posted(given, asking), form.id)
    await eventually(() => expect(given.slack.viewsOf('U1')[0]?.content['private_metadata']).toBe(form.id))
  })

  test('that Slack does not open say so, and nothing is pressed', async () => {
    const given = await connected()
    given.slack.fail('views.open', { error: 'expired_trigger_id' })
    await given.slack.user('U1').press(await posted(given, asking), form.id)
    await eventually(() =>
      expect(given.slack.ephemeralFor('U1')).toMatchObject([{ text: 'Slack did not open the form in time. Press again.' }]),
    )
    expect(given.calls.map(({ name }) => name)).toEqual(['form'])
  })
})
