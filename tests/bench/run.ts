import { fork } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Bench, BenchOptions, Line } from './support/measure.ts'

/**
 * Measures the whole bot: `npm run bench`, `npm run bench -- kill`, `npm run bench -- --quick`.
 * Runs on the embedded database and, when TEST_DATABASE_URL is set, on that server too. Figures never fail it:
 * they depend on the machine. Each measurement has a process of its own, so that none inherits another's memory.
 */
const { values: flags, positionals: wanted } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, child: { type: 'string' }, database: { type: 'string' } },
  allowPositionals: true,
})

const load = async (name: string): Promise<Bench> => {
  const { bench } = (await import(new URL(`./${name}.ts`, import.meta.url).href)) as { bench: Bench }
  return bench
}

async function runAll(): Promise<void> {
  const files = await readdir(import.meta.dirname, { withFileTypes: true })
  const names = files.filter((f) => f.isFile() && f.name !== 'run.ts').map((f) => f.name.replace(/\.ts$/, ''))
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`no measurement is called ${unknown.join(', ')}; there are ${names.join(', ')}`)
  const server = process.env['TEST_DATABASE_URL']
  process.stdout.write(server ? '' : 'TEST_DATABASE_URL is not set: only the embedded database is measured.\n')
  process.stdout.write(`${row(['measurement', 'database', 'n', 'p50', 'p99', 'unit', 'goal', ''])}\n`)
  for (const name of names.filter((n) => wanted.length === 0 || wanted.includes(n))) {
    const { eachDatabase } = await load(name)
    for (const database of eachDatabase && server ? (['embedded', 'postgres'] as const) : (['embedded'] as const)) {
      const lines = await inChild(name, { quick: flags.quick, database })
      const shown = (l: Line) => [
        l.name,
        eachDatabase ? database : '-',
        `${l.samples}`,
        figure(l.p50),
        figure(l.p99),
        l.unit,
        l.goal,
        verdict(l),
      ]
      process.stdout.write(lines.map((l) => `${row(shown(l))}\n`).join(''))
    }
  }
}

function inChild(name: string, { quick, database }: BenchOptions): Promise<readonly Line[]> {
  const { TEST_DATABASE_URL: server, ...environment } = process.env
  const env = database === 'postgres' ? { ...environment, TEST_DATABASE_URL: server } : environment
  const child = fork(import.meta.filename, ['--child', name, '--database', database, ...(quick ? ['--quick'] : [])], {
    env,
    execArgv: [...process.execArgv, '--expose-gc'],
  })
  return new Promise((resolve) => {
    let lines: readonly Line[] | null = null
    child.on('message', (message) => {
      lines = message as readonly Line[]
    })
    child.on('exit', (code) => resolve(lines ?? [failure(name, code)]))
  })
}

const failure = (name: string, code: number | null): Line => ({
  name: `${name}: ended with code ${code}`,
  samples: 0,
  p50: Number.NaN,
  p99: Number.NaN,
  unit: '',
  goal: '',
  met: false,
})

const widths = [58, 9, 6, 10, 10, 9, 20, 8]
const row = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join(' ')
    .trimEnd()
const figure = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(value < 100 ? 1 : 0))
const verdict = ({ met }: Line): string => (met === null ? '' : met ? 'met' : 'NOT MET')

if (flags.child === undefined) await runAll()
else {
  const bench = await load(flags.child)
  const lines = await bench.run({ quick: flags.quick, database: flags.database === 'postgres' ? 'postgres' : 'embedded' })
  process.send?.(lines, () => process.exit(0))
}
