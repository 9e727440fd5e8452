import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['src', 'commands', 'handlers', 'db']

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

/** What a module imports. Sources are formatted, so a statement begins at the start of its line. */
function importsOf(source: string): readonly Import[] {
  const found: Import[] = []
  const statement = /^(?:import|export)\b(?<clause>[^'"`;]*?)\bfrom\s*['"](?<from>[^'"]+)['"]|^import\s*['"](?<bare>[^'"]+)['"]/gm
  for (const { groups } of source.matchAll(statement))
    found.push({ specifier: groups?.['from'] ?? groups?.['bare'] ?? '', typeOnly: /^\s*type\b/.test(groups?.['clause'] ?? '') })
  const inline = /\bimport\(\s*['"]([^'"]+)['"]/g
  for (const [, specifier = ''] of source.matchAll(inline)) found.push({ specifier, typeOnly: false })
  return found
}

interface Module {
  readonly path: string
  readonly imports: readonly Import[]
}

const modules: readonly Module[] = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path: join(folder, path), imports: importsOf(readFileSync(join(root, folder, path), 'utf8')) })),
)
const known = new Set(modules.map(({ path }) => path))
const resolved = (from: string, specifier: string): string => normalize(join(dirname(from), specifier))
const isRelative = (specifier: string): boolean => specifier.startsWith('.')
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Which part of the program a file belongs to. `main`, `cli` and `plugins` put the parts together. */
function areaOf(path: string): string {
  const [top = '', second = ''] = path.split('/')
  if (top !== 'src') return top
  return second.endsWith('.ts') ? 'root' : second
}

/** One outside system: a file, or a file and the folder of its name. The HTTP server, the console and the pictures are a whole folder each. */
function adapterOf(path: string): string {
  const [, , kind = '', name = ''] = path.split('/')
  const whole = kind.replace(/\.ts$/, '')
  return ['http', 'pictures', ...shared].includes(whole) || kind.endsWith('.ts') ? whole : `${kind}/${name.replace(/\.ts$/, '')}`
}

/** What several adapters to one vendor have in common, in a folder of the vendor's name. It imports no adapter itself. */
const shared = ['alpaca']
const isShared = (from: string, to: string): boolean => shared.includes(adapterOf(to)) && adapterOf(from).endsWith(`/${adapterOf(to)}`)

const vendors = ['drizzle-orm', 'postgres', '@electric-sql/pglite', 'discord.js', '@slack/bolt', 'fastify']
const databaseVendors = vendors.slice(0, 3)
interface Rule {
  readonly may: readonly string[]
  /** Whether a module of this area may use a package or a part of Node. */
  readonly uses: (name: string, path: string) => boolean
}
const rules: Readonly<Record<string, Rule>> = {
  domain: { may: ['domain'], uses: (name, path) => name === 'zod' || (name === 'big.js' && path === 'src/domain/decimal.ts') },
  ports: { may: ['ports', 'domain'], uses: (name) => name === 'zod' },
  config: { may: ['config', 'domain'], uses: (name) => !vendors.includes(name) },
  app: {
    may: ['app', 'ports', 'domain', 'config'],
    uses: (name) => name === 'zod' || name === 'fastest-levenshtein' || name.startsWith('node:'),
  },
  commands: { may: ['commands', 'app', 'ports', 'domain', 'config'], uses: (name) => !vendors.includes(name) },
  handlers: { may: ['handlers', 'app', 'ports', 'domain', 'config'], uses: (name) => !vendors.includes(name) },
  // What Node itself needs a hand with; knows nothing of the program.
  runtime: { may: ['runtime'], uses: (name) => !vendors.includes(name) },
  adapters: { may: ['adapters', 'ports', 'domain', 'config', 'runtime'], uses: (name) => !databaseVendors.includes(name) },
  db: { may: ['db', 'ports', 'domain', 'config', 'runtime'], uses: () => true },
  root: { may: ['root', 'app', 'ports', 'domain', 'config', 'adapters', 'db', 'commands', 'handlers'], uses: () => true },
}
/** The two adapters through which people and programs come in: they mount the routes and commands that `app` defines. */
const mayMountApp = (path: string): boolean => ['http', 'chat/console'].includes(adapterOf(path))

