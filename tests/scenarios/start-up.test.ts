import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectEmbedded } from '../../db/connect.ts'
import { runCli } from '../../src/cli.ts'
import { cliCommands, loadPlugins } from '../../src/plugins.ts'
import { eventually } from '../support/bot.ts'
import { watchOutput } from '../support/leaks.ts'
import { installedCommand } from '../support/program.ts'

const root = mkdtempSync(join(tmpdir(), 'catalyst-start-'))
const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

/** A folder as a user would have it, with these files. */
let folders = 0
function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = join(root, String(folders++))
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  return path
}

interface Run {
  readonly child: ChildProcess
  /** Everything it has said so far. */
  said(): string
  readonly code: Promise<number | null>
}
/** The program as a person starts it: a process of its own, with nothing of this machine's environment. */
function launch(cwd: string, ...words: readonly string[]): Run {
  const child = watchOutput(spawn(process.execPath, [installedCommand, ...words], { cwd, env: { PATH: process.env['PATH'], HOME: cwd } }))
  running.add(child)
  let text = ''
  const hear = (chunk: Buffer) => {
    text += chunk.toString('utf8')
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const code = once(child, 'close').then(([status]) => {
    running.delete(child)
    return status as number | null
  })
  return { child, said: () => text, code }
}
async function catalyst(cwd: string, ...words: readonly string[]): Promise<{ code: number | null; said: string }> {
  const run = launch(cwd, ...words)
  const code = await run.code
  return { code, said: run.said() }
}
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
/** Every file below a folder, by content. */
function fingerprint(path: string): string {
  const hash = createHash('sha256')
  const walk = (at: string) => {
    for (const name of readdirSync(at).sort()) {
      const inner = join(at, name)
      hash.update(inner)
      if (statSync(inner).isDirectory()) walk(inner)
      else hash.update(readFileSync(inner))
    }
  }
  walk(path)
  return hash.digest('hex')
}

const slow = 240_000

describe('a start that cannot work', () => {
  it('lists every problem of .env at once, shows no secret, and ends with 1', { timeout: slow }, async () => {
    const lines = [
      'PORT=99999',
      'HTTP_HOST=0.0.0.0',
      'TRADING_MODE=live',
      'SLACK_BOT_TOKEN=S3CR3T-1',
      'DATABASE_URL=mysql://u:S3CR3T-2@h/d',
      'LOG_FORMAT=xml',
    ]
    const { code, said } = await catalyst(folder({ '.env': lines.join('\n') }), 'start')
    expect(code).toBe(1)
    for (const name of ['PORT', 'HTTP_HOST', 'TRADING_MODE', 'SLACK_BOT_TOKEN', 'DATABASE_URL', 'LOG_FORMAT']) expect(said).toContain(name)
    expect(said).not.toContain('S3CR3T-')
  })

  it('says so when .env cannot be read', { timeout: slow }, async () => {
    const at = folder()
    mkdirSync(join(at, '.env'))
    const { code, said } = await catalyst(at, 'start')
    expect(code).toBe(1)
    expect(said).toMatch(/✗ .*\.env.*cannot be read/)
  })

  it('lists every problem of the settings file with its line, and of a broken one where it breaks', { timeout: slow }, async () => {
    const bad = 'approvals:\n  expiry_minutes: -5\nrisk:\n  max_positions: many\npeopel:\n  "discord:1": owner\nshorting: maybe\n'
    const [many, broken, missing] = await Promise.all([
      catalyst(folder({ 'config.yaml': bad }), 'start'),
      catalyst(folder({ 'config.yaml': 'approvals:\n  expiry_minutes: [1\n' }), 'start'),
      catalyst(folder({ '.env': 'CONFIG_FILE=nowhere.yaml' }), 'start'),
    ])
    expect([many.code, broken.code, missing.code]).toEqual([1, 1, 1])
    for (const problem of [
      'config.yaml:2: approvals.expiry_minutes',
      'peopel is not a setting; did you mean people',
      'config.yaml:7: shorting',
      'risk.max_positions',
    ])
      expect(many.said).toContain(problem)
    expect(broken.said).toMatch(/✗ config\.yaml:\d+: /)
    expect(missing.said).toContain('nowhere.yaml')
  })

  it('says what to do about a database or a folder that cannot be used', { timeout: slow }, async () => {
    const file = folder({ 'a-file': '' })
    const [unreachable, notAFolder] = await Promise.all([
      catalyst(folder({ '.env': 'DATABASE_URL=postgres://me:S3CR3T@127.0.0.1:1/bot' }), 'start'),
      catalyst(folder({ '.env': `DATA_DIR=${join(file, 'a-file', 'data')}` }), 'start'),
    ])
    expect(unreachable.code).toBe(1)
    expect(unreachable.said).toContain('nothing listens there: start the server')
    expect(unreachable.said).not.toContain('S3CR3T')
    expect(notAFolder.code).toBe(1)
    expect(notAFolder.said).toContain('a-file')
    expect(notAFolder.said).toContain('DATA_DIR')
  })

  it('given words it does not know, then it ends with 2 and says what it knows', { timeout: slow }, async () => {
    const at = folder()
    const [option, value, command] = await Promise.all([
      catalyst(at, 'start', '--sped', '5'),
      catalyst(at, 'start', '--speed', 'fast'),
      catalyst(at, 'flaten'),
    ])
    expect([option.code, value.code, command.code]).toEqual([2, 2, 2])
    expect(option.said).toContain('--speed')
    expect(value.said).toContain('speed')
    expect(command.said).toContain('flatten')
  })

  it('given no process that runs, then what would ask it ends with 3', { timeout: slow }, async () => {
    const at = folder({ '.env': `PORT=${await freePort()}` })
    const asked = await Promise.all([['status'], ['kill'], ['resume', 'because']].map((words) => catalyst(at, ...words)))
    expect(asked.map(({ code }) => code)).toEqual([3, 3, 3])
    for (const { said } of asked) expect(said).toContain('no running process answers')
  })

  it('explains every command', async () => {
    const commands = await loadPlugins(cliCommands)
    expect(commands.length).toBeGreaterThan(8)
    for (const { name, summary } of commands) {
      const said: string[] = []
      const unused = () => {
        throw new Error('help needs nothing')
      }
      const deps = { print: (line: string) => said.push(line), printError: unused, progress: unused, environment: unused, settings: unused }
      const chats = { diagnose: unused, registerDiscord: unused, slackManifest: unused }
      const rest = {
        chats,
        start: unused,
        openStore: unused,
        revokeLive: unused,
        diagnoseBroker: unused,
        dataFolderHolder: unused,
        sizingMethods: unused,
        draw: unused,
        fetch: unused,
        version: '1',
      }
      expect([name, await runCli([name, '--help'], { ...deps, ...rest }, commands)]).toEqual([name, 0])
      expect(said.join()).toContain(`Usage: catalyst ${name}`)
      expect(said.join().replace(/\s+/g, ' ')).toContain(summary.slice(0, 40))
    }
  })
})

describe('one process and its data folder', () => {
  let at: string
  let port: number
  let first: Run
  beforeAll(async () => {
    port = await freePort()
    at = folder({
      '.env': `PORT=${port}\nTRADING_MODE=sim\nAPCA_API_KEY_ID=S3CR3T-alpaca-id\nAPCA_API_SECRET_KEY=S3CR3T-alpaca\nALERT_WEBHOOK_SECRET=S3CR3T-webhook-123456\nLOG_LEVEL=trace`,
    })
    first = launch(at, 'start')
    await eventually('the console is up', async () => first.said().includes(`console: http://127.0.0.1:${port}`), slow)
  }, slow)

  it('given a second process on the same folder, or on the same port, then that one is told', { timeout: slow }, async () => {
    const [sameFolder, samePort] = await Promise.all([
      catalyst(at, 'start', '--port', String(await freePort())),
      catalyst(folder({ '.env': `PORT=${port}` }), 'start'),
    ])
    expect(sameFolder.code).toBe(1)
    expect(sameFolder.said).toContain(`in use by process ${first.child.pid}`)
    expect(samePort.code).toBe(1)
    expect(samePort.said).toMatch(/in use/)
    expect(samePort.said).toContain(String(port))
  })

  it('given a running process, then it can be asked, stopped and let on from another terminal', { timeout: slow }, async () => {
    const step = async (...words: readonly string[]) => {
      const { code, said } = await catalyst(at, ...words)
      return `${code} ${said}`
    }
    expect(await step('status')).toMatch(/^0 [\s\S]*active/)
    expect(await step('pause')).toMatch(/^0 [\s\S]*paused/)
    expect(await step('kill')).toMatch(/^0 [\s\S]*halted/)
    expect(await step('resume', '   ')).toMatch(/^[12] /)
    expect(await step('flatten')).toMatch(/^0 /)
    expect(await step('resume', 'a', 'drill')).toMatch(/^0 [\s\S]*active/)
    const doctor = await step('doctor')
    expect(doctor).toContain(`port: 127.0.0.1:${port} is in use`)
    expect(doctor).not.toContain('S3CR3T-')
  })

  it('given a signal to stop, then it closes everything in order, and no secret was said', { timeout: slow }, async () => {
    first.child.kill('SIGTERM')
    expect(await first.code).toBe(0)
    expect(first.said()).toContain('stopped; pending proposals and positions are kept')
    expect(first.said()).not.toContain('S3CR3T-')
  })

  it('given books that are whole, then they are found whole, rebuilt and exported', { timeout: slow }, async () => {
    for (const words of [['migrate', 'status'], ['rebuild'], ['migrate', 'verify']])
      expect([words, (await catalyst(at, ...words)).code]).toEqual([words, 0])
    const { code, said } = await catalyst(at, 'export', 'trades', '--csv')
    expect(code).toBe(0)
    expect(said).toMatch(/^opened_at,closed_at,symbol,/)
  })

  it('given an event that somebody changed behind its back, then verify names the broken stream', { timeout: slow }, async () => {
    const tampered = folder()
    cpSync(join(at, 'data'), join(tampered, 'data'), { recursive: true })
    await sql(join(tampered, 'data'), [
      'alter table events disable trigger all',
      `update events set actor = 'discord:666' where stream = 'trading:main' and version = 1`,
    ])
    const { code, said } = await catalyst(tampered, 'migrate', 'verify')
    expect(code).toBe(1)
    expect(said).toMatch(/✗ trading:main/)
  })

  it('given a folder of a newer version, then it is refused with advice, and not a byte of it is changed', { timeout: slow }, async () => {
    const newer = folder()
    cpSync(join(at, 'data'), join(newer, 'data'), { recursive: true })
    const marker = join(newer, 'data/database.json')
    const { migrations } = JSON.parse(readFileSync(marker, 'utf8')) as { readonly migrations: readonly string[] }
    writeFileSync(marker, JSON.stringify({ migrations: [...migrations, 'from the future'] }))
    const before = fingerprint(join(newer, 'data'))
    const { code, said } = await catalyst(newer, 'start')
    expect(code).toBe(1)
    expect(said).toContain('was written by a newer version')
    expect(said).toContain('restore a backup')
    expect(fingerprint(join(newer, 'data'))).toBe(before)
  })

  it('given a folder that is damaged, then it is refused with advice, and not a byte of it is changed', { timeout: slow }, async () => {
    const damaged = folder()
    cpSync(join(at, 'data'), join(damaged, 'data'), { recursive: true })
    const control = join(damaged, 'data/database/global/pg_control')
    writeFileSync(control, Buffer.alloc(statSync(control).size, 7))
    const before = fingerprint(join(damaged, 'data'))
    const { code, said } = await catalyst(damaged, 'start')
    expect(code).toBe(1)
    expect(said).toMatch(/backup|DATA_DIR/)
    expect(fingerprint(join(damaged, 'data'))).toBe(before)
  })
})

/** Behind the program's back. */
async function sql(dataDir: string, statements: readonly string[]): Promise<void> {
  const database = await connectEmbedded(join(dataDir, 'database'), null, false)
  try {
    for (const statement of statements) await database.sql.unsafe(statement)
  } finally {
    await database.close()
  }
}
