import { type ChildProcess, spawn } from 'node:child_process'
import type { CrashBotOrders } from './crash-bot.ts'
import { builtScript } from './program.ts'

/** A bot in a process of its own. */
export interface CrashChild {
  /** Its address, or null when it died before it listened. */
  readonly url: Promise<string | null>
  /** Resolves when the process is gone: how it went, and what it said on standard error. */
  readonly gone: Promise<{ readonly signal: NodeJS.Signals | null; readonly errors: string }>
  kill(): void
  /** An orderly end. */
  end(): Promise<void>
}

export function startCrashBot(orders: CrashBotOrders): CrashChild {
  const child: ChildProcess = spawn(process.execPath, [builtScript('crash-bot'), JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  let errors = ''
  const gone = new Promise<{ signal: NodeJS.Signals | null; errors: string }>((resolve) => {
    child.on('close', (_code, signal) => resolve({ signal, errors }))
  })
  const url = new Promise<string | null>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /listening (\S+)\n/.exec(said)?.[1]
      if (found) resolve(found)
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    void gone.then(() => resolve(null))
  })
  return {
    url,
    gone,
    kill: () => child.kill('SIGKILL'),
    async end() {
      child.kill('SIGTERM')
      await gone
    },
  }
}
