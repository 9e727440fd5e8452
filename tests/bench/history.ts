import { type BotHome, createHome, removeHome } from '../support/bot.ts'
import { open, seedTrades } from './support/history.ts'
import { type Bench, type Line, line, percentile, timed } from './support/measure.ts'
import { startBench } from './support/world.ts'

const asked = {
  '/pnl': ['POST', '/api/v1/commands', { text: '/pnl' }],
  '/pnl all': ['POST', '/api/v1/commands', { text: '/pnl all' }],
  '/positions': ['POST', '/api/v1/commands', { text: '/positions' }],
  '/trades': ['POST', '/api/v1/commands', { text: '/trades 50' }],
  'GET pnl?period=all': ['GET', '/api/v1/pnl?period=all', null],
  'GET positions?status=closed': ['GET', '/api/v1/positions?status=closed', null],
} as const

/** Whether looking things up gets slower as trades pile up: the same questions over 1 000, 20 000 and 200 000 closed trades. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick }) {
    const home = await createHome()
    const sizes = quick ? [1_000, 20_000] : [1_000, 20_000, 200_000]
    const found = new Map<string, (readonly number[])[]>()
    for (const [i, size] of sizes.entries()) {
      const database = await open(home)
      await seedTrades(database, sizes[i - 1] ?? 0, size)
      await database.close()
      for (const [name, samples] of await ask(home, quick ? 20 : 40)) found.set(name, [...(found.get(name) ?? []), samples])
    }
    await removeHome(home)
    return [...found].flatMap(([name, bySize]) => rows(name, sizes, bySize))
  },
}

async function ask(home: BotHome, times: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const bot = await startBench({ home })
  const answers = new Map<string, number[]>()
  for (const [name, [method, path, body]] of Object.entries(asked)) {
    const once = () => (method === 'GET' ? bot.get(path) : bot.post(path, body))
    for (let i = 0; i < 5; i += 1) await once()
    const samples: number[] = []
    for (let i = 0; i < times; i += 1) samples.push(await timed(once))
    answers.set(name, samples)
  }
  await bot.stop({ keep: true })
  return answers
}

function rows(name: string, sizes: readonly number[], bySize: readonly (readonly number[])[]): readonly Line[] {
  const medians = bySize.map((samples) => percentile(samples, 0.5))
  const ratio = (medians.at(-1) ?? Number.NaN) / (medians[0] ?? Number.NaN)
  return [
    ...bySize.map((samples, i) => line(`${name}, ${sizes[i]} trades`, samples, 'ms')),
    line(`${name}, ${sizes.at(-1)} against ${sizes[0]}`, [ratio], 'times', { of: 'p50', below: 1.5 }),
  ]
}
