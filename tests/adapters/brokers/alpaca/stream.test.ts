import { afterEach, describe, expect, it } from 'vitest'
import { createAlpacaBroker } from '../../../../src/adapters/brokers/alpaca.ts'
import { text } from '../../../../src/domain/decimal.ts'
import type { BrokerUpdate } from '../../../../src/ports/broker.ts'
import { bracket, cleared } from '../world.ts'
import { type AlpacaBench, type AlpacaBenchOptions, accessTo, alpacaBench, noteLog, quick } from './bench.ts'

let bench: AlpacaBench
const begin = async (options: AlpacaBenchOptions = {}) => {
  bench = await alpacaBench(options)
  bench.alpaca.conduct.fills = 'manual'
  return bench
}
afterEach(() => bench.stop())

const summary = (updates: readonly BrokerUpdate[]) =>
  updates.map((u) => (u.type === 'order' ? `${u.order.legRole ?? 'order'} ${u.order.status}` : u.type))
const listening = () => bench.alpaca.until(() => bench.alpaca.trades.listening === 1 && bench.broker.connected())

/** A bracket whose answer is here before anything is told of it. */
async function bracketed() {
  bench.alpaca.trades.hold()
  const result = await bench.broker.submitEntry(cleared({ bracket }))
  if (result.outcome !== 'accepted') throw new Error('not accepted')
  bench.alpaca.trades.release()
  await bench.heard()
  return result
}

