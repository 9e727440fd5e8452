import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type SlackEmulator, startSlack } from './emulator.ts'

/** A referee that blows no whistle is none: each rule is broken once. */
let slack: SlackEmulator
beforeEach(async () => {
  slack = await startSlack({ rates: true })
})
afterEach(() => slack.close())

async function call(method: string, body: object, token = 'xoxb-S3CR3T-emulated-bot') {
  const response = await fetch(`${slack.workspace.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    json: (await response.json()) as Record<string, unknown>,
  }
}
const flags = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false }
const post = (change: object) => call('chat.postMessage', { channel: 'C0TRADING', text: 'words', ...flags, ...change })
const plain = (text: string) => ({ type: 'plain_text', text })
const button = (change: object = {}) => ({ type: 'button', action_id: 'a', value: 'v', text: plain('Go'), ...change })

describe('a message', () => {
  test('within the rules is taken without a complaint', async () => {
    const got = await post({
      blocks: [
        { type: 'header', text: plain('Fine') },
        { type: 'actions', elements: [button()] },
      ],
    })
    expect(got.json['ok']).toBe(true)
    expect(slack.workspace.violations).toEqual([])
  })

  test.each<[string, object, RegExp]>([
    ['has no text', { text: '' }, /no top-level text/],
    ['mentions everybody', { text: 'hi <!channel>' }, /unescaped </],
    ['does not escape', { text: 'AT&T' }, /unescaped &/],
    ['reorders text', { text: 'a\u202eb' }, /reorder/],
    ['links names', { link_names: true }, /link_names is not off/],
    ['unfurls', { unfurl_links: true }, /unfurl_links is not off/],
    ['has 51 blocks', { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }, /51 blocks/],
    ['has a long header', { blocks: [{ type: 'header', text: plain('x'.repeat(151)) }] }, /151 characters/],
    ['has a long section', { blocks: [{ type: 'section', text: plain('x'.repeat(3_001)) }] }, /3001 characters/],
    [
      'is too long in all',
      { blocks: Array.from({ length: 5 }, () => ({ type: 'section', text: plain('x'.repeat(2_900)) })) },
      /msg_blocks_too_long/,
    ],
    [
      'has 26 buttons in a row',
      { blocks: [{ type: 'actions', elements: Array.from({ length: 26 }, (_, i) => button({ action_id: `a${i}` })) }] },
      /26 elements/,
    ],
    ['has an action id twice', { blocks: [{ type: 'actions', elements: [button(), button()] }] }, /action_id is used twice/],
    ['has a long label', { blocks: [{ type: 'actions', elements: [button({ text: plain('x'.repeat(76)) })] }] }, /76 characters/],
    ['has a long value', { blocks: [{ type: 'actions', elements: [button({ value: 'x'.repeat(2_001) })] }] }, /2001 characters/],
    ['has an unknown style', { blocks: [{ type: 'actions', elements: [button({ style: 'plain' })] }] }, /unknown button style/],
    [
      'has a menu of six',
      {
        blocks: [
          {
            type: 'actions',
            elements: [{ type: 'overflow', action_id: 'm', options: Array.from({ length: 6 }, () => ({ text: plain('o'), value: 'o' })) }],
          },
        ],
      },
      /6 elements/,
    ],
    ['has an input', { blocks: [{ type: 'input', label: plain('x') }] }, /does not belong on a message/],
  ])('that %s is a violation', async (_, change, expected) => {
    await post(change)
    expect(slack.workspace.violations.join('\n')).toMatch(expected)
  })

  test('with a picture that nobody uploaded is refused', async () => {
    const got = await post({ blocks: [{ type: 'image', slack_file: { id: 'F1' }, alt_text: 'x' }] })
    expect(got.json['error']).toBe('invalid_blocks')
  })

  test('after message after message is a 429 with how long to wait', async () => {
    let got = await post({})
    for (let i = 0; i < 10 && got.status === 200; i += 1) got = await post({})
    expect(got.status).toBe(429)
    expect(Number(got.retryAfter)).toBeGreaterThan(0)
  })
})

describe('a call', () => {
  test('with another token, of an unknown method, or without its scope is refused', async () => {
    expect((await call('auth.test', {}, 'xoxb-other')).json['error']).toBe('invalid_auth')
    expect((await call('users.list', {})).json['error']).toBe('unknown_method')
    expect(slack.workspace.violations).toEqual(['users.list is not known here'])
    const narrow = await startSlack({ scopes: ['commands'] })
    const response = await fetch(`${narrow.workspace.url}/api/pins.add`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-S3CR3T-emulated-bot' },
    })
    expect(await response.json()).toMatchObject({ error: 'missing_scope', needed: 'pins:write' })
    await narrow.close()
  })

  test('with a trigger that is spent, or none, opens nothing', async () => {
    const view = { type: 'modal', title: plain('Form'), blocks: [{ type: 'section', text: plain('x') }] }
    const trigger = slack.workspace.trigger('U1')
    expect((await call('views.open', { trigger_id: trigger, view })).json['ok']).toBe(true)
    expect((await call('views.open', { trigger_id: trigger, view })).json['error']).toBe('exchanged_trigger_id')
    expect((await call('views.open', { trigger_id: 'x', view })).json['error']).toBe('invalid_trigger_id')
    expect(
      (await call('views.open', { trigger_id: slack.workspace.trigger('U1'), view: { ...view, title: plain('x'.repeat(25)) } })).json['ok'],
    ).toBe(false)
    expect(slack.workspace.violations).toHaveLength(3)
  })
})

test('a response_url works five times', async () => {
  const url = slack.workspace.responseUrl('U1', 'C0TRADING', null)
  const statuses: number[] = []
  for (let i = 0; i < 6; i += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'x' }),
    })
    statuses.push(response.status)
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 404])
  expect(slack.workspace.violations).toEqual(['response_url: used more than five times'])
})

describe('over the socket', () => {
  async function client(hear: (envelope: { envelope_id?: string }, socket: WebSocket) => void) {
    const { WebSocket } = await import('ws')
    const { json } = await call('apps.connections.open', {}, 'xapp-S3CR3T-emulated-app')
    const socket = new WebSocket(String(json['url']))
    socket.on('message', (data) => hear(JSON.parse(String(data)), socket as never))
    await new Promise((resolve) => socket.once('message', resolve))
    return socket
  }

  test('an ack twice, or of nothing, is a violation', async () => {
    const socket = await client((envelope, sender) => {
      if (envelope.envelope_id === undefined) return
      for (const id of [envelope.envelope_id, envelope.envelope_id, 'made-up'])
        sender.send(JSON.stringify({ envelope_id: id, payload: {} }))
    })
    await slack.user('U1').command('/pnl')
    await expect.poll(() => slack.workspace.violations.length).toBe(2)
    expect(slack.workspace.violations.join('\n')).toMatch(/acknowledged twice[\s\S]*never sent/)
    socket.close()
  })

  test('no ack within three seconds is a violation', async () => {
    const socket = await client(() => undefined)
    await expect(slack.user('U1').command('/pnl')).rejects.toThrow('not acknowledged in time')
    expect(slack.workspace.violations).toEqual(['slash_commands: not acknowledged within 3000 ms'])
    socket.close()
  })
})
