import { expect, it } from 'vitest'
import { createSimulatedBroker } from '../../../src/adapters/brokers/simulated.ts'
import { createSimulatedClock } from '../../../src/adapters/clock/simulated.ts'
import { createSimulatedMarket, simulationStart } from '../../../src/adapters/market/simulated.ts'
import type { AlertContent } from '../../../src/domain/alert.ts'
import { quantity } from '../../../src/domain/decimal.ts'
import { cleared, settingsWith } from '../brokers/world.ts'
import { memoryStore } from '../memory-store.ts'

const log = { error() {}, warn() {} }

async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function live(store = memoryStore(), startAt = simulationStart) {
  const settings = settingsWith({ speed: 5, skip_closed_hours: false })
  const clock = await createSimulatedClock({ store, speed: 5, skipClosedHours: false, startAt, log })
  const market = createSimulatedMarket({ clock, store, settings: settings.simulation, log })
  const broker = await createSimulatedBroker({ feed: market, clock, store, settings: () => settings, log })
  const updates: string[] = []
  const stories: AlertContent[] = []
  await broker.connect(async (u) => {
    updates.push(u.type)
  })
  market.open()
  await market.start(async (content) => {
    stories.push(content)
  })
  const close = async (): Promise<void> => {
    await market.stop()
    await market.close()
    await broker.disconnect()
    await clock.stop()
  }
  return { market, broker, updates, stories, close }
}

it('a running simulated market tells stories and fills an order', async () => {
  const { market, broker, updates, stories, close } = await live()
  const story = await until(() => stories.find((s) => s.confidence >= 0.7))
  expect((await market.securities()).map((s) => s.symbol)).toContain(story.symbol)
  const entry = cleared({ symbol: story.symbol, type: 'market', limitPrice: null, quantity: quantity('10') })
  expect((await broker.submitEntry(entry)).outcome).toBe('accepted')
  await until(() => updates.includes('execution'))
  await close()
  expect((await broker.positions()).map((p) => p.symbol)).toEqual([story.symbol])
})

it('somebody who starts it at night sees a story too', async () => {
  const { stories, close } = await live(memoryStore(), Date.parse('2026-03-03T05:00:00Z'))
  const story = await until(() => stories[0])
  await close()
  expect(story.publishedAt.slice(0, 10)).toBe('2026-03-03')
  expect(story.confidence).toBeGreaterThanOrEqual(0.7)
})
