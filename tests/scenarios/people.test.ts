import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { createInbound } from '../../src/app/inbound.ts'
import type { Proposal } from '../../src/domain/proposal.ts'
import type { Card, ChatInbound } from '../../src/ports/chat.ts'
import { createHome, eventually, plainBroker, removeHome, startTestBot, type TestBot } from '../support/bot.ts'
import { noPictures } from '../support/samples.ts'

const person = (id: string) => ({ id, name: 'Somebody', via: id.slice(0, id.indexOf(':')) })
const refusedTo = (card: Card) => card.title === 'Not allowed'
/** The gate that every chat hands its taps and words to. */
const gateOf = ({ bot }: TestBot): ChatInbound =>
  createInbound({ app: bot.app, commands: bot.plugins.commands, buttons: bot.plugins.buttons, pictures: noPictures })

describe('people and their roles', () => {
  const people = { 'discord:1': 'viewer', 'discord:2': 'approver', 'slack:3': 'risk_officer', 'slack:4': 'owner' }
  let bot: TestBot
  let gate: ChatInbound
  beforeAll(async () => {
    bot = await startTestBot({ settings: { ...plainBroker, people } })
    gate = gateOf(bot)
  })
  afterAll(() => bot.stop())

  const say = (id: string, text: string) => gate.command(person(id), text)
  const state = async () => (await bot.bot.app.read.tradingState()).state
  let next = 0
  async function pending(): Promise<Proposal> {
    const symbol = (await bot.bot.app.market.securities())[next++]?.symbol
    const headline = `News ${next}`
    const published_at = new Date(bot.bot.app.clock.now()).toISOString()
    await bot.alert({ id: headline, symbol, headline, confidence: 0.9, catalyst_score: 0.8, source: 'wire', published_at })
    return eventually('a pending card', async () => (await bot.bot.app.read.openProposals()).find((p) => p.headline === headline))
  }

  it('given a viewer, then reading works, and deciding does not', async () => {
    const proposal = await pending()
    for (const text of ['/positions', '/pnl', '/inbox', '/why'])
      expect([text, refusedTo(await say('discord:1', text))]).toEqual([text, false])
    for (const text of ['/pause', '/kill', '/flatten', '/resume because', '/mode autonomous'])
      expect([text, refusedTo(await say('discord:1', text))]).toEqual([text, true])
    for (const id of [`approve:${proposal.id}:1`, `half:${proposal.id}:1`, `decline:${proposal.id}`, 'flatten:all'])
      expect([id, refusedTo(await gate.press(person('discord:1'), id))]).toEqual([id, true])
    expect(await state()).toBe('active')
    expect((await bot.bot.app.read.proposal(proposal.id))?.status).toBe('pending')
  })

  it('given an approver, then approving and stopping work, and the decision bears the id', async () => {
    const proposal = await pending()
    expect(refusedTo(await gate.press(person('discord:2'), `approve:${proposal.id}:1`))).toBe(false)
    expect(await bot.bot.app.read.proposal(proposal.id)).toMatchObject({ status: 'approved', decidedBy: 'discord:2' })
    await say('discord:2', '/pause')
    expect(await state()).toBe('paused')
    await say('discord:2', '/resume')
    expect(await state()).toBe('active')
    await say('discord:2', '/kill')
    expect(await state()).toBe('halted')
  })

  it('given a halt, then an approver cannot lift it, by no way there is', async () => {
    await say('discord:2', '/resume "I feel lucky"')
    expect(await state()).toBe('halted')
    await say('discord:2', '/pause')
    expect(await state()).toBe('halted')
  })

  it('given a halt, then a risk officer lifts it with a reason, and only with one', async () => {
    await eventually('every entry known to have ended', async () =>
      (await bot.bot.app.read.workingOrders()).every((o) => o.role !== 'entry' || o.status === 'pending_cancel'),
    )
    await say('slack:3', '/resume')
    expect(await state()).toBe('halted')
    await say('slack:3', '/resume "   "')
    expect(await state()).toBe('halted')
    await eventually('the halt lifted', async () => {
      await say('slack:3', '/resume "checked the books"')
      return (await state()) === 'active'
    })
    const last = (await bot.bot.app.read.events({ stream: 'trading:main' }, 100)).at(-1)
    expect(last).toMatchObject({ actor: 'slack:3', event: { type: 'TradingResumed', reason: 'checked the books' } })
  })

  it('given an owner, then all of it works', async () => {
    await say('slack:4', '/kill')
    expect(await state()).toBe('halted')
    await eventually('the halt lifted', async () => {
      await say('slack:4', '/resume "a drill"')
      return (await state()) === 'active'
    })
  })

  it('given the same number on another platform, or a name that an owner bears, then it is a stranger', async () => {
    for (const id of ['slack:1', 'discord:4', 'discord:02', 'slack:4 ', 'SLACK:4', 'constructor', '__proto__'])
      expect([id, refusedTo(await say(id, '/positions'))]).toEqual([id, true])
    expect(refusedTo(await gate.command({ id: 'discord:99', name: 'slack:4', via: 'slack' }, '/positions'))).toBe(true)
  })

  it('given a running bot, when its people change, then that counts within a minute; and a broken file changes nothing', async () => {
    const file = join(bot.home.folder, 'config.yaml')
    const mayRead = async (id: string) => !refusedTo(await say(id, '/positions'))
    await writeFile(file, stringify({ ...plainBroker, people: { 'discord:5': 'viewer' } }))
    await eventually('the newcomer is let in', () => mayRead('discord:5'), 60_000)
    expect(await mayRead('discord:1')).toBe(false)

    await writeFile(
      file,
      stringify({
        ...plainBroker,
        people: { 'discord:5': 'boss', nobody: 'viewer' },
        approvals: { expiry_minutes: -1 },
        sizing: { method: 'gut' },
      }),
    )
    const refused = await eventually(
      'the file refused',
      async () => bot.log.find((line) => line.message === 'settings refused; the old values stay'),
      60_000,
    )
    const problems = JSON.stringify(refused.facts)
    for (const key of ['people.discord:5', 'nobody', 'approvals.expiry_minutes', 'sizing.method']) expect(problems).toContain(key)
    expect(await mayRead('discord:5')).toBe(true)

    await writeFile(file, 'people: [unclosed')
    await eventually(
      'the broken file refused',
      async () => bot.log.filter((line) => line.message.startsWith('settings refused')).length > 1,
      60_000,
    )
    expect(await mayRead('discord:5')).toBe(true)
  })
})

