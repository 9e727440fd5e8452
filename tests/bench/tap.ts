import { type Bench, line, sleep } from './support/measure.ts'
import { approvePath, offer, startBench, symbols } from './support/world.ts'

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
      // People do not tap faster than this; the fills of the taps before go on meanwhile.
      await sleep(60)
      const until = accepted.get(`${proposal.id}-v${proposal.terms.version}`)
      // The first taps run code that nothing has run before.
      if (status !== 200 || until === undefined || i < 10) continue
      total.push(until - from)
      answer.push(answered - from)
    }
    await bot.stop()
    return [
      line('tap to order accepted and committed', total, 'ms', { of: 'p99', below: database === 'embedded' ? 25 : 10 }),
      line('tap to answer at the client', answer, 'ms'),
    ]
  },
}
