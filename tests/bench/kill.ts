import { createMaintenance } from '../../db/maintenance.ts'
import { occasion } from '../../src/app/context.ts'
import { storeTerms } from '../../src/domain/proposal.ts'
import { createHome, eventually, type TestBot } from '../support/bot.ts'
import { open, seedEvents, seedTrades } from './support/history.ts'
import { type Bench, line, timed } from './support/measure.ts'
import { offer, settings, startBench, symbols } from './support/world.ts'

const goal = { of: 'p99', below: 250 } as const
const working = 100
/** A few are refused by the market of the moment. */
const candidates = 120

/**
 * A kill with 100 working entries and 100 open cards: in the bot from the call to HALTED committed and every cancel sent, at the
 * client until the answer. Once in a quiet bot, and once while charts, an export of all trades and (where a second process can
 * open the database) a rebuild run.
 */
export const bench: Bench = {
  eachDatabase: true,
  async run(options) {
    const home = await createHome()
    const seeded = await open(home)
    await seedTrades(seeded, 0, options.quick ? 2_000 : 20_000)
    await seedEvents(seeded, options.quick ? 500 : 3_000)
    await seeded.close()
    const rounds = options.quick ? 1 : 6
    const bot = await startBench({
      home,
      // Slow time and a slow broker: what is accepted rests for as long as this takes.
      settings: settings({ symbols: 2 * rounds * candidates, latency_ms: 60_000, speed: 0.1 }),
    })
    const idle = await kills(bot, rounds, 0, () => async () => undefined)
    const loaded = await kills(bot, rounds, rounds, () => busy(bot))
    await bot.stop()
    const doing = options.database === 'postgres' ? 'rebuild, charts and export' : 'charts and export'
    return [
      line('kill, quiet: halted and cancels sent', idle.inside, 'ms', goal),
      line('kill, quiet: answer at the client', idle.client, 'ms', goal),
      line(`kill during ${doing}: halted, sent`, loaded.inside, 'ms', goal),
      line(`kill during ${doing}: answer`, loaded.client, 'ms', goal),
    ]
  },
}

async function kills(bot: TestBot, rounds: number, skip: number, begin: () => () => Promise<void>) {
  const all = await symbols(bot)
  const [inside, client]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    await prepare(bot, all.slice((skip + round) * candidates, (skip + round + 1) * candidates), `${skip + round}`)
    const end = begin()
    await new Promise((done) => setTimeout(done, 300))
    let report: { elapsed_ms: number; canceled_orders: number; voided_proposals: number } | null = null
    client.push(
      await timed(async () => {
        report = (await bot.post<NonNullable<typeof report>>('/api/v1/kill')).body
      }),
    )
    await end()
    const { elapsed_ms, canceled_orders, voided_proposals } = report ?? { elapsed_ms: Number.NaN, canceled_orders: 0, voided_proposals: 0 }
    if (canceled_orders < working || voided_proposals < working)
      throw new Error(`only ${canceled_orders} orders and ${voided_proposals} cards`)
    inside.push(elapsed_ms)
    await eventually('trading goes on', async () => (await bot.post('/api/v1/resume', { reason: 'the next round' })).status === 200)
  }
  return { inside, client }
}

/** 100 orders at work, by taps; 100 open cards, as copies of one. */
async function prepare(bot: TestBot, chosen: readonly string[], label: string): Promise<void> {
  const { app } = bot.bot
  const offered = await offer(bot, chosen, `kill-${label}`)
  const [model, ...rest] = offered
  if (!model || offered.length < working) throw new Error(`only ${offered.length} cards of ${chosen.length} alerts`)
  const meta = occasion(app, 'system')
  await app.store.transact(meta, async (tx) => {
    for (let i = 0; i < working; i += 1) {
      const stream = await tx.load('proposal', `copy-${label}-${i}`)
      const { alertId, side, intent, headline, source, category, url, publishedAt, factors, context, expiresAt } = model
      const copied = { alertId, side, intent, headline, source, category, url, publishedAt, factors, context, expiresAt }
      const own = { symbol: `CPY${i}`, terms: storeTerms(model.terms), storyKey: `copy-${label}-${i}`, at: meta.occurredAt }
      tx.append(stream, [{ type: 'ProposalOffered', ...copied, ...own }])
    }
  })
  for (const p of [model, ...rest]) await app.approve(p.id, { version: p.terms.version }, occasion(app, 'console:local'))
  await app.settled()
  await eventually(
    'the orders at work',
    async () => (await app.read.workingOrders()).filter((o) => o.role === 'entry' && o.status === 'accepted').length >= working,
  )
}

/** Keeps the bot busy until the returned function is called. */
function busy(bot: TestBot): () => Promise<void> {
  let going = true
  const over = async (work: () => Promise<unknown>) => {
    while (going) await work()
  }
  const chart = async () => {
    const [first] = await symbols(bot)
    await (await fetch(new URL(`/api/v1/bars?symbol=${first}&count=1000`, bot.url))).text()
  }
  const runs = [
    over(chart),
    over(async () => (await fetch(new URL('/api/v1/trades.csv', bot.url))).text()),
    over(() => bot.get('/api/v1/pnl?period=all')),
  ]
  if (bot.home.databaseUrl !== null) runs.push(rebuildAll(bot, () => going))
  return async () => {
    going = false
    await Promise.all(runs)
  }
}

async function rebuildAll(bot: TestBot, going: () => boolean): Promise<void> {
  const database = await open(bot.home)
  while (going()) await createMaintenance(database).rebuild()
  await database.close()
}
