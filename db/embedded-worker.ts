import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

/**
 * Postgres itself, inside this thread: bytes of the wire protocol come in, bytes go out, in order.
 * It lives apart from the main loop because a query blocks the thread that runs it.
 */
const port = parentPort
if (!port) throw new Error('this file runs as a worker thread')

const { dataDir, template } = workerData as { dataDir: string; template: Uint8Array<ArrayBuffer> | null }
const database = await PGlite.create({ dataDir, ...(template ? { loadDataDir: new Blob([template]) } : {}) })

type Request = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'dump' } | { readonly kind: 'close' }

async function answer(request: Request): Promise<void> {
  if (request.kind === 'close') {
    await database.close()
    port?.close()
    return
  }
  if (request.kind === 'dump') {
    const dump = new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer())
    port?.postMessage({ kind: 'dump', bytes: dump }, [dump.buffer])
    return
  }
  // As a stream: otherwise the database also reads each answer itself and keeps what it read for as long as it lives.
  const chunks: Uint8Array[] = []
  await database.execProtocolRawStream(request.bytes, { onRawData: (chunk) => chunks.push(new Uint8Array(chunk)) })
  const out = new Uint8Array(Buffer.concat(chunks))
  port?.postMessage({ kind: 'bytes', bytes: out }, [out.buffer])
}

// One request after the other: a failure is fatal, because the protocol stream cannot be picked up in the middle.
let last: Promise<void> = Promise.resolve()
port.on('message', (request: Request) => {
  last = last.then(() => answer(request))
})
port.postMessage({ kind: 'ready' })
