import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildProgram } from '../../deploy/program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules/.cache/catalyst')
/** Everything that a build depends on. */
const parts = ['src', 'commands', 'handlers', 'db', 'deploy', 'bin', 'tests/support', 'package.json', 'package-lock.json', 'tsconfig.json']

function sourcesId(): string {
  const hash = createHash('sha256')
  const read = (path: string): void => {
    hash.update(path)
    hash.update(readFileSync(join(root, path)))
  }
  for (const part of parts) {
    if (part.includes('.')) read(part)
    else
      for (const entry of readdirSync(join(root, part), { recursive: true, withFileTypes: true }).sort(byPath))
        if (entry.isFile()) read(join(entry.parentPath, entry.name).slice(root.length))
  }
  return hash.digest('hex').slice(0, 16)
}
const byPath = (a: { parentPath: string; name: string }, b: { parentPath: string; name: string }): number =>
  join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1

/**
 * The program as it is installed, made of these sources: `bin/catalyst.js`, and `dist` beside it with the tests' own children too.
 * A process that starts from it has nothing to translate, which is most of what a start from the sources takes.
 * Built by the first test that needs it, for all that run on the same sources.
 * @returns its folder.
 */
async function builtProgram(): Promise<string> {
  const program = join(cache, `program-${sourcesId()}`)
  if (existsSync(program)) return program
  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(join(cache, 'program-unfinished-'))
  // Types are checked elsewhere.
  const built = await buildProgram(join(import.meta.dirname, 'tsconfig.program.json'), join(unfinished, 'dist'), '--noCheck')
  if (!built) throw new Error('the sources do not compile')
  for (const part of ['bin', 'package.json']) await cp(join(root, part), join(unfinished, part), { recursive: true })
  // Another worker may have been quicker: theirs is as good.
  await rename(unfinished, program).catch(() => rm(unfinished, { recursive: true, force: true }))
  await removeOld()
  return program
}

/** Programs of yesterday's sources: nobody runs them any more. */
async function removeOld(): Promise<void> {
  const dayMs = 24 * 3_600_000
  for (const name of await readdir(cache)) {
    const path = join(cache, name)
    const found = name.startsWith('program-') ? await stat(path).catch(() => null) : null
    if (found && Date.now() - found.mtimeMs > dayMs) await rm(path, { recursive: true, force: true })
  }
}

const program = await builtProgram()
/** The installed command, and a script of the tests. */
export const installedCommand = join(program, 'bin/catalyst.js')
export const builtScript = (name: string): string => join(program, 'dist/tests/support', `${name}.js`)
