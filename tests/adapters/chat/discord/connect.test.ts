import { describe, expect, test } from 'vitest'
import { createDiscordChat } from '../../../../src/adapters/chat/discord.ts'
import { delivery, inboundWith } from '../../../support/samples.ts'
import { ada, answer, chatOn, cleanUpWith, desk, emulatorFor, keyValue, proposal, recordingLog, sent, specs } from './support.ts'

const commandsPath = /\/applications\/\d+\/guilds\/\d+\/commands$/

describe('given a token that Discord takes', () => {
  test('the real client logs in with the Guilds intent only, and messages can reach people', async () => {
    const { emulator, chat } = await desk()
    expect(emulator.gateway.intents).toEqual([1])
    expect(chat.connected()).toBe(true)
    expect(chat.name).toBe('discord')
  })

  test('commands are listed once, with types, choices, suggestions and the required ones first', async () => {
    const { emulator } = await desk()
    const [trades, pnl, kill] = emulator.commands
    expect(trades?.options?.map(({ name, type, required, autocomplete }) => ({ name, type, required, autocomplete }))).toEqual([
      { name: 'symbol', type: 3, required: true, autocomplete: true },
      { name: 'limit', type: 10, required: false, autocomplete: undefined },
    ])
    expect(pnl?.options?.[0]?.choices).toEqual(['today', 'week', 'all'].map((value) => ({ name: value, value })))
    expect(kill?.options?.[0]).toMatchObject({ name: 'flatten', type: 5 })
  })

  test('they are not sent again while they are the same, and are when Discord lost them', async () => {
    const remembered = keyValue()
    const { emulator, chat } = await desk({ remembered })
    await chat.stop()
    const again = chatOn(emulator, remembered)
    await again.chat.start(inboundWith())
    await emulator.until(() => again.log.lines.some(({ text }) => text.includes('unchanged')))
    expect(sent(emulator, 'PUT', commandsPath)).toHaveLength(1)
    await again.chat.stop()
    emulator.world.commands = []
    await desk({ emulator, remembered })
    expect(sent(emulator, 'PUT', commandsPath)).toHaveLength(2)
  })

  test('commands that Discord does not take leave the rest of the chat working', async () => {
    const emulator = await emulatorFor()
    emulator.faults.refuse(403, 50001, 'Missing Access', { path: commandsPath })
    const { chat, log } = chatOn(emulator)
    await chat.start(inboundWith())
    await emulator.until(() => log.lines.some(({ text }) => text.includes('not listed')))
    expect(log.lines.find(({ level }) => level === 'error')?.text).toContain('Missing Access')
    await chat.deliver(proposal(), delivery())
    expect(emulator.messages()).toHaveLength(1)
  })

  test('the trading state stands beside its name, also after a new session', async () => {
    const { emulator, chat } = await desk()
    await chat.presence?.('SIM · active')
    await chat.presence?.('SIM · active')
    await emulator.until(() => emulator.gateway.presences.length > 0)
    expect(emulator.gateway.presences).toEqual([[expect.objectContaining({ type: 4, state: 'SIM · active' })]])
    emulator.gateway.invalidate(false)
    expect(await emulator.until(() => emulator.gateway.presences.length === 2, 20_000)).toBe(true)
  })
})

describe('given a connection that breaks', () => {
  const stillAnswers = async ({ emulator, chat }: Awaited<ReturnType<typeof desk>>) => {
    expect(await emulator.until(() => chat.connected(), 20_000)).toBe(true)
    await emulator.user(ada, 'Ada').command('pnl').answer()
  }
  const inbound = { invoke: async () => answer('P&L') }

  test('op 7: it connects again and resumes', async () => {
    const made = await desk({ inbound })
    made.emulator.gateway.reconnect()
    expect(await made.emulator.until(() => made.emulator.gateway.counts.resumed === 1)).toBe(true)
    await stillAnswers(made)
    expect(made.emulator.gateway.counts.identified).toBe(1)
  })

  test('op 9 that may resume: it resumes on the same connection', async () => {
    const made = await desk({ inbound })
    made.emulator.gateway.invalidate(true)
    expect(await made.emulator.until(() => made.emulator.gateway.counts.resumed === 1)).toBe(true)
    await stillAnswers(made)
  })

  test('op 9 that may not resume: it begins a new session', async () => {
    const made = await desk({ inbound })
    made.emulator.gateway.invalidate(false)
    expect(await made.emulator.until(() => made.emulator.gateway.counts.identified === 2, 20_000)).toBe(true)
    await stillAnswers(made)
  })

  test('op 1: it sends a heartbeat', async () => {
    const { emulator } = await desk()
    const before = emulator.gateway.counts.heartbeats
    emulator.gateway.askForHeartbeat()
    expect(await emulator.until(() => emulator.gateway.counts.heartbeats > before)).toBe(true)
  })

  test('a dropped socket: messages say so meanwhile, and what was typed meanwhile arrives', async () => {
    const made = await desk({ inbound })
    const { emulator, chat } = made
    emulator.gateway.drop()
    expect(await emulator.until(() => !chat.connected())).toBe(true)
    const typed = emulator.user(ada, 'Ada').command('pnl')
    await typed.answer()
    expect(emulator.gateway.counts.resumed).toBe(1)
    await stillAnswers(made)
  })
})

