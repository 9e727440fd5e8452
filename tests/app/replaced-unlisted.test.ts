import { describe, expect, it } from 'vitest'
import { price } from '../../src/domain/decimal.ts'
import type { Broker, BrokerOrder } from '../../src/ports/broker.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

const seen = (orders: readonly BrokerOrder[]): readonly BrokerOrder[] => orders.filter(({ status }) => status !== 'replaced')

/** An order that gave its place to another is in none of its lists, and its stream is silent about it. */
const forgetful = (broker: Broker): Broker => ({
  ...broker,
  connect: (listener, missed) =>
    broker.connect(
      async (update, received) => (update.type === 'order' && update.order.status === 'replaced' ? undefined : listener(update, received)),
      missed,
    ),
  openOrders: async () => seen(await broker.openOrders()),
  ordersSince: async (at) => seen(await broker.ordersSince(at)),
  async orderByClientId(id) {
    const found = await broker.orderByClientId(id)
    return found && { ...found, legs: seen(found.legs) }
  },
})

const open = deskPerTest()

describe('a stop whose place another took, at a broker that lists it no more', () => {
  it('given the books are compared with the lists, then it is known as replaced, and no close waits for it', async () => {
    const desk = await open({ wrapBroker: forgetful })
    const position = await desk.hold()
    await desk.turn('ACME', '103')
    expect(await desk.app.moveStop(position.id, price('101'), desk.by())).toMatchObject({ outcome: 'moved' })
    await desk.app.settled()

    await desk.app.reconcile()

    expect((await desk.statuses()).filter((line) => line.startsWith('stop')).sort()).toEqual(['stop accepted', 'stop replaced'])
    await desk.app.closePosition(position.id, 'manual', desk.by())
    for (let turn = 0; turn < 4; turn++) await desk.turn('ACME', '103')
    expect(await desk.statuses()).toContain('close filled')
  })
})
