import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { watchOutput } from './leaks.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The browser of the machine: `CHROMIUM`, else where Debian puts it; null when there is none. */
export function browserPath(): string | null {
  const path = process.env['CHROMIUM'] || '/usr/bin/chromium'
  return existsSync(path) ? path : null
}
export const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

export interface Newcomer {
  readonly url: string
  /** `performance.now()` when the console was announced. */
  readonly upAt: number
  /** SIGTERM; everything it ever said, once it has ended. */
  stop(): Promise<string>
}

/**
 * What `npm start` runs, as a process of its own, with nothing set but a data folder and a port. It starts in `folder`,
 * so that no settings file or `.env` of this checkout is found.
 */
export async function startAsNewcomer(folder: string, port: number, more: readonly string[] = []): Promise<Newcomer> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
  // As `npm start` would find them from the checkout.
  const places: Readonly<Record<string, string>> = {
    node: process.execPath,
    tsx: import.meta.resolve('tsx'),
    'src/main.ts': join(root, 'src/main.ts'),
  }
  const [program = '', ...words] = scripts.start.split(' ').map((word) => places[word] ?? word)
  const { PATH = '', HOME = folder } = process.env
  const child = spawn(program, [...words, ...more], {
    cwd: folder,
    env: { PATH, HOME, DATA_DIR: join(folder, 'data'), PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  watchOutput(child)
  const said: string[] = []
  const url = `http://127.0.0.1:${port}`
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said.push(chunk.toString())
      if (said.join('').includes(`console: ${url}`)) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the bot ended with code ${code} before its console was up:\n${said.join('')}`)))
  })
  return { url, upAt: performance.now(), stop: () => stop(child).then(() => said.join('')) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  const { pid } = child
  process.kill(pid, 'SIGTERM')
  // The program and the process it runs in share a group: none of them outlives the test.
  const late = setTimeout(() => process.kill(-pid, 'SIGKILL'), 20_000)
  await ended
  clearTimeout(late)
}
