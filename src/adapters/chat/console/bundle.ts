import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** One file of the page, ready to be sent. */
export interface PageFile {
  readonly body: Buffer
  readonly contentType: string
  /** Quoted, as the header wants it. */
  readonly etag: string
  readonly gzip: Buffer
}

/** What is served as it lies in the folder. */
const plainFiles = ['index.html', 'manifest.webmanifest', 'icon.svg', 'icon-maskable.svg'] as const

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

let built: Promise<ReadonlyMap<string, Buffer>> | null = null

/**
 * The names and contents of the page's files, built from source once in a process: of two builds at the same time, the first to
 * end would stop the bundler under the other. `deploy` writes them to `page-dist/`. @throws when it does not build.
 */
export function buildPage(): Promise<ReadonlyMap<string, Buffer>> {
  built ??= bundle()
  return built
}

async function bundle(): Promise<ReadonlyMap<string, Buffer>> {
  const { build, stop } = await import('esbuild')
  const source = folder('./page/')
  const bundled = await build({
    absWorkingDir: source,
    entryPoints: [
      { in: 'main.tsx', out: 'app' },
      { in: 'styles/app.css', out: 'app' },
      { in: 'theme.ts', out: 'theme' },
    ],
    outdir: '/',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    conditions: ['production'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
  })
  // The bundler works in a process of its own, which would stay for nothing.
  await stop()
  const files = new Map(bundled.outputFiles.map((file) => [file.path.slice(file.path.lastIndexOf('/') + 1), Buffer.from(file.contents)]))
  for (const name of plainFiles) files.set(name, await readFile(source + name))
  return files
}

/** A built page beside this file wins: an installed program neither has the sources nor needs the bundler. */
async function prebuilt(): Promise<ReadonlyMap<string, Buffer> | null> {
  const dist = folder('./page-dist/')
  const names = await readdir(dist).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (names === null) return null
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(dist + name)] as const)))
}

function describe(name: string, body: Buffer): PageFile {
  return {
    body,
    contentType: contentTypes[extname(name)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    gzip: gzipSync(body, { level: 9 }),
  }
}

/** The page by URL path: `/`, `/app.js`, `/app.css`, `/theme.js`, the manifest and the icons. */
export async function loadPage(): Promise<ReadonlyMap<string, PageFile>> {
  const files = (await prebuilt()) ?? (await buildPage())
  return new Map([...files].map(([name, body]) => [name === 'index.html' ? '/' : `/${name}`, describe(name, body)]))
}
