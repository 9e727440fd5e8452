import { once } from 'node:events'
import { Duplex } from 'node:stream'
import type { Worker } from 'node:worker_threads'
import { startWorker } from '../src/runtime/start-worker.ts'

type Answer = { readonly kind: 'ready' } | { readonly kind: 'bytes' | 'dump'; readonly bytes: Uint8Array<ArrayBuffer> }

/** A Postgres of our own, in a worker thread. One connection at a time. */
export interface EmbeddedPostgres {
  /** A socket to it, for postgres.js. @throws Error when it has stopped. */
  socket(): Duplex
  /** The whole data folder as a tar archive, to start another one from. */
  dump(): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

/** The terminate message of the wire protocol: a goodbye that the embedded server must not take as its own end. */
const isGoodbye = (chunk: Buffer): boolean => chunk.length === 5 && chunk[0] === 0x58

/** Real milliseconds that the embedded server may take to close its files. */
const closeDeadlineMs = 3_000

/** What postgres.js needs of a socket. What is written in one go travels as one message, and its answers come back as one. */
class WorkerSocket extends Duplex {
  readonly #worker: Worker
  #unsent: Buffer[] = []
  constructor(worker: Worker) {
    super()
    this.#worker = worker
  }
  get readyState(): 'open' | 'closed' {
    return this.destroyed ? 'closed' : 'open'
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (!isGoodbye(chunk) && this.#unsent.push(chunk) === 1) process.nextTick(() => this.#send())
    done()
  }
  #send(): void {
    const bytes = new Uint8Array(Buffer.concat(this.#unsent))
    this.#unsent = []
    this.#worker.postMessage({ kind: 'bytes', bytes }, [bytes.buffer])
  }
  override _final(done: () => void): void {
    done()
    this.destroy()
  }
}

/**
 * @param dataDir a folder, or `memory://` for one that is gone with the process.
 * @param template an archive from `dump` to start from instead of an empty database.
 */
export async function startEmbedded(dataDir: string, template: Uint8Array | null = null): Promise<EmbeddedPostgres> {
  const worker = startWorker(import.meta.url, './embedded-worker', { workerData: { dataDir, template } })
  let current: Duplex | null = null
  let stopped: Error | null = null
  let onDump: ((bytes: Uint8Array<ArrayBuffer>) => void) | null = null

  const stop = (error: Error) => {
    stopped ??= error
    current?.destroy(stopped)
  }
  worker.on('error', (error) => stop(new Error(`the embedded database failed: ${error.message}`, { cause: error })))
  worker.on('exit', () => stop(new Error('the embedded database has stopped')))

  await once(worker, 'message')
  worker.on('message', (message: Answer) => {
    if (message.kind === 'bytes') current?.push(Buffer.from(message.bytes.buffer))
    else if (message.kind === 'dump') onDump?.(message.bytes)
  })

  return {
    socket() {
      if (stopped) throw stopped
      current = new WorkerSocket(worker)
      return current
    },
    dump: () =>
      new Promise((resolve) => {
        onDump = resolve
        worker.postMessage({ kind: 'dump' })
      }),
    async close() {
      if (stopped) return
      const exit = once(worker, 'exit')
      worker.postMessage({ kind: 'close' })
      // It does not always come to its end. Everything that was committed is in the folder, as after any sudden end.
      const late = setTimeout(() => void worker.terminate(), closeDeadlineMs)
      await exit
      clearTimeout(late)
    },
  }
}
