import type { Worker } from 'node:worker_threads'
import type { FindDrawing, Pictures } from '../ports/pictures.ts'
import { startWorker } from '../runtime/start-worker.ts'
import { createRenderer } from './pictures/renderer.ts'

export interface PicturesOptions {
  readonly find: FindDrawing
  readonly log: { warn(facts: object, message: string): void }
  readonly limits?: Partial<PictureLimits>
  /** Starts what draws; the project's own worker when left out. */
  readonly start?: () => Worker
}
/** Real milliseconds, and numbers of pictures. */
export interface PictureLimits {
  /** Whoever asked waits this long at most. What comes later is there for the next who asks. */
  readonly deadlineMs: number
  readonly stuckMs: number
  readonly idleMs: number
  readonly keepMs: number
  readonly mostKept: number
  readonly mostUnderWay: number
}
const defaults: PictureLimits = { deadlineMs: 5_000, stuckMs: 15_000, idleMs: 120_000, keepMs: 60_000, mostKept: 40, mostUnderWay: 12 }

/** What a chart needs, several times over; a defect in a drawing must not take the bot's memory. */
const memory = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 } as const

export interface StoppablePictures extends Pictures {
  stop(): Promise<void>
}

/** Draws in a worker thread; what was asked for lately, or is being drawn already, is not drawn again. */
export function createPictures({ find, log, limits: changed = {}, start }: PicturesOptions): StoppablePictures {
  const limits = { ...defaults, ...changed }
  const { deadlineMs, keepMs, mostKept, mostUnderWay } = limits
  const renderer = createRenderer({
    ...limits,
    start: start ?? (() => startWorker(import.meta.url, './pictures/worker', { resourceLimits: memory })),
  })
  const kept = new Map<string, { readonly png: Promise<Uint8Array | null>; readonly until: number }>()
  let underWay = 0

  async function make(name: string): Promise<Uint8Array | null> {
    underWay += 1
    try {
      const drawing = await within(deadlineMs, find(name))
      return drawing && (await renderer.draw(drawing))
    } catch (error) {
      log.warn({ picture: name, problem: error instanceof Error ? error.message : String(error) }, 'a picture could not be drawn')
      return null
    } finally {
      underWay -= 1
    }
  }

  return {
    render({ name }) {
      const known = kept.get(name)
      if (known && known.until > performance.now()) return within(deadlineMs, known.png)
      // A card does without its picture sooner than a burst of cards keeps the machine drawing.
      if (underWay >= mostUnderWay) return Promise.resolve(null)
      const entry = { png: make(name), until: performance.now() + keepMs }
      kept.delete(name)
      kept.set(name, entry)
      for (const oldest of kept.keys()) {
        if (kept.size <= mostKept) break
        kept.delete(oldest)
      }
      // What could not be drawn may be drawn the next time.
      void entry.png.then((png) => png === null && kept.get(name) === entry && kept.delete(name))
      return within(deadlineMs, entry.png)
    },
    stop: () => renderer.stop(),
  }
}

/** Null when it takes longer. */
function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
