import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { createPictures } from '../../src/adapters/pictures.ts'
import { createFindDrawing } from '../../src/app/picture-data.ts'
import { type Bench, line, sleep, timed } from './support/measure.ts'
import { offer, startBench, symbols } from './support/world.ts'

/** Charts as cards want them, from the bot's own books: the first one starts the worker, and none may hold the main loop up. */
export const bench: Bench = {
  eachDatabase: false,
  async run({ quick }) {
    const bot = await startBench()
    const { app } = bot.bot
    const all = await symbols(bot)
    const offered = await offer(bot, all.slice(0, quick ? 10 : 40), 'pictures')
    await app.mark()
    const names = [
      ...offered.map((p) => `candles:${p.id}:${p.terms.version}`),
      ...all.slice(50, quick ? 60 : 100).map((s) => `candles:${s}`),
    ]

    const [first, further, sizes]: [number[], number[], number[]] = [[], [], []]
    for (let i = 0; i < (quick ? 2 : 6); i += 1) {
      const fresh = pictures()
      first.push(await timed(() => draw(fresh, names[i] ?? '', sizes)))
      await fresh.stop()
    }
    const warm = pictures()
    await draw(warm, 'equity:today', sizes)
    const drawing = monitorEventLoopDelay({ resolution: 1 })
    drawing.enable()
    const took = await timed(async () => {
      for (const name of names) further.push(await timed(() => draw(warm, name, sizes)))
    })
    drawing.disable()
    // What the machine and the bot itself do to the loop in as long a time: on a busy machine that is the larger part.
    const resting = monitorEventLoopDelay({ resolution: 1 })
    resting.enable()
    await sleep(took)
    resting.disable()
    const [kept = ''] = names.slice(-1)
    const again: number[] = []
    for (let i = 0; i < 100; i += 1) again.push(await timed(() => draw(warm, kept, [])))
    await warm.stop()
    await bot.stop()
    return [
      line('first picture: worker started and drawn', first, 'ms', { of: 'p99', below: 5_000 }),
      line('further picture: looked up and drawn', further, 'ms'),
      line('picture asked for again', again, 'ms'),
      line('size of a picture', sizes, 'kB', { of: 'p99', below: 150 }),
      line('longest block of the main loop while drawing', [drawing.max / 1e6], 'ms', { of: 'p99', below: 50 }),
      blocks('blocks of the main loop while drawing', drawing),
      line('longest block in as long a time without', [resting.max / 1e6], 'ms'),
      blocks('blocks in as long a time without', resting),
    ]

    function pictures() {
      return createPictures({ find: createFindDrawing(app), log: app.log, limits: { deadlineMs: 30_000, stuckMs: 30_000 } })
    }
  },
}

const blocks = (name: string, delay: IntervalHistogram) => ({
  ...line(name, [delay.percentile(50) / 1e6], 'ms'),
  samples: delay.count,
  p99: delay.percentile(99) / 1e6,
})

async function draw(pictures: ReturnType<typeof createPictures>, name: string, sizes: number[]): Promise<void> {
  const png = await pictures.render({ name, alt: '' })
  if (!png) throw new Error(`${name} was not drawn`)
  sizes.push(png.byteLength / 1_000)
}