describe('trade updates', () => {
  it('come as they happen, the order before its fill, with what was on the wire', async () => {
    await begin()
    await bench.broker.submitEntry(cleared())
    await bench.heard()
    const executionId = bench.alpaca.world.partialFill('c1', '40', '100.2')
    bench.alpaca.world.fillOrder('c1', { price: '100.3' })
    await bench.heard()
    expect(summary(bench.updates)).toEqual(['order accepted', 'order partially_filled', 'execution', 'order filled', 'execution'])
    const first = bench.updates[2]
    expect(
      first?.type === 'execution' && [first.execution.reportedAs, text(first.execution.quantity), text(first.execution.price)],
    ).toEqual([executionId, '40', '100.2'])
    const events = bench.received.map(({ raw }) => (raw as Record<string, unknown>)['event'])
    expect(events).toEqual(['new', 'partial_fill', 'partial_fill', 'fill', 'fill'])
    expect(bench.received[1]?.raw).toEqual(bench.alpaca.trades.told[1])
  })

  it('name the parent and the role of a leg, which the message itself does not', async () => {
    await begin()
    const result = await bracketed()
    bench.alpaca.world.fillOrder('c1')
    const target = result.legs.find((leg) => leg.legRole === 'target')
    bench.alpaca.world.fillOrder(target?.brokerOrderId ?? '')
    await bench.heard()
    const story = ['order filled', 'execution', 'stop accepted', 'target accepted', 'target filled', 'execution', 'stop canceled']
    expect(summary(bench.updates).slice(1)).toEqual(story)
    const last = bench.updates.at(-1)
    expect(last?.type === 'order' && last.order.parentBrokerOrderId).toBe(result.order.brokerOrderId)
  })

  it('say that the stop works once all of its entry is filled, though Alpaca goes on calling it held and tells nothing', async () => {
    await begin()
    const result = await bench.broker.submitEntry(cleared({ bracket }))
    if (result.outcome !== 'accepted') throw new Error('not accepted')
    await bench.heard()
    const stops = () => summary(bench.updates).filter((line) => line.startsWith('stop'))
    bench.alpaca.world.partialFill('c1', '40')
    await bench.heard()
    expect(stops()).toEqual([])
    bench.alpaca.world.fillOrder('c1')
    await bench.heard()
    expect(stops()).toEqual(['stop accepted'])
    const stop = result.legs.find((leg) => leg.legRole === 'stop')
    const told = bench.updates.find((u) => u.type === 'order' && u.order.legRole === 'stop')
    expect(told?.type === 'order' && [told.order.brokerOrderId, told.order.statusWord]).toEqual([stop?.brokerOrderId, 'held'])
  })

  it('of families that were placed before this process began are looked up', async () => {
    await begin({ connect: false })
    const other = createAlpacaBroker({ access: accessTo(bench.alpaca), mode: 'paper', log: noteLog(), timing: quick })
    const result = await other.submitEntry(cleared({ bracket }))
    if (result.outcome !== 'accepted') throw new Error('not accepted')
    await bench.alpaca.until(() => bench.alpaca.orders()[0]?.status === 'new')
    await bench.listen()
    bench.alpaca.world.expireOrder('c1')
    await bench.alpaca.until(() => bench.updates.length === 3)
    expect(summary(bench.updates).sort()).toEqual(['order expired', 'stop expired', 'target expired'])
  })

  it('of an entry that is filled tell that its legs work, the stop as well, of which Alpaca says nothing', async () => {
    await begin()
    await bracketed()
    bench.alpaca.world.fillOrder('c1')
    await bench.alpaca.until(() => bench.updates.length >= 5)
    expect(summary(bench.updates).sort()).toEqual(['execution', 'order accepted', 'order filled', 'stop accepted', 'target accepted'])
    expect(new Set(bench.received.map(({ key }) => key)).size).toBe(5)
  })

  it('of a family that was not placed from here tell its legs too', async () => {
    await begin()
    const other = createAlpacaBroker({ access: accessTo(bench.alpaca), mode: 'paper', log: noteLog(), timing: quick })
    await other.submitEntry(cleared({ bracket }))
    await bench.alpaca.until(() => bench.updates.length >= 3)
    expect(summary(bench.updates)).toEqual(['order accepted', 'target held', 'stop held'])
  })

  it('are told one after the other, each when the one before was taken', async () => {
    const running: number[] = []
    let now = 0
    await begin({
      async onUpdate() {
        now += 1
        running.push(now)
        await new Promise((done) => setTimeout(done, 5))
        now -= 1
      },
    })
    await bench.broker.submitEntry(cleared())
    for (let i = 0; i < 5; i++) bench.alpaca.world.partialFill('c1', '10')
    await bench.heard()
    expect(new Set(running)).toEqual(new Set([1]))
  })

  it('that come twice have the same keys, and those of different ones differ', async () => {
    await begin()
    bench.alpaca.trades.duplicate(2)
    await bench.broker.submitEntry(cleared())
    await bench.alpaca.until(() => bench.received.length === 2)
    bench.alpaca.world.fillOrder('c1')
    await bench.alpaca.until(() => bench.received.length === 6)
    const keys = bench.received.map(({ key }) => key)
    expect(new Set(keys).size).toBe(3)
  })

  it('without an id of their own get a key that is the same each time', async () => {
    await begin()
    await bench.broker.submitEntry(cleared())
    await bench.heard()
    const { event_id: _, ...message } = bench.alpaca.trades.told[0] ?? { event: '', order: {} }
    bench.alpaca.trades.forge(message as never)
    bench.alpaca.trades.forge(message as never)
    await bench.alpaca.until(() => bench.received.length === 3)
    const [, second, third] = bench.received.map(({ key }) => key)
    expect(second).toBe(third)
  })

  it('of a kind nobody knows are told as unrecognized, and so are unknown states', async () => {
    await begin()
    await bench.broker.submitEntry(cleared())
    await bench.heard()
    bench.alpaca.world.setStatus('c1', 'teleported')
    await bench.heard()
    const last = bench.updates.at(-1)
    expect(last).toMatchObject({ type: 'order', order: { status: 'unrecognized' } })
    expect(last?.type === 'order' && last.order.statusWord).toContain('teleported')
    expect(bench.log.notes.map(({ level }) => level)).toContain('warn')
  })

  it('tell why a cancel was refused', async () => {
    await begin()
    bench.alpaca.conduct.cancels = 'hold'
    const result = await bench.broker.submitEntry(cleared())
    await bench.heard()
    await bench.broker.cancel('order' in result ? result.order.brokerOrderId : '')
    bench.alpaca.world.refuseCancel('c1')
    await bench.heard()
    expect(bench.updates.at(-1)).toMatchObject({ order: { status: 'accepted' }, reason: 'the broker did not take the cancel' })
  })

  it('tell of executions taken back and corrected, by the id that was reported', async () => {
    await begin()
    await bench.broker.submitEntry(cleared())
    await bench.heard()
    const first = bench.alpaca.world.partialFill('c1', '40', '100')
    const second = bench.alpaca.world.partialFill('c1', '10', '100')
    bench.alpaca.world.bust(first)
    const third = bench.alpaca.world.correct(second, { price: '99.5', quantity: '10' })
    await bench.heard()
    const corrections = bench.updates.flatMap((u) => (u.type === 'correction' ? [u] : []))
    expect(corrections).toMatchObject([
      { corrects: first, replacement: null },
      { corrects: second, replacement: { reportedAs: third } },
    ])
    const told = bench.updates.flatMap((u) => (u.type === 'execution' ? [u.execution.executionId] : []))
    expect(told).not.toContain(corrections[1]?.replacement?.executionId)
  })
})

