import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildProgram } from '../../deploy/program.ts'
import { madeOnce } from './made-once.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
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
 */
const program = await madeOnce(`program-${sourcesId()}`, async (unfinished) => {
  // Types are checked elsewhere.
  const built = await buildProgram(join(import.meta.dirname, 'tsconfig.program.json'), join(unfinished, 'dist'), '--noCheck')
  if (!built) throw new Error('the sources do not compile')
  for (const part of ['bin', 'package.json']) await cp(join(root, part), join(unfinished, part), { recursive: true })
})
/** The installed command, and a script of the tests. */
export const installedCommand = join(program, 'bin/catalyst.js')
export const builtScript = (name: string): string => join(program, 'dist/tests/support', `${name}.js`)
