import { createSimulatedClock } from './adapters/clock/simulated.ts'
import { createReplayMarket } from './adapters/market/replay.ts'
import { createSimulatedMarket, simulationStart } from './adapters/market/simulated.ts'
import type { StartOptions } from './app/cli.ts'
import type { Log } from './app/context.ts'
import type { Settings } from './config/settings.ts'
import { sessionAt } from './domain/calendar.ts'
import type { CatalystSource } from './ports/catalyst-source.ts'
import type { Clock } from './ports/clock.ts'
import type { KeyValueStore } from './ports/key-value.ts'
import type { MarketData } from './ports/market-data.ts'
import type { MarketFeed } from './ports/market-feed.ts'

/** A market with the clock it runs on. */
export interface MarketParts<Market extends MarketData = MarketData> {
  readonly market: Market
  readonly clock: Clock
  /** The market's own news, when it has any. */
  readonly source: CatalystSource | null
  /** Time begins to move. */
  open(): void
  close(): Promise<void>
  /** Replays only: moves time to a moment and carries out everything on the way. */
  readonly advanceTo: ((at: number) => Promise<void>) | null
  /**
   * Replays only: what is due as time passes runs after each step, because their time stands still in between. The broker
   * comes first. Null: the time of this market flows, and the jobs go by the clock on the wall.
   */
  readonly eachStep: ((run: () => Promise<void>) => void) | null
}

export interface MarketOptions {
  readonly settings: Settings['simulation']
  readonly start: StartOptions
  /** Replays: time moves only through `advanceTo`. */
  readonly manual: boolean
  readonly store: KeyValueStore
  /** The newest stored event: time never goes back behind it. Epoch milliseconds. */
  readonly notBefore: number | null
  readonly log: Log
}

/** A market that drives the simulated broker. */
type DrivingParts = MarketParts<MarketData & MarketFeed>

export const openMarket = (options: MarketOptions): Promise<DrivingParts> =>
  options.start.replay === undefined ? openSimulated(options) : openReplay(options, options.start.replay)

async function openSimulated({ settings, store, notBefore, log }: MarketOptions): Promise<DrivingParts> {
  const clock = await createSimulatedClock({
    store,
    speed: settings.speed,
    skipClosedHours: settings.skip_closed_hours,
    startAt: simulationStart,
    ...(notBefore === null ? {} : { notBefore }),
    log,
  })
  const market = createSimulatedMarket({ clock, store, settings, log })
  return {
    market,
    clock,
    source: market,
    open() {
      clock.start()
      market.open()
    },
    async close() {
      await market.close()
      await clock.stop()
    },
    advanceTo: null,
    eachStep: null,
  }
}

const quietEveryMs = 30 * 60_000

async function openReplay({ settings, start, manual, notBefore, log }: MarketOptions, folder: string): Promise<DrivingParts> {
  const market = await createReplayMarket({
    folder,
    pace: manual ? 'manual' : (start.speed ?? 60),
    splits: start.splits.map(({ symbol, date, ratio }) => ({ symbol, ratio, at: Date.parse(date) })),
    ...(start.from === undefined ? {} : { from: start.from }),
    ...(start.to === undefined ? {} : { to: start.to }),
    ...(notBefore === null ? {} : { startAt: notBefore }),
    halfSpreadBps: settings.half_spread_bps,
    log,
  })
  if (notBefore !== null && notBefore >= market.lastAt) {
    const [books, bars] = [notBefore, market.lastAt].map((ms) => new Date(ms).toISOString())
    throw new RangeError(
      `the books in this database go on to ${books}, and the bars end at ${bars}: replay into another --data-dir or DATABASE_URL`,
    )
  }
  return {
    market,
    clock: market.clock,
    source: null,
    open: () => market.open(),
    close: () => market.close(),
    advanceTo: (at) => market.advanceTo(at),
    eachStep(run) {
      market.follow({
        wanted: () => new Set(),
        // Nothing fills while the exchange is shut: now and then will do.
        tick: async ({ at }) => (sessionAt(at) === 'regular' || at % quietEveryMs === 0 ? run() : undefined),
      })
    },
  }
}
