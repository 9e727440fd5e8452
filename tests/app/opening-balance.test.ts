import { describe, expect, it } from 'vitest'
import { price, quantity, text } from '../../src/domain/decimal.ts'
import type { Broker } from '../../src/ports/broker.ts'
import { openDesk } from '../support/desk.ts'
import { memoryBooks } from '../support/memory-books.ts'

/** An account that was traded before anybody started this program on it. */
function tradedBefore(asked: string[] = []) {
  const held = [{ symbol: 'ACME', side: 'long' as const, quantity: quantity('30'), averageEntryPrice: price('97.5') }]
  return (broker: Broker): Broker => ({
    ...broker,
    positions: async () => [...held, ...(await broker.positions())],
    activitiesSince: async (at) => {
      asked.push(at)
      return broker.activitiesSince(at)
    },
  })
}

describe('books that begin at an account that was traded before', () => {
  it('take over what it holds, as somebody else’s; it counts, and it is told that no stop guards it', async () => {
    const desk = await openDesk(memoryBooks(), { wrapBroker: tradedBefore() })
    const position = await desk.app.read.openPosition('ACME')
    expect(position).toMatchObject({ side: 'long', proposalId: null })
    expect(position && [text(position.quantity), text(position.entryPrice)]).toEqual(['30', '97.5'])
    expect((await desk.app.read.tradingState()).state).toBe('active')
    for (let i = 0; i < 20; i++) {
      await desk.market.pass(1)
      await desk.app.tendOrders()
    }
    expect((await desk.app.read.openPosition('ACME'))?.unprotected).toBe(true)
    await desk.app.reconcile()
    await desk.app.reconcile()
    expect((await desk.app.read.tradingState()).state).toBe('active')
    await desk.stop()
  })

  it('never read what happened before', async () => {
    const asked: string[] = []
    const desk = await openDesk(memoryBooks(), { wrapBroker: tradedBefore(asked) })
    const began = desk.app.watermark.opening() ?? ''
    await desk.market.pass(10_000)
    await desk.app.reconcile()
    expect(asked.length).toBeGreaterThan(2)
    expect(asked.every((at) => at >= began)).toBe(true)
    await desk.stop()
  })
})

describe('a comparison with the broker', () => {
  it('reads only what happened since the last, and now and then some days more', async () => {
    const asked: string[] = []
    const wrapBroker = (broker: Broker): Broker => ({
      ...broker,
      activitiesSince: async (at) => {
        asked.push(at)
        return broker.activitiesSince(at)
      },
    })
    const desk = await openDesk(memoryBooks(), { wrapBroker })
    asked.length = 0
    for (let i = 0; i < 130; i++) {
      await desk.market.pass(60)
      await desk.app.reconcile()
    }
    const spans = asked.map((at, i) => (Date.parse('2013-10-07T14:00:00Z') + (i + 1) * 60_000 - Date.parse(at)) / 60_000)
    expect(spans.filter((minutes) => minutes <= 4).length).toBeGreaterThanOrEqual(126)
    expect(spans.filter((minutes) => minutes > 4 * 24 * 60).length).toBeGreaterThanOrEqual(2)
    await desk.stop()
  })
})