describe('when the stream of trade updates', () => {
  it.each([
    ['ends cleanly', () => bench.alpaca.trades.endCleanly()],
    ['is cut', () => bench.alpaca.trades.cut()],
  ])('%s, it comes back by itself and says that something may have been missed', async (_, fault) => {
    await begin()
    expect(bench.gaps()).toBe(0)
    fault()
    await bench.alpaca.until(() => bench.gaps() === 1)
    await listening()
    expect(bench.gaps()).toBe(1)
    await bench.broker.submitEntry(cleared())
    await bench.heard()
    // Asked for once on each connection: told once.
    expect(summary(bench.updates)).toEqual(['order accepted'])
  })

  it('meets a listener that fails, that counts as a gap, and the next update comes all the same', async () => {
    let failing = true
    await begin({
      async onUpdate() {
        if (failing) throw new Error('the books are closed')
      },
    })
    await bench.broker.submitEntry(cleared())
    await bench.alpaca.until(() => bench.gaps() === 1)
    failing = false
    bench.alpaca.world.fillOrder('c1')
    await bench.heard()
    expect(summary(bench.updates)).toEqual(['order accepted', 'order filled', 'execution'])
  })

  it('brings a message that cannot be read, that counts as a gap', async () => {
    await begin()
    bench.alpaca.trades.forge({ event: 'fill', order: { id: 'x' } })
    await bench.alpaca.until(() => bench.gaps() === 1)
    bench.alpaca.trades.forge({ event: 'fill', order: null as never })
    expect(await bench.alpaca.until(() => bench.gaps() === 2)).toBe(true)
  })

  it('is open and silent about a fill that the lists have, it is opened anew', async () => {
    // Its clock is ahead of ours by less than the time in which a fill must be told, then ours catches up.
    let ahead = 1_000
    await begin({ emulator: { now: () => Date.now() + ahead } })
    await bench.broker.submitEntry(cleared())
    await bench.heard()
    bench.alpaca.trades.silent = true
    bench.alpaca.world.fillOrder('c1')
    ahead = 0
    const lists = () => bench.broker.activitiesSince('1970-01-01T00:00:00.000Z')
    expect(await lists()).toHaveLength(1)
    expect(bench.gaps()).toBe(0)
    const realNow = Date.now
    Date.now = () => realNow() + 20_000
    try {
      await lists()
    } finally {
      Date.now = realNow
    }
    expect(await bench.alpaca.until(() => bench.gaps() === 1)).toBe(true)
  })

  it('refuses the keys, connecting fails in words that say what to do', async () => {
    await begin({ connect: false })
    const access = { ...accessTo(bench.alpaca), secretKey: 'not-the-secret' }
    const log = noteLog()
    const broker = createAlpacaBroker({ access, mode: 'paper', log, timing: quick })
    await expect(broker.connect(async () => undefined)).rejects.toThrow(/APCA_API_KEY_ID/)
    expect(broker.connected()).toBe(false)
    expect(log.notes.map(({ level, message }) => `${level}: ${message}`)).toEqual([expect.stringMatching(/^error: .*refused the keys/)])
    await broker.disconnect()
  })

  it('cannot be opened at first, the program starts all the same and hears of it when it works', async () => {
    await begin({ connect: false, broker: { timing: { ...quick, patienceMs: 50 } } })
    bench.alpaca.trades.refusing = true
    await bench.listen()
    expect(bench.broker.connected()).toBe(false)
    expect(bench.log.notes.some(({ level }) => level === 'error')).toBe(true)
    bench.alpaca.trades.refusing = false
    await listening()
    expect(bench.gaps()).toBe(1)
  })

  it('is connected from opening to closing', async () => {
    await begin({ connect: false })
    expect(bench.broker.connected()).toBe(false)
    await bench.listen()
    expect(bench.broker.connected()).toBe(true)
    await bench.broker.disconnect()
    expect(bench.broker.connected()).toBe(false)
  })
})
