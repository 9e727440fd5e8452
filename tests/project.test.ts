import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { configExample } from '../src/config/example.ts'
import { configSchema } from '../src/config/schema.ts'
import { environmentExample, variableNames } from '../src/config/variables.ts'
import { checks, loadPlugins, sizingMethods } from '../src/plugins.ts'

/** The house rules that no linter knows. */
const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
const written = listed.split('\0').filter((path) => /\.(tsx?|js|json|md|ya?ml|css|html|sql|service)$|Dockerfile$|^\.ci\/run$/.test(path))
const texts = written.filter((path) => path !== 'package-lock.json' && !path.startsWith('db/migrations/meta/'))
const sources = texts.filter((path) => /^(src|commands|handlers|db)\/.*\.tsx?$/.test(path))

/** Lines that match, as `path:line: text`. */
const linesLike = (paths: readonly string[], pattern: RegExp): readonly string[] =>
  paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )

test('the rules below see the whole project', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(texts).toEqual(expect.arrayContaining(['package.json', 'src/domain/decimal.ts', '.ci/run', 'deploy/Dockerfile']))
})

describe('sources', () => {
  test('never read money as a float', () => {
    expect(linesLike(sources, /\bparseFloat\b/)).toEqual([])
    expect(linesLike(sources, /\b(Number|parseInt)\([^)]*(price|quantity|equity|notional|pnl|usd|cash|fees)\b/i)).toEqual([])
  })

  test('leave nothing for later', () => {
    // Written so that this line is none itself.
    expect(linesLike(texts, /\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/)).toEqual([])
  })

  test('do not silence the tools that check them', () => {
    const silencers = new RegExp(['biome-ignore', 'ts-ignore', 'ts-expect-error', 'ts-nocheck', 'as unknown as', 'v8 ignore'].join('|'))
    expect(linesLike(sources, silencers)).toEqual([])
  })

  test('have no path of a machine in them', () => {
    expect(linesLike(texts, new RegExp(`(^|["'\`\\s=(])/(${['home', 'Users', 'root', 'work'].join('|')})/\\w`))).toEqual([])
  })

  test('never skip or single out a test', () => {
    const tests = texts.filter((path) => path.startsWith('tests/') && path.endsWith('.ts'))
    expect(linesLike(tests, /\b(describe|test|it)\.(only|todo)\b/)).toEqual([])
    expect(linesLike(tests, /^\s*(describe|test|it)\.skip\(/)).toEqual([])
  })

  test('the process environment has one reader', () => {
    const readers = linesLike(sources, /process\.env\b/).filter(
      (line) => !line.startsWith('src/config/environment.ts') && !line.includes('NODE_ENV'),
    )
    expect(readers).toEqual([])
  })
})

describe('packages', () => {
  const manifest = JSON.parse(read('package.json')) as Readonly<
    Record<'scripts' | 'dependencies' | 'devDependencies', Record<string, string>>
  >

  test('nothing runs when the program is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', 'preprepare', 'postprepare']
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([])
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
  })

  test('come from the registry, each only once', () => {
    const versions = [...Object.values(manifest.dependencies), ...Object.values(manifest.devDependencies)]
    expect(versions.filter((version) => !/^[\^~]?\d+\.\d+\.\d+$/.test(version))).toEqual([])
    expect(Object.keys(manifest.dependencies).filter((name) => name in manifest.devDependencies)).toEqual([])
  })
})

describe('examples', () => {
  test('.env.example lists every variable that is read, and no other', () => {
    const names = [...read('.env.example').matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name)
    expect(names).toEqual(variableNames)
    expect(read('.env.example')).toBe(environmentExample())
  })

  test('config.example.yaml is what the schema says', async () => {
    const schema = configSchema(await loadPlugins(checks), await loadPlugins(sizingMethods))
    expect(read('config.example.yaml')).toBe(configExample(schema))
  })
})
