import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encoded, signed } from '../../../emulators/slack/link.ts'
import { startHttp } from '../../../support/http.ts'
import { connected, eventually, tidyUp } from './given.ts'

tidyUp('signed HTTP')

const secret = 'S3CR3T-emulated-signing'
const now = () => String(Math.floor(Date.now() / 1000))
const command = encoded('slash_commands', {
  command: '/pnl',
  text: '',
  user_id: 'U1',
  team_id: 'T0DESK',
  channel_id: 'C0TRADING',
  trigger_id: '7.7',
}).body

describe('a signed request', () => {
  test('asks for the challenge when the address is set up', async () => {
    const { chat } = await connected('http')
    const body = JSON.stringify({ type: 'url_verification', token: 'x', challenge: 'abc123' })
    expect(await chat.receive(signed(secret, now(), body), body)).toEqual({ status: 200, body: { challenge: 'abc123' } })
  })

  test.each([
    ['another secret', signed('another', now(), command)],
    ['an old timestamp', signed(secret, String(Number(now()) - 301), command)],
    ['a timestamp of the future', signed(secret, String(Number(now()) + 400), command)],
    ['another body', signed(secret, now(), `${command}&text=all`)],
    ['no signature', { 'x-slack-request-timestamp': now() }],
    ['no timestamp', { 'x-slack-signature': 'v0=00' }],
    ['nothing at all', {}],
    ['a timestamp of no number', { ...signed(secret, 'soon', command) }],
  ])('with %s is refused and does nothing', async (_, headers) => {
    const given = await connected('http')
    expect((await given.chat.receive(headers, command)).status).toBe(401)
    expect(given.calls).toEqual([])
  })

  test('that Slack sends again is answered again and done once', async () => {
    const given = await connected('http')
    const again = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' }
    expect((await given.chat.receive(signed(secret, now(), command), command)).status).toBe(200)
    expect((await given.chat.receive({ ...signed(secret, now(), command), ...again }, command)).status).toBe(200)
    await eventually(() => expect(given.calls).toHaveLength(1))
  })

  test('with a body that is nothing known is a 400, and the certificate check is fine', async () => {
    const { chat } = await connected('http')
    const send = async (body: string) => (await chat.receive(signed(secret, now(), body), body)).status
    expect(await send('')).toBe(400)
    expect(await send('{"broken')).toBe(400)
    expect(await send('payload=%7Bbroken')).toBe(400)
    expect(await send('ssl_check=1&token=x')).toBe(200)
    expect(await send('payload=%7B%7D')).toBe(200)
  })

  test('while the bot stops is put off', async () => {
    const { chat } = await connected('http')
    await chat.stop()
    expect((await chat.receive(signed(secret, now(), command), command)).status).toBe(503)
  })

  test('has no meaning in Socket Mode', async () => {
    const { chat } = await connected('socket')
    expect((await chat.receive(signed(secret, now(), command), command)).status).toBe(404)
  })
})

describe('whatever comes', () => {
  const odd = fc.oneof(
    fc.string({ maxLength: 40, unit: 'binary' }),
    fc.constantFrom(null, 0, true, [], {}, 'U1', 'T0DESK', 'C0TRADING', 'approve:p1:1'),
  )
  const key = fc.constantFrom(
    'type',
    'user',
    'team',
    'channel',
    'view',
    'actions',
    'event',
    'command',
    'text',
    'id',
    'value',
    'state',
    'values',
    'name',
  )
  const tree = fc.letrec((tie) => ({
    node: fc.oneof({ maxDepth: 4 }, odd, fc.dictionary(key, tie('node'), { maxKeys: 6 }), fc.array(tie('node'), { maxLength: 3 })),
  })).node
  const kind = fc.constantFrom('block_actions', 'view_submission', 'view_closed', 'shortcut', 'event_callback', 'block_suggestion', 'other')
  const payload = fc.tuple(kind, fc.dictionary(key, tree)).map(([type, parts]) => ({ ...parts, type }))

  test('is answered, and nothing of it ends the process', async () => {
    const { chat } = await connected('http')
    await fc.assert(
      fc.asyncProperty(payload, fc.constantFrom('interactive', 'events_api'), async (given, how) => {
        const { body } = encoded(how, given)
        expect([200, 400]).toContain((await chat.receive(signed(secret, now(), body), body)).status)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('the route', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test('says that signed HTTP is not in use', async () => {
    const http = await startHttp()
    const got = await http.post('/api/v1/slack/events', command, form)
    expect(got).toMatchObject({ status: 404, json: { title: 'Not in use' } })
    await http.server.close()
  })

  test('turns a wrong signature into a problem document, and takes large taps', async () => {
    const given = await connected('http')
    const http = await startHttp({}, { slackEvents: given.chat.receive })
    expect(await http.post('/api/v1/slack/events', command, form)).toMatchObject({ status: 401, json: { title: 'Bad signature' } })
    const large = `${command}&padding=${'x'.repeat(100_000)}`
    expect((await http.post('/api/v1/slack/events', large, { ...form, ...signed(secret, now(), large) })).status).toBe(200)
    await http.server.close()
  })

  test('is the only one that takes a form', async () => {
    const http = await startHttp()
    expect((await http.post('/api/v1/kill', 'reason=x', form)).status).toBe(415)
    await http.server.close()
  })
})
