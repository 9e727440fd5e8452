import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const cache = join(import.meta.dirname, '../../node_modules/.cache/catalyst')
/** Real milliseconds after which whoever began is taken for dead. */
const patienceMs = 120_000
const dayMs = 24 * 3_600_000

/**
 * A folder that all test processes share: the first that needs it makes it, the others wait meanwhile.
 * @param name ends with a hash of everything that its content depends on.
 * @param make fills an empty folder; what it leaves half done is not seen by anybody.
 * @returns its path.
 */
export async function madeOnce(name: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  const path = join(cache, name)
  const turn = `${path}.turn`
  await mkdir(cache, { recursive: true })
  while (!existsSync(path)) {
    const mine = await mkdir(turn).then(
      () => true,
      () => false,
    )
    if (mine) await fill(path, turn, make)
    else if (await olderThan(turn, patienceMs)) await rm(turn, { recursive: true, force: true })
    else await new Promise((done) => setTimeout(done, 50))
  }
  return path
}

async function fill(path: string, turn: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = await mkdtemp(`${path}.unfinished-`)
  try {
    // Whoever had the turn before may just have ended.
    if (!existsSync(path)) await make(unfinished).then(() => rename(unfinished, path))
  } finally {
    await rm(unfinished, { recursive: true, force: true })
    await rm(turn, { recursive: true, force: true })
  }
  await removeOld()
}

/** Programs of yesterday's sources: nobody runs them any more. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name)
    if (name.startsWith('program-') && (await olderThan(path, dayMs))) await rm(path, { recursive: true, force: true })
  }
}

const olderThan = async (path: string, ms: number): Promise<boolean> => {
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > ms
}
