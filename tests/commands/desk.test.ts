import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { command as audit } from '../../commands/audit.ts'
import { command as balance } from '../../commands/balance.ts'
import { command as close } from '../../commands/close.ts'
import { command as config } from '../../commands/config.ts'
import { command as mute } from '../../commands/mute.ts'
import { command as risk } from '../../commands/risk.ts'
import type { Command } from '../../src/app/command.ts'
import { createInbound } from '../../src/app/inbound.ts'
import { settingsLines } from '../../src/app/settings-lines.ts'
import type { Card } from '../../src/ports/chat.ts'
import { tableWidth } from '../support/command-app.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Desk, openDesk } from '../support/desk.ts'
import { noPictures } from '../support/samples.ts'

const people = { 'discord:1': 'viewer', 'discord:2': 'approver' }
let database: TestDatabase
let desk: Desk
beforeAll(async () => {
  database = await testDatabase()
})
beforeEach(async () => {
  await database.reset()
  desk = await openDesk(database, { settings: { people } })
})
afterEach(() => desk.stop())
afterAll(() => database.close())

const commands: readonly Command[] = [audit, balance, close, config, mute, risk]
const say = (text: string, id = 'console:local'): Promise<Card> =>
  createInbound({ app: desk.app, commands, buttons: [], pictures: noPictures }).command(
    { id, name: 'A', via: id.split(':')[0] ?? '' },
    text,
  )
const fact = (card: Card, label: string) => card.facts.find((f) => f.label === label)?.value
const widest = (card: Card) => Math.max(...[card.title, ...card.lines].map((line) => line.length))

describe('/balance', () => {
  it('says what there is and what today came to', async () => {
    await desk.hold()
    desk.market.set('ACME', '101')
    const card = await say('/balance')
    expect(card.title).toMatch(/^\$100,0\d\d\.\d\d equity$/)
    expect(fact(card, 'Today')).toMatch(/^\+\$\d+\.\d\d \(0\.0\d %\)$/)
    expect([fact(card, 'Open positions'), card.tone]).toEqual(['1', 'good'])
    expect(card.data).toMatchObject({ open_positions: 1 })
    expect(widest(card)).toBeLessThanOrEqual(34)
  })
})

describe('/risk', () => {
  it('shows each limit as used and left, what is at risk and what trips next', async () => {
    expect((await say('/risk')).lines).toContain('Nothing is used of any limit.')
    // 49 shares with the stop $3 away.
    await desk.hold()
    const card = await say('/risk')
    expect(card.title).toMatch(/^\$1\d\d\.\d\d at risk$/)
    expect(card.lines.find((line) => line.startsWith('Trips next: '))).toContain('Largest position')
    const rows = card.table?.rows ?? []
    expect(rows[0]).toEqual(['Largest pos…', expect.stringMatching(/^\$4\d\d\d$/), '████░', expect.stringMatching(/^\$\d+$/)])
    expect(rows.map(([label]) => label)).toEqual(expect.arrayContaining(['Positions', 'Open risk', 'Drawdown', "Today's loss"]))
    expect(tableWidth(card)).toBeLessThanOrEqual(34)
    expect(card.data).toMatchObject({ trips_next: 'POSITION_TOO_LARGE', open_risk: expect.stringMatching(/^1\d\d\./), losing_trades: 0 })
  })

  it('says which limit is full, and cards do not wait for it to be found out', async () => {
    const room = { max_positions: { count: 1 } }
    await desk.stop()
    desk = await openDesk(database, { settings: { people, risk: room } })
    await desk.hold()
    const card = await say('/risk')
    expect([card.tone, card.lines[0]]).toEqual(['bad', 'FULL: Positions. 1 open or on their way; at most 1'])
    await desk.alert({ symbol: 'BETA' })
    const beta = await desk.proposal('BETA')
    expect([beta.status, beta.denials.map(({ code }) => code)]).toEqual(['pending', ['MAX_POSITIONS']])
  })
})

