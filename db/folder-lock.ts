import { readFileSync } from 'node:fs'
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

interface Owner {
  readonly pid: number
  /** When that process started, as the system tells it: a process id is used again, a start is not. */
  readonly started: string | null
  readonly host: string
}

const heartbeatMs = 5_000
/** An owner on another machine (or container) cannot be asked whether it lives; it is gone when it was silent this long. */
const silentMs = 20_000

/** Folders that this very process has locked: a lock with our own id that is not here is a ghost of an earlier life. */
const ours = new Set<string>()

/** Field 22 of /proc/<pid>/stat, counted after the command name, which may hold anything; null where there is no /proc. */
function processStart(pid: number): string | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function lives(owner: Owner, path: string): Promise<boolean> {
  if (owner.host !== hostname()) return Date.now() - (await stat(path)).mtimeMs < silentMs
  if (owner.pid === process.pid) return ours.has(path)
  return exists(owner.pid) && (owner.started === null || owner.started === processStart(owner.pid))
}

function parse(content: string): Owner | null {
  try {
    const value = JSON.parse(content) as Partial<Owner>
    return typeof value.pid === 'number' && typeof value.host === 'string'
      ? { pid: value.pid, host: value.host, started: value.started ?? null }
      : null
  } catch {
    // A kill between creating and writing the file leaves it empty: nobody's.
    return null
  }
}

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code

/**
 * Makes this process the only one to use a folder. What a killed process left behind does not block.
 * @throws Error naming the process that has it and what to do.
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const path = join(folder, 'owner.lock')
  const mine = JSON.stringify({ pid: process.pid, started: processStart(process.pid), host: hostname() } satisfies Owner)
  for (;;) {
    try {
      await writeFile(path, mine, { flag: 'wx' })
      break
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
    }
    await removeGhost(path, folder)
  }
  ours.add(path)
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => clearInterval(heartbeat))
  }, heartbeatMs).unref()
  return {
    async release() {
      clearInterval(heartbeat)
      if (!ours.delete(path)) return
      if ((await readFile(path, 'utf8').catch(() => '')) === mine) await rm(path, { force: true })
    },
  }
}

async function removeGhost(path: string, folder: string): Promise<void> {
  try {
    const content = await readFile(path, 'utf8')
    const owner = parse(content)
    if (owner && (await lives(owner, path))) throw inUse(folder, owner)
    // Moved before it is deleted: of two processes that found the same ghost, only one moves it.
    const away = `${path}.${process.pid}`
    await rename(path, away)
    const moved = await readFile(away, 'utf8')
    if (moved !== content) await rename(away, path)
    else await rm(away)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

function inUse(folder: string, owner: Owner): Error {
  const who = owner.host === hostname() ? `process ${owner.pid}` : `process ${owner.pid} on ${owner.host}`
  return new Error(
    `${folder} is in use by ${who}. Only one Catalyst can use an embedded database: ` +
      'stop that one, set another DATA_DIR, or use a server through DATABASE_URL.',
  )
}

/** Who uses the folder now, in words; null when nobody does. Changes nothing. */
export async function folderHolder(folder: string): Promise<string | null> {
  const path = join(folder, 'owner.lock')
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return ''
    throw error
  })
  const owner = parse(content)
  return owner && (await lives(owner, path)) ? `process ${owner.pid}` : null
}
