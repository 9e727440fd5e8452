import { type ChildProcess, spawn } from 'node:child_process'
import type { CrashBotOrders } from './crash-bot.ts'
import { watchOutput } from './leaks.ts'
import { builtScript } from './program.ts'

/** How a process went, and what it said on standard error. */
export interface Gone {
  readonly signal: NodeJS.Signals | null
  readonly code: number | null
  readonly errors: string
}

/** A bot in a process of its own. */
export interface CrashChild {
  readonly pid: number
  /** Its address, or null when it died before it listened. */
  readonly url: Promise<string | null>
  /** Its address while another process leads, or null when it died before. */
  readonly standby: Promise<string | null>
  /** Resolves when it was struck by a freeze, or is gone. */
  readonly frozen: Promise<unknown>
  /** Resolves when the process is gone. */
  readonly gone: Promise<Gone>
  kill(): void
  freeze(): void
  thaw(): void
  /** An orderly end. */
  end(): Promise<void>
}

export function startCrashBot(orders: CrashBotOrders): CrashChild {
  const child: ChildProcess = spawn(process.execPath, [builtScript('crash-bot'), JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  watchOutput(child)
  let said = ''
  let errors = ''
  const gone = new Promise<Gone>((resolve) => {
    child.on('close', (code, signal) => resolve({ signal, code, errors }))
  })
  const listeners: (() => void)[] = []
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    for (const look of listeners) look()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  /** Resolves with what follows a word at the start of a line, or null when the process is gone. */
  const saying = (pattern: RegExp) =>
    new Promise<string | null>((resolve) => {
      listeners.push(() => {
        const found = pattern.exec(said)
        if (found) resolve(found[1] ?? '')
      })
      void gone.then(() => resolve(null))
    })
  return {
    pid: child.pid ?? 0,
    url: saying(/^listening (\S+)\n/m),
    standby: saying(/^standing by (\S+)\n/m),
    frozen: saying(/^frozen\n/m),
    gone,
    kill: () => child.kill('SIGKILL'),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async end() {
      child.kill('SIGTERM')
      await gone
    },
  }
}
