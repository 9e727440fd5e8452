import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { BotHome } from '../../support/bot.ts'
import { sleep } from './measure.ts'

const root = join(import.meta.dirname, '../../..')

/** The ways in which people start it. */
export const ways = {
  'npm start': ['npm', 'start', '--silent'],
  'node dist': [process.execPath, join(root, 'dist/src/main.js'), 'start'],
} as const
export type Way = keyof typeof ways

/** Builds what `node dist` starts. @returns how to leave everything as it was: a build that is there is what `npx catalyst` runs. */
export function build(): () => void {
  const dist = join(root, 'dist')
  const wasThere = existsSync(dist)
  const { status, stderr } = spawnSync('npm', ['run', 'build', '--silent'], { cwd: root, encoding: 'utf8' })
  if (status !== 0 || !existsSync(join(root, 'dist/src/main.js'))) throw new Error(`it does not build: ${stderr}`)
  return () => {
    if (!wasThere) rmSync(dist, { recursive: true, force: true })
  }
}

export interface Program {
  /** Real milliseconds from the start to the console's first answer. */
  readonly startedIn: number
  /** Bytes: of the process that serves, and of it with every process around it, shared pages counted once. */
  memory(): { readonly serving: number; readonly all: number }
  stop(): Promise<void>
}

/** Starts the program in processes of its own and waits for its console. @throws when it ends before. */
export async function startProgram(way: Way, home: BotHome): Promise<Program> {
  const [command, ...parameters] = ways[way]
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    PORT: `${port}`,
    DATA_DIR: join(home.folder, 'data'),
    ...(home.databaseUrl === null ? {} : { DATABASE_URL: home.databaseUrl }),
  }
  const from = performance.now()
  const child = spawn(command, parameters, { cwd: root, env, stdio: 'ignore', detached: true })
  while (!(await answers(`http://127.0.0.1:${port}/`))) {
    if (child.exitCode !== null) throw new Error(`${way} ended with code ${child.exitCode}`)
    await sleep(10)
  }
  return { startedIn: performance.now() - from, memory: () => memoryOf(child), stop: () => end(child) }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Told to the whole group: npm and the shell in between do not pass signals on reliably. */
async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
  await ended
  while (child.pid !== undefined && groupOf(child.pid).length > 0) await sleep(20)
}

/** Linux only: what /proc tells. */
function memoryOf({ pid = 0 }: ChildProcess): { readonly serving: number; readonly all: number } {
  const processes = groupOf(pid)
  return {
    serving: Math.max(...processes.map((p) => kilobytes(p, 'status', 'VmRSS')), 0) * 1024,
    all: sum(processes.map((p) => kilobytes(p, 'smaps_rollup', 'Pss'))) * 1024,
  }
}
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

const groupOf = (group: number): readonly string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(fields(name)[2]) === group && fields(name)[0] !== 'Z')

/** Of /proc/<pid>/stat, from the state on: the name before it may hold spaces. */
function fields(pid: string): readonly string[] {
  const stat = read(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
const kilobytes = (pid: string, file: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/${file}`))?.[1] ?? 0)

/** Processes end while we look at them. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return ''
    throw error
  }
}
