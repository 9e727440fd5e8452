import { type Bench, line } from './support/measure.ts'
import { approvePath, offer, startBench, symbols } from './support/world.ts'

/** How many approvals become accepted orders in a second when everybody taps at once. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick }) {
    const bot = await startBench()
    const { app } = bot.bot
    const proposals = await offer(bot, (await symbols(bot)).slice(0, quick ? 60 : 250), 'many')
    let accepted = 0
    app.store.onCommitted((events) => {
      accepted += events.filter((e) => e.event.type === 'OrderAccepted').length
    })
    const from = performance.now()
    const answers = await Promise.all(proposals.map((p) => bot.post(approvePath(p), { version: p.terms.version })))
    const answered = performance.now()
    await app.settled()
    const done = performance.now()
    const approved = answers.filter((a) => a.status === 200).length
    await bot.stop()
    return [
      line('approvals answered at once', [(approved * 1000) / (answered - from)], 'a second'),
      line('approvals to accepted orders at once', [(Math.min(approved, accepted) * 1000) / (done - from)], 'a second'),
    ]
  },
}
