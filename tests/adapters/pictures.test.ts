import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { createPictures, type PicturesOptions, type StoppablePictures } from '../../src/adapters/pictures.ts'
import type { Drawing } from '../../src/ports/pictures.ts'
import { eventually } from '../support/bot.ts'
import { candlesDrawing } from '../support/drawings.ts'
import { decodePng } from '../support/png.ts'

/** Real threads: one that answers with the symbol's letters as bytes, and does as some symbols say. */
const script = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', (drawing) => {
    if (drawing.symbol === 'CRASH') throw new Error('out of paint')
    if (drawing.symbol === 'QUIT') process.exit(3)
    if (drawing.symbol === 'HANG') for (;;);
    if (drawing.symbol === 'BAD') return parentPort.postMessage({ problem: 'no such colour' })
    const answer = () => parentPort.postMessage({ png: new TextEncoder().encode(drawing.symbol) })
    drawing.symbol.startsWith('SLOW') ? setTimeout(answer, 300) : answer()
  })`

let pictures: StoppablePictures
afterEach(() => pictures.stop())

function given(change: Partial<PicturesOptions> = {}) {
  const workers: Worker[] = []
  const found: string[] = []
  const warned: object[] = []
  pictures = createPictures({
    find: async (name) => {
      found.push(name)
      return name === 'nothing' ? null : candlesDrawing({ symbol: name })
    },
    log: { warn: (facts) => warned.push(facts) },
    start: () => {
      const worker = new Worker(script, { eval: true })
      workers.push(worker)
      return worker
    },
    ...change,
  })
  const render = async (name: string): Promise<string | null> => {
    const png = await pictures.render({ name, alt: '' })
    return png && new TextDecoder().decode(png)
  }
  return { render, workers, found, warned }
}
const threads = (workers: readonly Worker[]): number => workers.filter((w) => w.threadId > 0).length

describe('pictures', () => {
  it('are drawn by the real worker, as a PNG of the size that was promised', async () => {
    pictures = createPictures({
      find: async (): Promise<Drawing> => candlesDrawing(),
      log: { warn: (facts, message) => expect.fail(`${message} ${JSON.stringify(facts)}`) },
      limits: { deadlineMs: 25_000, stuckMs: 25_000 },
    })
    const png = await pictures.render({ name: 'candles:NVDA', alt: '' })
    const { width, height } = decodePng(png ?? new Uint8Array())
    expect([width, height]).toEqual([1600, 900])
  })

  it('need no worker until there is one to draw, and share it', async () => {
    const { render, workers } = given()
    expect(await render('nothing')).toBeNull()
    expect(workers).toHaveLength(0)
    expect(await Promise.all(['A', 'B', 'C'].map(render))).toEqual(['A', 'B', 'C'])
    expect(workers).toHaveLength(1)
  })

  it('of one name are looked up and drawn once, also when asked for at the same time', async () => {
    const { render, found } = given()
    expect(await Promise.all([render('A'), render('A')])).toEqual(['A', 'A'])
    expect(await render('A')).toBe('A')
    expect(found).toEqual(['A'])
  })

  it('are drawn anew after a while', async () => {
    const { render, found } = given({ limits: { keepMs: 0 } })
    await render('A')
    await render('A')
    expect(found).toEqual(['A', 'A'])
  })

  it('are kept only so many of, the newest', async () => {
    const { render, found } = given({ limits: { mostKept: 2 } })
    for (const name of ['A', 'B', 'C', 'C', 'B', 'A']) await render(name)
    expect(found).toEqual(['A', 'B', 'C', 'A'])
  })

  it('that could not be drawn are tried again the next time, and the log says why', async () => {
    const { render, found, warned } = given()
    expect(await render('BAD')).toBeNull()
    expect(await render('BAD')).toBeNull()
    expect(found).toEqual(['BAD', 'BAD'])
    expect(warned[0]).toEqual({ picture: 'BAD', problem: 'no such colour' })
  })

  it('whose data cannot be had are no picture and no error', async () => {
    const { render, warned } = given({
      find: async () => {
        throw new Error('no database')
      },
    })
    expect(await render('A')).toBeNull()
    expect(warned).toEqual([{ picture: 'A', problem: 'no database' }])
  })

  it.each(['CRASH', 'QUIT'])('go on in a new worker after one that went down (%s); what waited is drawn', async (name) => {
    const { render, workers } = given()
    expect(await Promise.all([render(name), render('A')])).toEqual([null, 'A'])
    expect(workers).toHaveLength(2)
    await eventually('one thread is left', async () => threads(workers) === 1)
  })

  it('that take too long are given up by who asked, and are there for the next', async () => {
    const { render, found } = given({ limits: { deadlineMs: 100 } })
    expect(await render('SLOW')).toBeNull()
    expect(await eventually('it was drawn after all', () => render('SLOW'))).toBe('SLOW')
    expect(found).toEqual(['SLOW'])
  })

  it('whose data take too long are given up', async () => {
    const { render } = given({ limits: { deadlineMs: 50 }, find: () => new Promise<never>(() => undefined) })
    expect(await render('A')).toBeNull()
  })

  it('that get stuck cost their worker, and only that', async () => {
    const { render, workers, warned } = given({ limits: { stuckMs: 3_000, deadlineMs: 25_000 } })
    expect(await Promise.all([render('HANG'), render('A')])).toEqual([null, 'A'])
    expect(workers).toHaveLength(2)
    expect(warned).toEqual([{ picture: 'HANG', problem: 'not drawn within 3000 ms' }])
    await eventually('the stuck thread is gone', async () => threads(workers) === 1)
  })

  it('queue up only so far: beyond that a card does without', async () => {
    const { render } = given({ limits: { mostUnderWay: 2 } })
    expect(await Promise.all(['SLOW1', 'SLOW2', 'A'].map(render))).toEqual(['SLOW1', 'SLOW2', null])
    expect(await render('A')).toBe('A')
  })

  it('end their worker when nobody wants any for a while, and start it again', async () => {
    const { render, workers } = given({ limits: { idleMs: 20, keepMs: 0 } })
    await render('A')
    await eventually('the worker has ended', async () => threads(workers) === 0)
    expect(await render('A')).toBe('A')
    expect(workers).toHaveLength(2)
  })

  it('stop at once, in the middle of one too', async () => {
    const { render, workers } = given()
    const asked = [render('HANG'), render('A')]
    await eventually('it is being drawn', async () => workers.length === 1)
    await pictures.stop()
    expect(await Promise.all(asked)).toEqual([null, null])
    expect(threads(workers)).toBe(0)
    expect(await render('B')).toBeNull()
    expect(workers).toHaveLength(1)
  })
})
