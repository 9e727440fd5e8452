import { eventually, type TestBot } from '../support/bot.ts'
import { type Bench, line, sleep, timed } from './support/measure.ts'
import { startBench, story, symbols } from './support/world.ts'

/** Signed alerts: a steady stream, and a thousand at the same moment. An answer counts only when its alert is found stored. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick }) {
    const bot = await startBench()
    const all = await symbols(bot)
    const post = (id: string, i: number) => bot.alert(story(bot, id, all[i % all.length] ?? ''))
    for (let i = 0; i < 20; i += 1) await post(`warm-${i}`, i)

    const stream: number[] = []
    const pending: Promise<void>[] = []
    const count = quick ? 200 : 1_000
    const from = performance.now()
    for (let i = 0; i < count; i += 1) {
      await sleep(Math.max(0, from + i * 10 - performance.now()))
      pending.push(timed(() => accepted(post(`stream-${i}`, i))).then((ms) => void stream.push(ms)))
    }
    await Promise.all(pending)

    const unstored: string[] = []
    const burst = await timed(() =>
      Promise.all(
        Array.from({ length: 1_000 }, async (_, i) => {
          const id = await accepted(post(`burst-${i}`, i))
          if (i % 50 === 0 && !(await bot.bot.app.read.alert(id))) unstored.push(id)
        }),
      ),
    )
    const missing = unstored.length + (1_020 + count - (await countAlerts(bot)))
    const judged = await timed(() =>
      eventually('all alerts judged', async () => (await bot.bot.app.read.unjudgedAlerts(1)).length === 0, 120_000),
    )
    await bot.stop()
    return [
      line('alert, 100 a second: answer', stream, 'ms', { of: 'p99', below: 50 }),
      line('1000 alerts at once: all stored and answered', [burst], 'ms', { of: 'p99', below: 5_000 }),
      line('alerts answered and not stored', [missing], 'alerts', { of: 'p99', below: 1 }),
      line('1000 alerts at once: judged, after the last answer', [judged], 'ms'),
    ]
  },
}

async function accepted(answer: ReturnType<TestBot['alert']>): Promise<string> {
  const { status, body } = await answer
  if (status !== 202) throw new Error(`an alert was answered ${status}: ${JSON.stringify(body)}`)
  return String(body['alert_id'] ?? body['id'])
}

async function countAlerts(bot: TestBot): Promise<number> {
  let [stored, cursor]: [number, string | undefined] = [0, undefined]
  do {
    const page = await bot.bot.app.read.alerts({ limit: 200, cursor })
    stored += page.items.length
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return stored
}
