import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSimulatedBroker } from '../../src/adapters/brokers/simulated.ts'
import { firstLiveDay } from '../../src/adapters/market/simulated/days.ts'
import { deliveriesBetween } from '../../src/adapters/market/simulated/news.ts'
import { createSchedule } from '../../src/adapters/market/simulated/schedule.ts'
import { buildUniverse } from '../../src/adapters/market/simulated/universe.ts'
import { createSimulatedMarket } from '../../src/adapters/market/simulated.ts'
import { end } from '../../src/app/change-proposal.ts'
import { type AppContext, freshStatus } from '../../src/app/context.ts'
import { judgeOne } from '../../src/app/judge-alert.ts'
import { createMarker } from '../../src/app/mark-to-market.ts'
import { raiseAlert } from '../../src/app/raise-alert.ts'
import { lookAtMarket, readBooks, riskContext } from '../../src/app/risk-context.ts'
import { configSchema } from '../../src/config/schema.ts'
import type { Settings } from '../../src/config/settings.ts'
import type { Alert } from '../../src/domain/alert.ts'
import { sessionAt } from '../../src/domain/calendar.ts'
import { judgeEntry } from '../../src/domain/risk/verdict.ts'
import { entryRequest } from '../../src/domain/trade-plan.ts'
import { checks, loadPlugins, sizingMethods } from '../../src/plugins.ts'
import type { MarketData } from '../../src/ports/market-data.ts'
import { silentLog, type TestDatabase, testDatabase } from '../support/database.ts'
import { hasRealBars, seenThroughIex } from '../support/iex-quotes.ts'
import { soleLeader } from '../support/sole-leader.ts'

const patience = { timeout: 10 * 60_000 }
const wanted = process.env['CATALYST_SOAK'] ? 4_000 : 400
const dayMs = 86_400_000
/** From seeing the card to the tap. */
const tapAfterMs = 15_000
/** What an alert, its market or its moment can be to blame for; the plan and the limits must not be. */
const notClean: ReadonlySet<string> = new Set(['SYMBOL_HALTED', 'OUTSIDE_SESSION'])
const ownFault: ReadonlySet<string> = new Set([
  'STOP_MISSING',
  'STOP_WRONG_SIDE',
  'STOP_TOO_TIGHT',
  'STOP_TOO_WIDE',
  'SUB_PENNY',
  'POSITION_TOO_LARGE',
  'POSITION_TOO_SMALL',
])

const seeded = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

