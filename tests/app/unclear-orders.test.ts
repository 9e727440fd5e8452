import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BrokerOrder, BrokerOrderStatus } from '../../src/ports/broker.ts'
import { type CaseWorld, simulatedWorld } from '../support/case-world.ts'
import { request } from '../support/samples.ts'

describe('an order that the broker calls neither working nor ended', () => {
  let world: CaseWorld
  beforeEach(async () => {
    world = await simulatedWorld({ risk: { duplicate_order: { seconds: 0 }, cooldown_after_stop: { minutes: 0 } } })
  })
  afterEach(() => world.close())

  const stopAtBroker = async (): Promise<BrokerOrder> => {
    const found = (await world.atBroker()).find((o) => o.legRole === 'stop' && o.status === 'accepted')
    if (!found) throw new Error('no stop rests')
    return found
  }
  const call = async (order: BrokerOrder, status: BrokerOrderStatus, statusWord: string) =>
    world.tell({ type: 'order', order: { ...order, status, statusWord }, reason: null })
  const denials = async () => (await world.desk.app.validateEntry(request({ symbol: 'ACME' }))).denials.map(({ code }) => code)
  const position = () => world.desk.app.read.openPosition('ACME')

  it('given a word that nobody knows, then it is kept, told, and nothing more is bought in its symbol until it is clear', async () => {
    await world.desk.hold()
    const stop = await stopAtBroker()
    await call(stop, 'unrecognized', 'gone_fishing')
    expect(await world.order('stop')).toMatchObject({ status: 'unrecognized', statusWord: 'gone_fishing' })
    expect(world.desk.cards.filter(({ title }) => title === 'ACME: what is its order doing?')).toHaveLength(1)
    expect(await denials()).toContain('ORDER_UNCLEAR')
    await call(stop, 'accepted', 'new')
    expect(await world.order('stop')).toMatchObject({ status: 'accepted', statusWord: null })
    expect(await denials()).not.toContain('ORDER_UNCLEAR')
  })

  it('given a stop that is suspended in the session, then its position is flagged, and no second stop is sent beside it', async () => {
    await world.desk.hold()
    const sent = world.placed.length
    await call(await stopAtBroker(), 'paused', 'suspended')
    await world.wait(30)
    expect((await position())?.unprotected).toBe(true)
    expect(world.placed).toHaveLength(sent)
  })

  it('given a stop that is done for the day after the close, then that is how it rests', async () => {
    await world.desk.hold()
    const stop = await stopAtBroker()
    await world.market.at('2013-10-07T22:00:00Z')
    await call(stop, 'paused', 'done_for_day')
    await world.desk.app.tendOrders()
    await world.market.pass(60)
    await world.desk.app.tendOrders()
    await world.desk.app.settled()
    expect((await position())?.unprotected).toBe(false)
  })

  it('given an end that is told of it, then it has ended', async () => {
    await world.desk.hold()
    const stop = await stopAtBroker()
    await call(stop, 'unrecognized', 'gone_fishing')
    await call(stop, 'canceled', 'canceled')
    expect((await world.order('stop')).status).toBe('canceled')
  })
})
