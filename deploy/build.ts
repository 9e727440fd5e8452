import { spawnSync } from 'node:child_process'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPage } from '../src/adapters/chat/console/bundle.ts'

/** Builds `dist`, from which the program runs without its sources and without the bundler. */
const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

await rm(dist, { recursive: true, force: true })
const compiled = spawnSync(process.execPath, [compiler, '-p', join(root, 'deploy', 'tsconfig.json')], { stdio: 'inherit' })
if (compiled.status !== 0) {
  // Half a build must not be what the next start finds.
  await rm(dist, { recursive: true, force: true })
  process.exit(1)
}

const page = join(dist, 'src/adapters/chat/console/page-dist')
await mkdir(page, { recursive: true })
for (const [name, content] of await buildPage()) await writeFile(join(page, name), content)

await cp(join(root, 'db/migrations'), join(dist, 'db/migrations'), { recursive: true })
process.stdout.write(`built ${dist}\n`)