describe('given a Discord that refuses for good', () => {
  test.each([4004, 4010, 4011, 4012, 4013, 4014])(
    'close code %i ends the process with a reason, for discord.js would live on deaf',
    async (code) => {
      const { emulator, chat, fatal } = await desk()
      emulator.gateway.close(code)
      expect(await emulator.until(() => fatal.length > 0)).toBe(true)
      expect(fatal).toEqual([expect.stringContaining(`(${code})`)])
      expect(chat.connected()).toBe(false)
    },
  )

  test('at the start it says why instead of starting', async () => {
    const emulator = await emulatorFor()
    emulator.gateway.refuseWith = 4014
    const { chat, fatal } = chatOn(emulator)
    await expect(chat.start(inboundWith())).rejects.toThrow('(4014)')
    expect(fatal).toEqual([])
  })

  test('a wrong token is named, but never shown', async () => {
    const emulator = await emulatorFor()
    const log = recordingLog()
    const access = { ...emulator.access, token: 'wrong.wrong.wrong' }
    const chat = createDiscordChat({ access, commands: specs, remembered: keyValue(), log })
    cleanUpWith(() => chat.stop())
    const refused: unknown = await chat.start(inboundWith()).catch((error: unknown) => error)
    expect(String(refused)).toContain('DISCORD_TOKEN')
    expect(String(refused) + JSON.stringify(log.lines)).not.toContain('wrong.wrong')
  })

  test('a token that is taken back while it runs ends the process', async () => {
    const { emulator, chat, fatal } = await desk()
    emulator.faults.refuse(401, 0, '401: Unauthorized', { method: 'POST' })
    await expect(chat.deliver(proposal(), delivery())).rejects.toThrow('401')
    expect(fatal).toEqual([expect.stringContaining('DISCORD_TOKEN')])
  })

  test('a Discord that is merely out of order is tried again', async () => {
    const emulator = await emulatorFor()
    emulator.faults.status(503, { path: /gateway\/bot/, times: 3 })
    const { chat, log } = chatOn(emulator)
    await chat.start(inboundWith())
    expect(await emulator.until(() => chat.connected(), 20_000)).toBe(true)
    expect(log.lines.map(({ text }) => text).join('\n')).toContain('trying again')
  })
})

describe('given a chat that stops', () => {
  test('what is under way is finished, what comes later is told so, and nothing stays open', async () => {
    let finish = (): void => undefined
    const held = new Promise<void>((done) => {
      finish = done
    })
    const { emulator, chat } = await desk({
      inbound: {
        async invoke() {
          await held
          return answer('Done')
        },
      },
    })
    const first = emulator.user(ada, 'Ada').command('pnl')
    await first.taken()
    const stopped = chat.stop()
    const late = await emulator.user(ada, 'Ada').command('pnl').answer()
    expect(late.content).toContain('restarting')
    finish()
    await stopped
    expect((await first.answer()).embeds[0]?.title).toBe('Done')
    expect(chat.connected()).toBe(false)
    expect(await emulator.until(() => emulator.gateway.connections === 0)).toBe(true)
  })

  test('work that never ends does not hold it up for ever', async () => {
    const { emulator, chat } = await desk({ inbound: { invoke: () => new Promise(() => undefined) } })
    await emulator.user(ada, 'Ada').command('pnl').taken()
    const began = Date.now()
    await chat.stop()
    expect(Date.now() - began).toBeLessThan(10_000)
  })
})
