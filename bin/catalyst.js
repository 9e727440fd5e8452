#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The built program when there is one, else the sources. */
const built = new URL('../dist/src/main.js', import.meta.url)
const isBuilt = existsSync(built)
const main = isBuilt ? built : new URL('../src/main.ts', import.meta.url)

if (!isBuilt) {
  const { register } = await import('tsx/esm/api')
  register()
}
// The program runs only when it is what was started; from here on it is.
process.argv[1] = fileURLToPath(main)
await import(main.href)