function violation(path: string, specifier: string): string | null {
  const area = areaOf(path)
  const rule = rules[area]
  if (!rule) return `${path}: no rule for the area ${area}`
  if (!isRelative(specifier)) {
    const name = specifier.startsWith('node:') ? specifier : packageOf(specifier)
    return rule.uses(name, path) ? null : `${path} must not use ${name}`
  }
  const target = resolved(path, specifier)
  if (/\.(css|json)$/.test(target)) return null
  if (!known.has(target)) return `${path} imports ${target}, which does not exist`
  const to = areaOf(target)
  if (area === 'adapters' && to === 'app') return mayMountApp(path) ? null : `${path} must not import ${target}`
  if (area === 'adapters' && to === 'adapters' && adapterOf(path) !== adapterOf(target) && !isShared(path, target))
    return `${path} must not import ${target}`
  return rule.may.includes(to) ? null : `${path} must not import ${target}`
}

/** Rings of imports that run. A ring of types alone is no ring when the program runs, and Biome leaves it alone too. */
function cycles(): readonly string[] {
  const found: string[] = []
  const done = new Set<string>()
  const edges = new Map(
    modules.map(({ path, imports }) => [
      path,
      imports.flatMap(({ specifier, typeOnly }) => (!typeOnly && isRelative(specifier) ? [resolved(path, specifier)] : [])),
    ]),
  )
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (trail.includes(path) || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const { path } of modules) visit(path, [])
  return found
}

/** Counts files its own way, so that a checker that sees nothing cannot pass. */
function countFiles(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.isDirectory()) return sum + countFiles(join(folder, entry.name))
    return sum + (entry.name.endsWith('.ts') || entry.name.endsWith('.tsx') ? 1 : 0)
  }, 0)
}

describe('arrows', () => {
  test('every import follows the arrows between the folders', () => {
    const problems = modules.flatMap(({ path, imports }) => imports.flatMap(({ specifier }) => violation(path, specifier) ?? []))
    expect(problems).toEqual([])
    const count = modules.reduce((sum, { imports }) => sum + imports.length, 0)
    process.stdout.write(`arrows: checked ${modules.length} modules, ${count} imports\n`)
  })

  test('no module imports itself in a ring', () => {
    expect(cycles()).toEqual([])
  })

  test('no module was overlooked', () => {
    const counted = folders.reduce((sum, folder) => sum + countFiles(join(root, folder)), 0)
    expect(counted).toBeGreaterThan(30)
    expect(modules.length).toBe(counted)
    expect(modules.reduce((sum, { imports }) => sum + imports.length, 0)).toBeGreaterThan(modules.length)
  })

  test('only the plug-in loader imports a module whose name is computed', () => {
    const computed = modules.filter(({ path }) => /\bimport\((?!\s*['"])/.test(readFileSync(join(root, path), 'utf8')))
    expect(computed.map(({ path }) => relative('src', path)).filter((path) => path !== 'plugins.ts')).toEqual([])
  })
})

describe('the import reader', () => {
  test('sees every way of importing', () => {
    const source = `
import a from './a.ts'
import type { B } from './b.ts'
import { c,
  type D,
} from './c.ts'
import './e.ts'
export { f } from './f.ts'
export * from './g.ts'
export type { H } from './h.ts'
const words = 'import x from nowhere'
export const later = () => import('./i.ts')
// import z from './z.ts'
`
    expect(importsOf(source).map(({ specifier }) => specifier)).toEqual([
      ...['./a.ts', './b.ts', './c.ts', './e.ts', './f.ts', './g.ts', './h.ts', './i.ts'],
    ])
    expect(
      importsOf(source)
        .filter(({ typeOnly }) => typeOnly)
        .map(({ specifier }) => specifier),
    ).toEqual(['./b.ts', './h.ts'])
  })

  test.each([
    ['src/domain/order.ts', '../ports/clock.ts'],
    ['src/domain/order.ts', 'big.js'],
    ['src/domain/order.ts', 'node:crypto'],
    ['src/ports/clock.ts', '../app/app.ts'],
    ['src/app/app.ts', '../../db/schema.ts'],
    ['src/app/app.ts', 'fastify'],
    ['src/adapters/log.ts', '../app/app.ts'],
    ['src/adapters/log.ts', './metrics.ts'],
    ['src/adapters/brokers/alpaca.ts', '../market/alpaca.ts'],
    ['src/adapters/brokers/simulated.ts', '../alpaca/access.ts'],
    ['src/adapters/alpaca/rest.ts', '../brokers/alpaca.ts'],
    ['handlers/cli/start.ts', '../../src/adapters/log.ts'],
    ['handlers/cli/start.ts', 'postgres'],
    ['db/schema.ts', '../src/app/app.ts'],
  ])('refuses that %s imports %s', (path, specifier) => {
    expect(violation(path, specifier)).not.toBeNull()
  })
})
