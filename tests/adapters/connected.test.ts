import { expect, it } from 'vitest'
import { createConsoleChat } from '../../src/adapters/chat/console.ts'
import { inboundWith } from '../support/samples.ts'
import { world } from './brokers/world.ts'
import { memoryStore } from './memory-store.ts'

it('the simulated broker is connected while somebody listens', async () => {
  const { broker } = await world(memoryStore())
  expect(broker.connected()).toBe(true)
  await broker.disconnect()
  expect(broker.connected()).toBe(false)
})

it('the console is connected from its start to its stop', async () => {
  const chat = createConsoleChat({ show() {} })
  expect(chat.connected()).toBe(false)
  await chat.start(inboundWith())
  expect(chat.connected()).toBe(true)
  await chat.stop()
  expect(chat.connected()).toBe(false)
})