describe('/close', () => {
  it('closes one position at the market, by its symbol or its id, and nothing else', async () => {
    const [acme, beta] = [await desk.hold('ACME'), await desk.hold('BETA')]
    expect((await say('/close acme')).title).toBe('Not flat yet: closing 1 position')
    for (let i = 0; i < 3; i++) await desk.turn('ACME')
    expect([(await desk.app.read.position(acme.id))?.status, (await desk.app.read.position(beta.id))?.status]).toEqual(['closed', 'open'])
    await say(`/close ${beta.id}`)
    for (let i = 0; i < 3; i++) await desk.turn('BETA')
    expect((await desk.app.read.position(beta.id))?.status).toBe('closed')
    expect((await say(`/close ${beta.id}`)).title).toContain('could not be closed')
  })

  it('closes half of it, and the rest gets its stop back', async () => {
    const position = await desk.hold('ACME')
    expect((await say('/close ACME half')).title).toBe('Closing half of ACME')
    for (let i = 0; i < 4; i++) await desk.turn('ACME')
    const left = await desk.app.read.position(position.id)
    expect([left?.status, left?.quantity.toFixed()]).toEqual(['open', String(Math.ceil(Number(position.quantity.toFixed()) / 2))])
    expect(await desk.statuses('ACME')).toContain('stop accepted')
  })

  it('works in a halt, and says when nothing is held by that name', async () => {
    await desk.hold('ACME')
    await desk.app.kill('a drill', desk.by())
    expect((await say('/close ACME')).title).toBe('Not flat yet: closing 1 position')
    expect(fact(await say('/close NOPE'), 'Code')).toBe('NOT_FOUND')
    expect((await say('/close ACME', 'discord:1')).title).toBe('Not allowed')
  })
})

describe('/config', () => {
  it('lists the sections, shows one, or a part of it, as they are in force', async () => {
    const all = await say('/config')
    expect(all.lines).toContain('notifications: 4 values')
    expect((await say('/config risk.position_too_large')).lines).toEqual(['equity_percent: 10', 'usd: 5000'])
    expect((await say('/config notifications')).lines).toEqual(['preset: normal', 'events: nothing to set', 'quiet_hours: off', 'burst: 5'])
    expect((await say('/config people')).lines).toEqual(['discord:1: viewer', 'discord:2: approver'])
    expect((await say('/config shorting')).lines).toEqual(['shorting: false'])
  })

  it('says what sections there are when there is no such one, whatever was typed', async () => {
    for (const typed of ['nope', 'risk.nope', '__proto__', 'risk.constructor', 'shorting.length', '..'])
      expect([typed, fact(await say(`/config ${typed}`), 'Code')]).toEqual([typed, 'NOT_FOUND'])
  })

  it('shows no secret, should one ever stand there', () => {
    const lines = settingsLines({ discord_token: 'abc', deep: { apiKey: 'abc', url: 'https://me:abc@host/x', plain: [1, 'two'] } })
    expect(lines.join()).not.toContain('abc')
    expect(lines.at(-1)).toBe('deep.plain: 1, two')
  })
})

describe('/audit', () => {
  it('tells who decided what, what was refused, and the head of the chain', async () => {
    await desk.alert({ symbol: 'ACME' })
    await desk.app.decline((await desk.proposal('ACME')).id, 'too late', desk.by('discord:2'))
    await desk.market.pass(1)
    await desk.app.pause('lunch', { cancelEntries: false }, desk.by('discord:2'))
    await desk.market.pass(1)
    await say('/balance', 'discord:666')
    await desk.market.pass(1)
    await say('/mute 30', 'discord:2')
    const card = await say('/audit')
    expect(card.title).toBe('The last 4 entries')
    expect(card.lines).toEqual([
      expect.stringMatching(/^10:00:03 mute: discord:2 muted until /),
      '10:00:02 refused: discord:666 in discord: /balance (UNKNOWN_PERSON)',
      '10:00:01 paused: lunch',
      '10:00:00 ACME declined by discord:2: too late',
    ])
    const [newest] = await desk.app.read.events({ newest: true }, 1)
    expect(fact(card, 'Hash')?.replace(' ', '')).toBe(newest?.hash)
    expect(fact(card, 'Audit head')).toBe(`event ${newest?.sequence}`)
    expect((await say('/audit 2')).lines).toHaveLength(2)
    expect((await say('/audit', 'discord:1')).title).toBe('Not allowed')
  })

  it('has each denial once', async () => {
    await desk.alert({ symbol: 'ACME' })
    await desk.app.pause('lunch', { cancelEntries: false }, desk.by())
    const { id, terms } = await desk.proposal('ACME')
    await desk.app.approve(id, { version: terms.version }, desk.by('discord:2'))
    const { lines } = await say('/audit')
    expect(lines.filter((line) => line.includes('ACME'))).toEqual([expect.stringContaining('ACME denied by discord:2')])
  })

  it('is there before anything happened', async () => {
    expect((await say('/audit')).title).toBe('Nothing was decided yet')
  })
})

describe('/mute', () => {
  it('mutes for so long, and back', async () => {
    expect((await say('/mute', 'discord:2')).title).toBe('Muted for 60 min')
    expect((await desk.app.read.people()).mutedUntil).not.toBeNull()
    expect((await say('/mute 0', 'discord:2')).title).toBe('It rings again')
    expect((await desk.app.read.people()).mutedUntil).toBeNull()
    expect((await say('/mute 1441', 'discord:2')).title).toBe('Not understood')
  })
})
