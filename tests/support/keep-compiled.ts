import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** No types of the browser are loaded here. */
const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> } }

let kept: Promise<WebAssembly.Module> | null = null

/**
 * Keeps the embedded Postgres as the engine compiled it for as long as this process lives. All threads share what is in use and
 * compile anew what is not: a test that opens one database after the other does so in half the time.
 */
export async function keepPostgresCompiled(): Promise<void> {
  const folder = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'))
  kept ??= readFile(join(folder, 'pglite.wasm')).then((bytes) => engine.compile(bytes))
  await kept
}
