import { eventually, type TestBot } from '../support/bot.ts'
import { type Bench, line, sleep } from './support/measure.ts'
import { approvePath, offer, startBench, symbols } from './support/world.ts'

/** Again and again: what was approved a moment ago fills a moment later. */
async function closeAll(bot: TestBot): Promise<void> {
  const { read } = bot.bot.app
  while ((await read.openPositions()).length > 0 || (await read.workingOrders()).length > 0) {
    await bot.post('/api/v1/positions/close-all')
    await sleep(1_000)
  }
}

/** From the moment a tap is sent to the moment its order is accepted at the broker and that is committed. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick, database }) {
    const bot = await startBench()
    const accepted = new Map<string, number>()
    bot.bot.app.store.onCommitted((events) => {
      const now = performance.now()
      for (const e of events) if (e.event.type === 'OrderAccepted') accepted.set(e.streamId, now)
    })
    const proposals = await offer(bot, (await symbols(bot)).slice(0, quick ? 60 : 280), 'tap')
    const [total, answer]: [number[], number[]] = [[], []]
    for (const [i, proposal] of proposals.entries()) {
      const from = performance.now()
      const { status } = await bot.post(approvePath(proposal), { version: proposal.terms.version })
      const answered = performance.now()
      // The price may have moved away, or a check may deny.
      if (status !== 200) continue
      const orderId = `${proposal.id}-v${proposal.terms.version}`
      const until = await eventually('the order accepted', async () => accepted.get(orderId))
      // People do not tap faster than this; the fills of the taps before go on meanwhile.
      await sleep(60)
      // The first taps run code that nothing has run before.
      if (i < 10) continue
      total.push(until - from)
      answer.push(answered - from)
      // Nobody holds hundreds of positions; each brings two protective orders that every later judgement reads.
      if (i % 40 === 39) await closeAll(bot)
    }
    await bot.stop()
    return [
      line('tap to order accepted and committed', total, 'ms', { of: 'p99', below: database === 'embedded' ? 25 : 10 }),
      line('tap to answer at the client', answer, 'ms'),
    ]
  },
}