class Histogram {
  readonly counts = new Map<string, number>()
  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }
  toString(): string {
    return [...this.counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${count} × ${name}`)
      .join(', ')
  }
}

describe('with the configuration that everybody starts with', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())

  /** A book without positions and orders, on the simulated market at a time of our choice. */
  async function desk(see: (market: MarketData) => MarketData) {
    const armed = await loadPlugins(checks)
    const methods = await loadPlugins(sizingMethods)
    const settings: Settings = configSchema(armed, methods).parse({})
    let now = firstLiveDay().open
    const clock = { now: () => now, speed: 1 }
    const market = createSimulatedMarket({ clock, store: database.keyValue, settings: settings.simulation, log: silentLog })
    const broker = await createSimulatedBroker({ feed: market, clock, store: database.keyValue, settings: () => settings, log: silentLog })
    await database.securities.saveSecurities(await market.securities())
    const method = methods.find(({ name }) => name === settings.sizing.method)
    if (!method) throw new Error('no sizing method')
    const context: AppContext = {
      clock,
      store: database.store,
      read: database.read,
      broker,
      market: see(market),
      log: silentLog,
      names: { note: () => undefined, of: (id) => id },
      lead: soleLeader,
      watermark: { at: () => null, opening: () => null, advance: async () => undefined, open: async () => undefined },
      settings: () => settings,
      checks: () => armed.map((check) => ({ check, limits: settings.risk[check.code.toLowerCase()] })),
      sizing: () => ({ method, settings: settings.sizing[method.name] }),
      status: { ...freshStatus(), reconciling: false },
    }
    // The look at the account that every start takes: what a day may lose is reckoned from it.
    await createMarker(context).mark({ now: true })
    const { seed, symbols, catalysts_per_hour } = settings.simulation
    const companies = buildUniverse(seed, symbols)
    const schedule = createSchedule(seed, companies, catalysts_per_hour)
    const deliveries = (day: number) =>
      deliveriesBetween(
        { schedule, companies },
        firstLiveDay().open + day * dayMs - dayMs / 4,
        firstLiveDay().open + day * dayMs + dayMs / 2,
      )
    const moveTo = (at: number) => {
      now = at
    }
    return { context, deliveries, moveTo }
  }

  /** Raises the market's own alerts, and taps each card that comes of them a little later, until there were enough clean ones. */
  async function run(see: (market: MarketData) => MarketData, enough: number) {
    const { context, deliveries, moveTo } = await desk(see)
    const filters = new Histogram()
    const denials = new Histogram()
    const warnings = new Histogram()
    let clean = 0
    let approvable = 0
    for (let day = 0; clean < enough; day++) {
      for (const { content, at } of deliveries(day)) {
        if (clean >= enough || sessionAt(at) !== 'regular' || sessionAt(at + tapAfterMs) !== 'regular') continue
        moveTo(at)
        const meta = {
          actor: 'source:simulated',
          correlationId: content.sourceId,
          causationId: null,
          occurredAt: new Date(at).toISOString(),
        }
        const { alertId } = await raiseAlert(context, content, meta)
        const alert = await context.read.alert(alertId)
        if (!alert) throw new Error('the alert was not stored')
        await judgeOne(context, alert)
        const judged: Alert | null = await context.read.alert(alertId)
        if (judged?.status === 'merged') filters.add('the same story again')
        if (judged?.status === 'filtered') filters.add((judged.reason ?? '').replaceAll(/[\d.]+/g, '#').replace(/\b[A-Z]{2,5}\b/, 'SYMBOL'))
        const proposal = judged?.status === 'proposed' && judged.proposalId ? await context.read.proposal(judged.proposalId) : null
        if (!proposal) continue
        // The tap comes a little later, at the quote of then.
        moveTo(at + tapAfterMs)
        const look = await lookAtMarket(context, proposal.symbol)
        const books = await readBooks(context, proposal.symbol, context.read)
        const verdict = judgeEntry(riskContext(context, entryRequest(proposal), look, books), context.checks())
        const codes = new Set([...proposal.denials, ...(verdict.approved ? [] : verdict.entry.denials)].map(({ code }) => code))
        for (const code of codes) denials.add(code)
        for (const { code } of proposal.warnings) warnings.add(code)
        await end(context, proposal.id, { type: 'ProposalExpired', at: meta.occurredAt, reason: 'next' }, meta)
        if ([...codes].some((code) => notClean.has(code))) continue
        clean += 1
        if (codes.size === 0) approvable += 1
      }
    }
    const share = ((100 * approvable) / clean).toFixed(1)
    console.info(
      `${approvable} of ${clean} clean proposals can be approved (${share} %). Denials: ${denials}. Warnings: ${warnings}. Filtered: ${filters}.`,
    )
    return { share: approvable / clean, denied: [...denials.counts.keys()] }
  }

  it(`nine in ten of ${wanted} clean proposals can be approved, and no plan denies itself`, patience, async () => {
    const { share, denied } = await run((market) => market, wanted)
    expect(denied.filter((code) => ownFault.has(code))).toEqual([])
    expect(share).toBeGreaterThanOrEqual(0.9)
  })

  describe.skipIf(!hasRealBars)('with quotes as old as they are on IEX', () => {
    it('nine in ten clean proposals in liquid symbols can be approved', patience, async () => {
      const { share, denied } = await run((market) => seenThroughIex(market, 1, seeded(7)), 400)
      expect(denied.filter((code) => ownFault.has(code))).toEqual([])
      expect(share).toBeGreaterThanOrEqual(0.9)
    })

    it('in symbols that trade a hundredth of that, old quotes are what denies', patience, async () => {
      const { denied } = await run((market) => seenThroughIex(market, 0.01, seeded(7)), 200)
      expect(denied).toContain('QUOTE_STALE')
    })
  })
})
