import { expect, it } from 'vitest'
import { createNames } from '../../src/app/names.ts'
import type { KeyValueStore } from '../../src/ports/key-value.ts'

function memory(fails = false) {
  const kept = new Map<string, unknown>()
  const store: KeyValueStore = {
    load: async () => kept,
    async save(_, entries) {
      if (fails) throw new Error('disk full')
      for (const [key, value] of entries) kept.set(key, value)
    },
  }
  return { store, kept }
}
const warned: object[] = []
const log = { warn: (facts: object) => void warned.push(facts) }

it('people are known by their last name, also after a restart; others by id', async () => {
  const { store, kept } = memory()
  const names = await createNames(store, log)
  names.note({ id: 'discord:1', name: 'Ada' })
  names.note({ id: 'discord:1', name: ` ${'x'.repeat(60)}` })
  names.note({ id: 'slack:2', name: ' \u202e ' })
  expect([names.of('discord:1'), names.of('slack:2')]).toEqual(['x'.repeat(40), 'slack:2'])
  expect([...kept.keys()]).toEqual(['discord:1'])
  expect((await createNames(store, log)).of('discord:1')).toBe('x'.repeat(40))
})

it('a name that cannot be kept is shown all the same, and noted', async () => {
  const names = await createNames(memory(true).store, log)
  names.note({ id: 'discord:1', name: 'Ada' })
  expect(names.of('discord:1')).toBe('Ada')
  await expect.poll(() => warned.length).toBe(1)
})
