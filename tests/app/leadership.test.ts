import { describe, expect, it } from 'vitest'
import { price } from '../../src/domain/decimal.ts'
import type { ClearedEntry } from '../../src/domain/risk/verdict.ts'
import type { Broker } from '../../src/ports/broker.ts'
import type { Leadership } from '../../src/ports/leadership.ts'
import { deskPerTest } from '../support/desk-per-test.ts'

/** A leadership that a test takes away and gives back. */
function fickle() {
  const state = { leads: true, permits: true, whenSilent: async (): Promise<unknown> => undefined }
  const lead: Leadership = {
    obstacle: () => (state.leads ? null : 'not sent: another process may lead'),
    permit: () => ({ obstacle: () => (state.permits ? null : 'not sent: claimed too long ago') }),
    async othersSilent() {
      await state.whenSilent()
    },
  }
  return { state, lead }
}

/** A broker that counts what reaches it, over a line that may be dead. */
function counted() {
  const heard: { entries: ClearedEntry[]; cancels: number; exits: number; moves: number } = { entries: [], cancels: 0, exits: 0, moves: 0 }
  const line = { dead: false }
  const wrapBroker = (broker: Broker): Broker => ({
    ...broker,
    async submitEntry(entry) {
      heard.entries.push(entry)
      if (line.dead) throw new Error('the line went dead')
      return broker.submitEntry(entry)
    },
    submitReducing(order) {
      heard.exits += 1
      return broker.submitReducing(order)
    },
    replace(id, change) {
      heard.moves += 1
      return broker.replace(id, change)
    },
    cancel(id) {
      heard.cancels += 1
      return broker.cancel(id)
    },
  })
  return { heard, line, wrapBroker }
}

describe('who leads', () => {
  const freshDesk = deskPerTest()
  async function open() {
    const { state, lead } = fickle()
    const { heard, line, wrapBroker } = counted()
    return { state, heard, line, desk: await freshDesk({ lead, wrapBroker }) }
  }

  it('given a claim that grew too old before the socket, then nothing leaves, and a look-up decides what becomes of it', async () => {
    const { state, heard, desk } = await open()
    state.permits = false
    await desk.alert()
    await desk.approve()
    expect(heard.entries).toHaveLength(0)
    expect(await desk.statuses()).toEqual(['entry unknown'])
    state.permits = true
    await desk.app.reconcile()
    await desk.app.settled()
    await desk.turn()
    expect(heard.entries).toHaveLength(1)
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'target accepted'])
  })

  it('given a leader before that sent its order at the last moment, when it was not found at first, then it is adopted, not sent again', async () => {
    const { state, heard, line, desk } = await open()
    line.dead = true
    await desk.alert()
    await desk.approve()
    expect(await desk.statuses()).toEqual(['entry unknown'])
    line.dead = false
    const [claimed] = heard.entries
    if (!claimed) throw new Error('nothing was claimed')
    state.whenSilent = () => desk.broker.submitEntry(claimed)
    await desk.app.reconcile()
    await desk.app.settled()
    expect(heard.entries).toHaveLength(1)
    expect((await desk.broker.openOrders()).filter(({ legRole }) => legRole === null)).toHaveLength(1)
    await desk.turn()
    expect(await desk.statuses()).toEqual(['entry filled', 'stop accepted', 'target accepted'])
  })

  it('given an exit whose claim grew too old, then it is held back too, and sent once it may', async () => {
    const { state, heard, desk } = await open()
    const position = await desk.hold()
    state.permits = false
    await desk.app.closePosition(position.id, 'manual', desk.by())
    await desk.turn()
    await desk.turn()
    expect(heard.exits).toBe(0)
    expect(await desk.statuses()).toContain('close unknown')
    state.permits = true
    await desk.app.reconcile()
    await desk.app.settled()
    await desk.turn()
    expect(await desk.statuses()).toContain('close filled')
  })

  it('given a broker whose look-ups are not final, then who took over does not wait for the silence of others before it trades', async () => {
    const { state, lead } = fickle()
    const desk = await freshDesk({ lead, wrapBroker: (broker) => ({ ...broker, lookupsAreFinal: false }) })
    state.permits = false
    await desk.alert()
    await desk.approve()
    await desk.app.settled()
    expect(await desk.statuses()).toContain('entry unknown')
    let asked = 0
    state.whenSilent = async () => {
      asked += 1
    }
    await desk.app.reconcile()
    expect(asked).toBe(0)
    expect(await desk.statuses()).toContain('entry unknown')
  })

  it('given a moved stop whose claim grew too old, then the old stop stays at work', async () => {
    const { state, heard, desk } = await open()
    const position = await desk.hold()
    await desk.turn('ACME', '103')
    state.permits = false
    expect(await desk.app.moveStop(position.id, price('101'), desk.by())).toMatchObject({ outcome: 'unsure' })
    expect(heard.moves).toBe(0)
    state.permits = true
    await desk.app.reconcile()
    await desk.app.settled()
    expect(await desk.statuses()).toContain('stop accepted')
    expect((await desk.broker.openOrders()).filter(({ legRole }) => legRole === 'stop')).toHaveLength(1)
  })

  it('given a process that does not know whether it still leads, then it takes no order away from the broker until it does', async () => {
    const { state, heard, desk } = await open()
    await desk.alert()
    await desk.approve()
    state.leads = false
    await desk.app.kill('a drill', desk.by())
    await desk.app.settled()
    expect(heard.cancels).toBe(0)
    expect(await desk.statuses()).toContain('entry accepted')
    state.leads = true
    await desk.turn('ACME', '120')
    await desk.turn('ACME', '120')
    expect(heard.cancels).toBe(1)
    expect(await desk.statuses()).toContain('entry canceled')
  })
})
