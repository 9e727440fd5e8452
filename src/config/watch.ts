import { stat } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { loadSettings } from './load.ts'
import { ConfigurationError } from './problems.ts'
import type { ConfigSchema } from './schema.ts'
import type { Settings } from './settings.ts'

export interface ConfigWatch {
  readonly schema: ConfigSchema
  readonly path: string
  /** What is in force now. */
  readonly current: Settings
  readonly onChange: (settings: Settings) => void
  readonly log: {
    info(facts: object, message: string): void
    warn(facts: object, message: string): void
    error(facts: object, message: string): void
  }
  /** Real milliseconds between looks at the file; 2 s unless told. */
  readonly everyMs?: number
}

/**
 * Follows the settings file. A file that is not valid as a whole is refused: every problem is logged and the old values stay.
 * It looks at the file's time and size instead of asking the system for notices, which editors and container mounts lose.
 * @returns `look`, which does what the timer does, and `stop`.
 */
export function watchConfig({ schema, path, current, onChange, log, everyMs = 2_000 }: ConfigWatch): {
  look(): Promise<void>
  stop(): void
} {
  let inForce = current
  let seen: string | null = null

  const reload = () => {
    try {
      const next = loadSettings(schema, path, false)
      if (isDeepStrictEqual(next, inForce)) return
      if (!isDeepStrictEqual(next.simulation, inForce.simulation))
        log.warn({ file: path }, 'settings under simulation take effect at the next start')
      inForce = next
      onChange(next)
      log.info({ file: path }, 'settings reloaded')
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      log.error({ file: path, problems: error.problems }, 'settings refused; the old values stay')
    }
  }
  const look = async () => {
    const mark = await markOf(path)
    if (mark === seen) return
    const first = seen === null
    seen = mark
    if (mark === 'missing' && !first) log.warn({ file: path }, 'the settings file is gone; the old values stay')
    else if (mark !== 'missing') reload()
  }
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.error({ file: path, error }, 'the settings file could not be followed'))
  }, everyMs)
  timer.unref()
  return { look, stop: () => clearInterval(timer) }
}

async function markOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path)
    return `${mtimeMs} ${size} ${ino}`
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing'
    throw error
  }
}
