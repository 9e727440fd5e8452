import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { defaults } from '../../src/config/load.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { Settings } from '../../src/config/settings.ts'
import { watchConfig } from '../../src/config/watch.ts'

const schema = configSchema([], [])
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function watching(path: string) {
  const seen: Settings[] = []
  const lines: { readonly level: string; readonly message: string; readonly facts: object }[] = []
  const write = (level: string) => (facts: object, message: string) => {
    lines.push({ level, message, facts })
  }
  const log = { info: write('info'), warn: write('warn'), error: write('error') }
  const watch = watchConfig({
    schema,
    path,
    current: defaults(schema),
    onChange: (settings) => seen.push(settings),
    log,
    everyMs: 3_600_000,
  })
  stops.push(watch.stop)
  return { watch, seen, lines }
}
const newFile = () => join(mkdtempSync(join(tmpdir(), 'catalyst-watch-')), 'config.yaml')

test('a file that appears and changes is taken, once per change', async () => {
  const path = newFile()
  const { watch, seen } = watching(path)
  await watch.look()
  expect(seen).toHaveLength(0)
  writeFileSync(path, 'shorting: true\n')
  await watch.look()
  await watch.look()
  expect(seen.map(({ shorting }) => shorting)).toEqual([true])
})

test('a bad file is refused with every problem, and the old values stay', async () => {
  const path = newFile()
  writeFileSync(path, 'shorting: true\n')
  const { watch, seen, lines } = watching(path)
  await watch.look()
  writeFileSync(path, 'shorting: perhaps\nexits: 3\n')
  await watch.look()
  expect(seen).toHaveLength(1)
  expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'settings refused; the old values stay' })
  expect(lines.at(-1)?.facts).toHaveProperty('problems.length', 2)
  writeFileSync(path, 'shorting: false # mended\n')
  await watch.look()
  expect(seen.at(-1)?.shorting).toBe(false)
})

test('a file that goes away changes nothing', async () => {
  const path = newFile()
  writeFileSync(path, 'shorting: true\n')
  const { watch, seen, lines } = watching(path)
  await watch.look()
  rmSync(path)
  await watch.look()
  expect(seen).toHaveLength(1)
  expect(lines.at(-1)).toMatchObject({ level: 'warn', message: 'the settings file is gone; the old values stay' })
})

test('a change of the simulation is announced for the next start', async () => {
  const path = newFile()
  writeFileSync(path, 'simulation: {seed: 99}\n')
  const { watch, lines } = watching(path)
  await watch.look()
  expect(lines.map(({ message }) => message)).toContain('settings under simulation take effect at the next start')
})
