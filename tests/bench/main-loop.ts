import { monitorEventLoopDelay } from 'node:perf_hooks'
import { eventually } from '../support/bot.ts'
import { type Bench, line, sleep } from './support/measure.ts'
import { offer, startBench, story, symbols } from './support/world.ts'

/** How long nothing else gets its turn: 50 open positions, 20 alerts a second, one person watching. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick }) {
    const bot = await startBench()
    const { app } = bot.bot
    const all = await symbols(bot)
    for (const p of await offer(bot, all.slice(0, 56), 'held'))
      await bot.post(`/api/v1/proposals/${p.id}/approve`, { version: p.terms.version })
    await eventually('50 open positions', async () => (await app.read.openPositions()).length >= 50, 60_000)

    const watching = new AbortController()
    const stream = await fetch(new URL('/api/v1/stream', bot.url), { signal: watching.signal })
    const read = drain(stream)
    await sleep(2_000)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const until = performance.now() + (quick ? 5_000 : 20_000)
    const pending: Promise<unknown>[] = []
    for (let i = 0; performance.now() < until; i += 1) {
      pending.push(bot.alert(story(bot, `load-${i}`, all[60 + (i % 300)] ?? '')))
      await sleep(50)
    }
    await Promise.all(pending)
    delay.disable()
    watching.abort()
    await read
    await bot.stop()
    const ms = (nanoseconds: number) => nanoseconds / 1e6
    return [
      line('longest block of the main loop under load', [ms(delay.max)], 'ms', { of: 'p99', below: 50 }),
      {
        ...line('blocks of the main loop under load', [ms(delay.percentile(50))], 'ms'),
        samples: delay.count,
        p99: ms(delay.percentile(99)),
      },
    ]
  },
}

async function drain(stream: Response): Promise<void> {
  try {
    for await (const _ of stream.body ?? []);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
  }
}
