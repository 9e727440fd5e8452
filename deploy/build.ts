import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildProgram } from './program.ts'

/** Builds `dist`, from which the installed program runs. */
const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

await rm(dist, { recursive: true, force: true })
if (!(await buildProgram(join(root, 'deploy', 'tsconfig.json'), dist))) {
  // Half a build must not be what the next start finds.
  await rm(dist, { recursive: true, force: true })
  process.exit(1)
}
process.stdout.write(`built ${dist}\n`)
