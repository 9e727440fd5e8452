import { expect, it } from 'vitest'
import { stateView } from '../../src/app/state-view.ts'
import type { Broker } from '../../src/ports/broker.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

const freshDesk = deskPerTest()
/** What the state takes of this process. */
const operations = { version: '1', database: 'embedded', claimCode: async () => null } as Parameters<typeof stateView>[1]

/** A broker that takes cancels one by one, when a test lets it. */
function slowBroker() {
  const asked: string[] = []
  const waiting: (() => void)[] = []
  const faults = { account: false }
  const wrap = (broker: Broker): Broker => ({
    ...broker,
    async cancel(id) {
      asked.push(id)
      await new Promise<void>((go) => waiting.push(go))
      await broker.cancel(id)
    },
    account: () => (faults.account ? Promise.reject(new Error('down')) : broker.account()),
  })
  const letGo = (count = waiting.length) => {
    for (const go of waiting.splice(0, count)) go()
  }
  return { asked, wrap, faults, letGo }
}

async function atWork() {
  const broker = slowBroker()
  const desk = await freshDesk({ wrapBroker: broker.wrap })
  for (const symbol of ['ACME', 'BETA', 'CORE']) {
    await desk.alert({ symbol })
    await desk.approve(symbol)
  }
  return { desk, broker }
}

it('given a broker that takes its time, a kill answers within it, and says how many cancels are still to be taken', async () => {
  const { desk, broker } = await atWork()
  const report = await desk.app.kill('drill', desk.by())
  expect(report).toMatchObject({ trading: { state: 'halted' }, canceledOrders: 3, waitingCancels: 3 })
  expect(broker.asked).toHaveLength(3)
  broker.letGo()
  await desk.app.settled()
})

it('given cancels that wait, nobody asks for them again, and fills and protection go on meanwhile', async () => {
  const { desk, broker } = await atWork()
  await desk.app.kill('drill', desk.by())
  for (let i = 0; i < 3; i += 1) await desk.app.tendOrders()
  expect((await desk.app.kill('again', desk.by())).canceledOrders).toBe(3)
  expect(broker.asked).toHaveLength(3)
  await desk.turn('ACME')
  expect(await desk.app.read.openPositions()).toMatchObject([{ symbol: 'ACME' }])
  broker.letGo()
  await desk.app.settled()
})

it('given a broker that is down, the state still says what is held after a halt, and that the figures are old', async () => {
  const { desk, broker } = await atWork()
  await desk.turn('ACME')
  await desk.app.heartbeat()
  const fresh = await stateView(desk.app, operations)
  expect(fresh.account_old).toBe(false)
  const killed = desk.app.kill('drill', desk.by())
  broker.faults.account = true
  const state = await stateView(desk.app, operations)
  broker.letGo()
  await killed
  expect((await stateView(desk.app, operations)).not_flat).toMatchObject([{ symbol: 'ACME' }])
  expect(state).toMatchObject({ equity: fresh.equity, account_old: true })
  broker.letGo()
  await desk.app.settled()
})