describe('the one-time code', () => {
  it('makes one person the owner once, whom no guesser can keep out, and is remembered', async () => {
    const home = await createHome()
    const say = (bot: TestBot, id: string, text: string) => gateOf(bot).command(person(id), text)
    const start = () => startTestBot({ home })
    try {
      const first = await start()
      const code = first.bot.claimCode ?? ''
      expect(code).toMatch(/^\d{8}$/)
      expect(refusedTo(await say(first, 'discord:1', '/positions'))).toBe(true)
      expect((await first.get('/api/v1/positions')).status).toBe(200)
      for (let guess = 0; guess < 10; guess++) expect((await say(first, 'discord:6', `/claim ${guess}`)).tone).not.toBe('good')
      expect(JSON.stringify(await say(first, 'discord:6', `/claim ${code}`))).toContain('TOO_MANY_GUESSES')
      await first.stop({ keep: true })

      const second = await start()
      const fresh = second.bot.claimCode ?? ''
      expect(fresh).not.toBe(code)
      for (const wrong of [code, `${fresh}0`, fresh.slice(1), '', "' or 1=1"])
        expect([wrong, (await say(second, 'discord:1', `/claim "${wrong}"`)).tone]).not.toEqual([wrong, 'good'])
      const both = await Promise.all([say(second, 'discord:1', `/claim ${fresh}`), say(second, 'discord:2', `/claim ${fresh}`)])
      expect(both.filter((card) => card.tone === 'good')).toHaveLength(1)
      expect((await say(second, 'discord:3', `/claim ${fresh}`)).tone).not.toBe('good')
      const owner = both[0].tone === 'good' ? 'discord:1' : 'discord:2'
      await second.stop({ keep: true })

      const third = await start()
      expect(third.bot.claimCode).toBeNull()
      expect(refusedTo(await say(third, owner, '/positions'))).toBe(false)
      expect(refusedTo(await say(third, 'discord:3', '/positions'))).toBe(true)
      await third.stop({ keep: true })
    } finally {
      await removeHome(home)
    }
  })
})
