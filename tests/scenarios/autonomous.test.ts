import { beforeEach, describe, expect, it } from 'vitest'
import { command as mode } from '../../commands/mode.ts'
import { command as pause } from '../../commands/pause.ts'
import { createInbound } from '../../src/app/inbound.ts'
import type { Desk } from '../support/desk.ts'
import { deskPerTest } from '../support/desk-per-test.ts'
import { evening, nextOpen, noPictures } from '../support/samples.ts'

const person = (name: string) => ({ id: `discord:${name}`, name, via: 'discord' })

describe('autonomous mode', () => {
  const freshDesk = deskPerTest()
  let desk: Desk
  beforeEach(async () => {
    const people = {
      'discord:owner': 'owner',
      'discord:officer': 'risk_officer',
      'discord:approver': 'approver',
      'discord:viewer': 'viewer',
    }
    desk = await freshDesk({ settings: { people } })
  })
  const type = (name: string, text: string) =>
    createInbound({ app: desk.app, commands: [mode, pause], buttons: [], pictures: noPictures }).command(person(name), text)
  const autonomous = async () => expect((await type('owner', '/mode autonomous')).title).toBe('Mode: autonomous')
  const modeNow = async () => (await desk.app.read.tradingState()).mode

  it('given it is on, when an alert passes every check, then it goes the same way as a tap, and says who decided', async () => {
    await autonomous()
    await desk.alert()
    expect(await desk.proposal()).toMatchObject({ status: 'approved', decidedBy: 'autonomous' })
    await desk.turn()
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'target accepted'])
    expect(await desk.app.read.openPosition('ACME')).toMatchObject({ side: 'long', unprotected: false })
  })

  it('given it is on, when a check denies, then nothing is sent, and a person may decide once it passes', async () => {
    await autonomous()
    desk.market.halted.add('ACME')
    await desk.alert()
    expect(await desk.proposal()).toMatchObject({ status: 'pending', denials: [{ code: 'SYMBOL_HALTED' }] })
    expect(await desk.orders()).toEqual([])
    desk.market.halted.clear()
    await desk.approve()
    expect(await desk.proposal()).toMatchObject({ status: 'approved', decidedBy: 'console:local' })
  })

  it('given it is on and trading is paused, then nothing is sent', async () => {
    await autonomous()
    await type('approver', '/pause')
    await desk.alert()
    expect(await desk.proposal()).toMatchObject({ status: 'pending', denials: [{ code: 'TRADING_STATE' }] })
    expect(await desk.orders()).toEqual([])
  })

  it('given the market is shut, then it arms, and the decline of a person wins over it', async () => {
    await autonomous()
    await desk.market.at(evening)
    await desk.alert()
    const { id } = await desk.proposal()
    expect(await desk.proposal()).toMatchObject({ status: 'armed', decidedBy: 'autonomous' })
    expect((await desk.app.decline(id, 'not this one', desk.by('discord:approver'))).outcome).toBe('declined')
    await desk.market.at(nextOpen)
    await desk.app.releaseArmed()
    await desk.app.settled()
    expect(await desk.proposal()).toMatchObject({ status: 'declined', decidedBy: 'discord:approver' })
    expect(await desk.orders()).toEqual([])
  })

  it('given cards from before, when it is switched on, then they still wait for a person', async () => {
    await desk.alert()
    await autonomous()
    await desk.app.settled()
    expect((await desk.proposal()).status).toBe('pending')
    expect(await desk.orders()).toEqual([])
  })

  it('given it is on, then a risk officer takes it back, and only an owner gives it', async () => {
    await autonomous()
    for (const name of ['viewer', 'approver', 'nobody']) expect((await type(name, '/mode supervised')).tone).not.toBe('good')
    expect(await modeNow()).toBe('autonomous')
    expect((await type('officer', '/mode supervised')).title).toBe('Mode: supervised')
    expect((await type('officer', '/mode autonomous')).title).toBe('The mode stays as it is')
    expect(await modeNow()).toBe('supervised')
    await desk.alert()
    expect((await desk.proposal()).status).toBe('pending')
  })

  it('given a kill, then a resume is still autonomous: the mode is changed by people only', async () => {
    await autonomous()
    await desk.app.kill('drill', desk.by())
    await desk.alert()
    expect(await desk.proposal()).toMatchObject({ status: 'denied', denials: [{ code: 'TRADING_STATE' }] })
    expect(await modeNow()).toBe('autonomous')
    expect(await desk.orders()).toEqual([])
  })
})
