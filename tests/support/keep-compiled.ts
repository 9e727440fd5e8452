import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** No types of the browser are loaded here. */
const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> } }

/**
 * The embedded Postgres as the engine compiled it, for as long as this process lives. All threads share what is in use and
 * compile anew what is not: a test that opens one database after the other does so in half the time.
 */
export const compiledPostgres: WebAssembly.Module | null = process.env['TEST_DATABASE_URL']
  ? null
  : await engine.compile(await readFile(join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), 'pglite.wasm')))
