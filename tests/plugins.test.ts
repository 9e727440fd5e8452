import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { checks, cliCommands, commands, jobs, loadPlugins, type PluginKind, routes, sizingMethods } from '../src/plugins.ts'

interface Toy {
  readonly name: string
  readonly run: () => string
}
function folder(files: Readonly<Record<string, string>>): URL {
  const path = mkdtempSync(join(tmpdir(), 'catalyst-plugins-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  return pathToFileURL(`${path}/`)
}
const toys = (files: Readonly<Record<string, string>>): PluginKind<Toy> => ({
  folder: folder(files),
  exportName: 'toy',
  nameOf: ({ name }) => name,
  members: ['name', 'run'],
})
const toy = (name: string) => `export const toy = { name: '${name}', run: () => '${name}' }\n`

test('every file of a folder is loaded, sorted by name, whatever the files are called', async () => {
  const loaded = await loadPlugins(toys({ 'a.js': toy('zebra'), 'b.ts': toy('ant'), 'c.mjs.txt': 'no code' }))
  expect(loaded.map(({ name }) => name)).toEqual(['ant', 'zebra'])
  expect(loaded[0]?.run()).toBe('ant')
})

test('tests and type declarations are no plug-ins', async () => {
  const kind = toys({ 'a.js': toy('a'), 'a.test.ts': 'throw new Error("loaded")', 'a.d.ts': 'export {}', 'a.js.map': '{}' })
  expect(await loadPlugins(kind)).toHaveLength(1)
})

test('a folder of somebody else may add to them', async () => {
  const loaded = await loadPlugins(toys({ 'a.js': toy('a') }), [folder({ 'b.js': toy('b') })])
  expect(loaded.map(({ name }) => name)).toEqual(['a', 'b'])
})

test.each([
  ['export const other = {}\n', /bad\.js exports no `toy`/],
  ["export const toy = 'words'\n", /bad\.js exports no `toy`/],
  ["export const toy = { name: 'x' }\n", /bad\.js: `toy` has no run/],
])('a file without a whole plug-in is refused by its name', async (content, expected) => {
  await expect(loadPlugins(toys({ 'good.js': toy('good'), 'bad.js': content }))).rejects.toThrow(expected)
})

test('two files with one name are both named', async () => {
  const kind = toys({ 'a.js': toy('same') })
  await expect(loadPlugins(kind, [folder({ 'b.js': toy('same') })])).rejects.toThrow(/two files are called same: .*a\.js and .*b\.js/)
})

describe('the program itself', () => {
  const namesOf =
    <T extends object>(kind: PluginKind<T>) =>
    async () =>
      (await loadPlugins(kind)).map(kind.nameOf)
  test.each([
    ['commands', namesOf(commands), ['kill', 'pnl', 'positions']],
    ['routes', namesOf(routes), []],
    ['jobs', namesOf(jobs), []],
    ['command line commands', namesOf(cliCommands), ['start', 'status']],
    ['sizing methods', namesOf(sizingMethods), ['fixed-percent']],
    ['risk checks', namesOf(checks), []],
  ])('has %s that all load', async (_, names, expected) => {
    const loaded = await names()
    expect(loaded.length).toBeGreaterThan(0)
    expect(loaded).toEqual(expect.arrayContaining(expected))
  })
})
