import type { Worker } from 'node:worker_threads'
import type { Drawing } from '../../ports/pictures.ts'

/** What the worker says to each drawing, in order. */
export type Answer = { readonly png: Uint8Array<ArrayBuffer> } | { readonly problem: string }

export interface RendererOptions {
  readonly start: () => Worker
  /** Real milliseconds after which a drawing under way counts as stuck, and its worker is ended. */
  readonly stuckMs: number
  /** Real milliseconds without a drawing after which the worker ends, and with it the memory that it takes. */
  readonly idleMs: number
}

/** One worker thread, there only while something is drawn and a while after; one drawing at a time. */
export interface Renderer {
  /** @throws Error when it cannot be drawn: the next one gets a new worker. */
  draw(drawing: Drawing): Promise<Uint8Array>
  stop(): Promise<void>
}

interface Job {
  readonly drawing: Drawing
  readonly done: (png: Uint8Array) => void
  readonly failed: (error: Error) => void
}

export function createRenderer({ start, stuckMs, idleMs }: RendererOptions): Renderer {
  const waiting: Job[] = []
  let worker: Worker | null = null
  let current: Job | null = null
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const end = async (): Promise<void> => {
    const ended = worker
    worker = null
    await ended?.terminate()
  }
  const finish = (settle: (job: Job) => void): void => {
    clearTimeout(timer)
    const job = current
    current = null
    if (job) settle(job)
    next()
  }
  const lose = (error: Error): void => {
    void end()
    finish((job) => job.failed(error))
  }

  function begin(): Worker {
    const started = start()
    // Nothing that is drawn is worth keeping the process for.
    started.unref()
    started.on('message', (answer: Answer) => {
      if (worker === started) finish((job) => ('png' in answer ? job.done(answer.png) : job.failed(new Error(answer.problem))))
    })
    started.on('error', (error) => worker === started && lose(error))
    started.on('exit', (code) => worker === started && lose(new Error(`the worker ended with code ${code}`)))
    return started
  }

  function next(): void {
    if (current) return
    const job = waiting.shift()
    if (!job) {
      timer = setTimeout(end, idleMs).unref()
      return
    }
    clearTimeout(timer)
    current = job
    worker ??= begin()
    timer = setTimeout(() => lose(new Error(`not drawn within ${stuckMs} ms`)), stuckMs)
    worker.postMessage(job.drawing)
  }

  return {
    draw: (drawing) =>
      new Promise((done, failed) => {
        if (stopped) return failed(new Error('pictures have stopped'))
        waiting.push({ drawing, done, failed })
        next()
      }),
    async stop() {
      stopped = true
      clearTimeout(timer)
      for (const job of [...(current ? [current] : []), ...waiting.splice(0)]) job.failed(new Error('pictures have stopped'))
      current = null
      await end()
    },
  }
}
