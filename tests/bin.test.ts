import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'bin/catalyst.js')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }

/** The program as a person starts it: a process of its own. */
const catalyst = (program: string, ...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', cwd: root })
  return { status, stdout, stderr }
}

test('the installed command runs, also through the link that npm makes', () => {
  const link = join(mkdtempSync(join(tmpdir(), 'catalyst-bin-')), 'catalyst')
  symlinkSync(bin, link)
  for (const program of [bin, link]) expect(catalyst(program, '--version')).toMatchObject({ status: 0, stdout: `${version}\n` })
})

test('its exit code says that the usage was wrong', () => {
  const { status, stderr } = catalyst(bin, 'strat')
  expect(status).toBe(2)
  expect(stderr).toContain('Did you mean start?')
})
