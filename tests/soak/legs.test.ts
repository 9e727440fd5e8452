import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { occasion } from '../../src/app/context.ts'
import type { Broker } from '../../src/ports/broker.ts'
import type { EventStore } from '../../src/ports/event-store.ts'
import { wrongInBooks } from '../support/books.ts'
import { type BotHome, createHome, plainBroker, removeHome, roomyLimits, startTestBot, type TestBot } from '../support/bot.ts'

const soak = process.env['CATALYST_SOAK'] !== undefined
const runs = soak ? 60 : 1
const minutes = 30
const symbols = Array.from({ length: 12 }, (_, i) => `S${String.fromCharCode(65 + i)}`)
const firstMinute = Date.parse('2024-03-05T14:30:00Z')

/** Stops and targets so near that most positions meet one of them. */
const settings = {
  simulation: { ...plainBroker.simulation, partial_fill_rate: 0.5 },
  exits: { fallback_stop_percent: 2.5, fallback_target_percent: 3 },
  execution: { entry_fill_timeout_seconds: 150, protect_deadline_seconds: 60 },
  risk: { ...roomyLimits, duplicate_order: { seconds: 0 }, cooldown_after_stop: { minutes: 0 } },
}

interface World {
  /** For each symbol and minute: the way of the price in tenths of a percent, and the volume. */
  readonly bars: readonly (readonly { readonly open: number; readonly up: number; readonly down: number; readonly volume: number }[])[]
  /** What happens after each minute. */
  readonly deeds: readonly Deed[]
}
type Deed = { readonly kind: 'alert' | 'approve' | 'close' | 'wait' | 'kill' | 'crash'; readonly which: number }

const bar = fc.record({
  open: fc.integer({ min: -12, max: 12 }),
  up: fc.integer({ min: 0, max: 25 }),
  down: fc.integer({ min: 0, max: 25 }),
  // A tenth may be traded: from nothing at all to more than a whole order.
  volume: fc.oneof(fc.constant(0), fc.integer({ min: 10, max: 900 }), fc.constant(50_000)),
})
const deed = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('alert' as const, 'approve' as const) },
    { weight: 2, arbitrary: fc.constant('wait' as const) },
    { weight: 3, arbitrary: fc.constantFrom('close' as const, 'crash' as const) },
    { weight: 1, arbitrary: fc.constant('kill' as const) },
  ),
  which: fc.nat(1_000),
})
const world: fc.Arbitrary<World> = fc.record({
  bars: fc.array(fc.array(bar, { minLength: minutes, maxLength: minutes }), { minLength: symbols.length, maxLength: symbols.length }),
  deeds: fc.array(deed, { minLength: minutes * 3, maxLength: minutes * 3 }),
})

async function writeBars(folder: string, bars: World['bars']): Promise<void> {
  for (const [i, symbol] of symbols.entries()) {
    let last = 3_000
    const rows = ['time,open,high,low,close,volume', `${new Date(firstMinute).toISOString()},30,30,30,30,50000`]
    for (const [minute, { open, up, down, volume }] of (bars[i] ?? []).entries()) {
      const first = last + open * 3
      const [high, low] = [first + up * 3, first - down * 3]
      last = minute % 2 === 0 ? high : low
      const time = new Date(firstMinute + (minute + 1) * 60_000).toISOString()
      rows.push([time, ...[first, high, low, last].map((cents) => (cents / 100).toFixed(2)), volume].join(','))
    }
    // Then a quiet hour, for the lives that come late.
    for (let minute = minutes + 1; minute <= minutes + 60; minute++) {
      const quiet = (last / 100).toFixed(2)
      rows.push([new Date(firstMinute + minute * 60_000).toISOString(), quiet, quiet, quiet, quiet, 50_000].join(','))
    }
    await writeFile(join(folder, `${symbol}.csv`), `${rows.join('\n')}\n`)
  }
}

/** A process that is gone: from one moment on nothing it does reaches its books or its broker. */
function mortal() {
  let left = Number.POSITIVE_INFINITY
  const alive = <T>(act: () => Promise<T>): Promise<T> => {
    left -= 1
    return left < 0 ? Promise.reject(new Error('the process is gone')) : act()
  }
  const wrap = {
    store: (store: EventStore): EventStore => ({ ...store, transact: (meta, work) => alive(() => store.transact(meta, work)) }),
    broker: (broker: Broker): Broker => ({
      ...broker,
      submitEntry: (entry) => alive(() => broker.submitEntry(entry)),
      submitReducing: (order) => alive(() => broker.submitReducing(order)),
      cancel: (id) => alive(() => broker.cancel(id)),
    }),
  }
  return {
    wrap,
    /** @param acts how many more acts succeed. */
    die(acts: number) {
      left = acts
    },
  }
}

