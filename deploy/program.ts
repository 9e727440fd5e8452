import { spawnSync } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPage } from '../src/adapters/chat/console/bundle.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * A program that runs without its sources and without the bundler: compiled files, page and migrations, in the folders of the
 * checkout.
 * @param project the tsconfig that says which files.
 * @returns false when they do not compile; the compiler has said why.
 */
export async function buildProgram(project: string, into: string, ...flags: readonly string[]): Promise<boolean> {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  const compiled = spawnSync(process.execPath, [compiler, '-p', project, '--outDir', into, ...flags], { stdio: 'inherit' })
  if (compiled.status !== 0) return false

  const page = join(into, 'src/adapters/chat/console/page-dist')
  await mkdir(page, { recursive: true })
  for (const [name, content] of await buildPage()) await writeFile(join(page, name), content)
  await cp(join(root, 'db/migrations'), join(into, 'db/migrations'), { recursive: true })
  return true
}
