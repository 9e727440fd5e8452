import { describe, expect, test } from 'vitest'
import { NotDelivered } from '../../../../src/ports/chat.ts'
import { delivery } from '../../../support/samples.ts'
import { ada, answer, desk, only, proposal, sent } from './support.ts'

const posts = /^\/channels\/\d+\/messages$/
const failure = async (work: Promise<unknown>): Promise<NotDelivered> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof NotDelivered)) throw new Error(`it should not have been delivered: ${String(error)}`)
  return error
}

describe('given a Discord that does not take a message', () => {
  test('429: the outbox hears for how long Discord wants to be left alone, as the headers say', async () => {
    const { emulator, chat } = await desk()
    emulator.faults.tooMany(7_500, { method: 'POST', path: posts })
    const { retryAfterMs, message } = await failure(chat.deliver(proposal(), delivery()))
    expect(retryAfterMs).toBeGreaterThanOrEqual(7_500)
    expect(retryAfterMs).toBeLessThan(9_000)
    expect(message).toContain('wait 8 s')
    expect(sent(emulator, 'POST', posts)).toHaveLength(1)
  })

  test('429 for everything: nothing is sent until it is over', async () => {
    const { emulator, chat } = await desk()
    emulator.faults.tooMany(5_000, { method: 'POST', path: posts, global: true })
    expect((await failure(chat.deliver(proposal(), delivery()))).retryAfterMs).toBeGreaterThan(4_000)
    expect((await failure(chat.deliver(proposal({ title: 'Other' }), delivery()))).retryAfterMs).toBeGreaterThan(3_000)
    expect(sent(emulator, 'POST', posts)).toHaveLength(1)
  })

  test('429 for a moment: discord.js waits, and the message arrives once', async () => {
    const { emulator, chat } = await desk()
    emulator.faults.tooMany(400, { method: 'POST', path: posts })
    await chat.deliver(proposal(), delivery())
    expect(emulator.messages()).toHaveLength(1)
  })

  test('a full bucket: posts wait their turn by the headers, and are never refused', async () => {
    const { emulator, chat } = await desk({ rateLimits: { limit: 5, windowMs: 700 } })
    const cards = Array.from({ length: 12 }, (_, n) => ({ ...proposal(), key: `proposal:${n}` }))
    await Promise.all(cards.map((card, sequence) => chat.deliver(card, delivery({ sequence }))))
    expect(emulator.messages()).toHaveLength(12)
    expect(emulator.requests.filter(({ status }) => status === 429)).toEqual([])
  })

  test('5xx before anything happened: it is not repeated here, but by the outbox', async () => {
    const { emulator, chat } = await desk()
    emulator.faults.status(502, { method: 'POST', path: posts })
    expect((await failure(chat.deliver(proposal(), delivery()))).message).toBe('Discord answered 502')
    expect(sent(emulator, 'POST', posts)).toHaveLength(1)
    await chat.deliver(proposal(), delivery({ uncertain: true }))
    expect(emulator.messages()).toHaveLength(1)
  })

  test.each([
    ['5xx', (faults: Faults) => faults.status(500, { method: 'POST', path: posts, when: 'after' })],
    ['a socket that closes', (faults: Faults) => faults.drop({ method: 'POST', path: posts, when: 'after' })],
  ] as const)('%s after it took effect: there is one message, with the newest state', async (_, inject) => {
    const { emulator, chat } = await desk()
    inject(emulator.faults)
    await failure(chat.deliver(proposal(), delivery()))
    await chat.deliver(proposal({ lines: ['Newer'] }), delivery({ sequence: 2, uncertain: true }))
    expect(only(emulator.messages()).embeds[0]?.description).toContain('Newer')
  })

  test('after it took effect, and without the right to read: the nonce keeps it to one message', async () => {
    const { emulator, chat } = await desk()
    emulator.world.denied = 1n << 16n
    emulator.faults.drop({ method: 'POST', path: posts, when: 'after' })
    await failure(chat.deliver(proposal(), delivery()))
    await chat.deliver(proposal({ lines: ['Newer'] }), delivery({ sequence: 2, uncertain: true }))
    expect(only(emulator.messages()).embeds[0]?.description).toContain('Newer')
  })

  test('an edit that fails is told to the outbox, and the next one goes through', async () => {
    const { emulator, chat } = await desk()
    const { reference } = await chat.deliver(proposal(), delivery())
    emulator.faults.drop({ method: 'PATCH' })
    await failure(chat.deliver(proposal(), delivery({ reference, sequence: 2 })))
    await chat.deliver(proposal(), delivery({ reference, sequence: 2 }))
    expect(only(emulator.messages()).edits).toBe(1)
  })

  test('400 for the rich form: the plain text goes out with its buttons, and can be found again', async () => {
    const { emulator, chat, log } = await desk()
    emulator.faults.refuse(400, 50035, 'Invalid Form Body', { method: 'POST', path: posts })
    await chat.deliver(proposal(), delivery())
    const message = only(emulator.messages())
    expect(message.embeds).toEqual([])
    expect(message.content).toMatch(/^NVDA BUY 41 at \$121\.95[\s\S]*\*\*At risk[\s\S]*-# SIM · [0-9a-f]{8}$/)
    expect(message.components).toHaveLength(2)
    expect(log.lines.at(-1)?.text).toContain('a plainer one follows')
    await chat.deliver(proposal(), delivery({ sequence: 2, uncertain: true }))
    expect(only(emulator.messages()).embeds).toHaveLength(1)
  })

  test('400 for the buttons, too: the bare text goes out', async () => {
    const { emulator, chat } = await desk()
    emulator.faults.refuse(400, 50035, 'Invalid Form Body', { method: 'POST', path: posts, times: 2 })
    await chat.deliver(proposal(), delivery())
    expect(only(emulator.messages())).toMatchObject({ components: [], embeds: [] })
  })

  test('a right that is missing is named, with what to do', async () => {
    const { emulator, chat } = await desk()
    emulator.world.denied = 1n << 11n
    expect((await failure(chat.deliver(proposal(), delivery()))).message).toMatch(/Missing Permissions \(50013\): .*catalyst doctor/)
    emulator.world.denied = 1n << 10n
    expect((await failure(chat.deliver(proposal(), delivery()))).message).toContain('View Channel')
  })

  test('a Discord that is gone is a message not delivered, and shows no token', async () => {
    const { emulator, chat } = await desk()
    await emulator.stop()
    const { message, retryAfterMs } = await failure(chat.deliver(proposal(), delivery()))
    expect(message).toMatch(/^Discord could not be reached/)
    expect(retryAfterMs).toBeNull()
    expect(message).not.toContain(emulator.access.token)
  })
})
type Faults = Awaited<ReturnType<typeof desk>>['emulator']['faults']

describe('given a Discord that does not take what we answer', () => {
  test.each([
    ['kill', true],
    ['trades', false],
  ])('/%s is done all the same: %s', async (name, done) => {
    const invoked: string[] = []
    const invoke = async (_: unknown, command: string) => {
      invoked.push(command)
      return answer('HALTED')
    }
    const { emulator } = await desk({ inbound: { invoke } })
    await emulator.until(() => emulator.commands.length > 0)
    emulator.faults.refuse(404, 10_062, 'Unknown interaction', { method: 'POST', path: /callback$/, times: 20 })
    const doing = emulator.user(ada, 'Ada').command(name, name === 'trades' ? { symbol: 'ACME' } : {})
    expect(await doing.taken()).toBeNull()
    expect(invoked).toEqual(done ? ['kill'] : [])
  })
})