async function live(folder: string, home: BotHome, { deeds }: World): Promise<{ wrong: readonly string[]; executions: number }> {
  const wrong: string[] = []
  let executions = 0
  let life = mortal()
  const begin = async (): Promise<TestBot> => {
    life = mortal()
    return startTestBot({ home, settings, manualTime: true, start: { replay: folder }, bot: { wrap: life.wrap } })
  }
  let bot = await begin()
  try {
    await bot.bot.advanceTo?.(firstMinute + 60_000)
    for (const [i, { kind, which }] of deeds.entries()) {
      if (kind === 'crash' && which % 4 === 0) {
        life.die(which % 7)
        await advance(bot)
        await bot.stop({ keep: true })
        bot = await begin()
      } else await act(bot, kind, which, i)
      if (i % 3 === 2) await advance(bot)
      for (const { symbol, side, quantity } of await bot.bot.app.broker.positions())
        if (side === 'short') wrong.push(`after deed ${i} (${kind}): short ${quantity.toFixed()} ${symbol}`)
      if (wrong.length > 0) break
    }
    await bot.bot.app.reconcile()
    await bot.bot.app.settled()
    executions = (await bot.bot.app.broker.activitiesSince('1970-01-01T00:00:00Z')).length
  } finally {
    await bot.stop({ keep: true })
  }
  return { wrong: [...wrong, ...(await wrongInBooks(home))], executions }
}

async function advance(bot: TestBot): Promise<void> {
  const now = bot.bot.app.clock.now()
  await bot.bot.advanceTo?.(now - (now % 60_000) + 60_000)
  await bot.bot.app.tendOrders()
  await bot.bot.app.settled()
}

async function act({ bot }: TestBot, kind: Deed['kind'], which: number, i: number): Promise<void> {
  const { app } = bot
  const meta = occasion(app, 'console:local')
  switch (kind) {
    case 'alert': {
      const levels = { entryPrice: null, stopLoss: null, takeProfit: null }
      const story = { summary: null, category: null, url: null, factors: [], confidence: 0.9, catalystScore: 0.8 }
      const shared = { source: 'test', side: 'buy' as const, publishedAt: meta.occurredAt, ...levels, ...story }
      for (const next of [0, 1, 2]) {
        const symbol = symbols[(which + next) % symbols.length] ?? ''
        await app.raiseAlert({ ...shared, sourceId: `${i}-${next}`, symbol, headline: `Story ${i} of ${symbol}` }, meta)
      }
      break
    }
    case 'approve': {
      const open = await app.read.openProposals()
      for (const { id, terms } of open) await app.approve(id, { version: terms.version }, meta)
      break
    }
    case 'close': {
      const open = await app.read.openPositions()
      const one = open[which % Math.max(1, open.length)]
      if (one) await app.closePosition(one.id, 'manual', meta)
      break
    }
    case 'kill':
      await app.kill('a drill', meta)
      await app.resume('goes on', meta)
      break
    case 'crash':
    case 'wait':
      break
  }
  await app.settled()
}

/** Without the drawn world, which fills pages: the seed brings it back. */
function reporter(run: fc.RunDetails<[World]>): void {
  if (run.failed) throw new Error(`with the seed ${run.seed}, path ${run.counterexamplePath}`, { cause: run.errorInstance })
}

describe('stops, targets and closes', () => {
  it('given any market, partial fills, closes, kills and crashes, then they never sell more than is held and every fill is in the books once', {
    timeout: soak ? 3_600_000 : 180_000,
  }, async () => {
    let traded = 0
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const folder = await mkdtemp(join(tmpdir(), 'legs-'))
        const home = await createHome()
        try {
          await writeBars(folder, drawn.bars)
          const { wrong, executions } = await live(folder, home, drawn)
          expect(wrong).toEqual([])
          traded += executions
        } finally {
          await removeHome(home)
          await rm(folder, { recursive: true })
        }
      }),
      { numRuns: runs, endOnFailure: true, reporter },
    )
    console.info(`${runs} markets of ${symbols.length} symbols, ${traded} executions`)
    // Without a single trade nothing would be proved.
    expect(traded).toBeGreaterThan(0)
  })
})
