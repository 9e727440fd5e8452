import { type Decimal, maximum, notional, type Price, type Usd, usd, zero } from '../decimal.ts'
import { isTerminal, type Order, remaining } from '../order.ts'
import type { Position } from '../position.ts'

/** What is bet on a rise and on a fall, USD; neither is ever negative. */
export interface Exposure {
  readonly long: Usd
  readonly short: Usd
}
export const gross = ({ long, short }: Exposure): Usd => long.plus(short) as Usd
export const net = ({ long, short }: Exposure): Usd => long.minus(short) as Usd

/** The day and the account's past, as the books have them. Null: they do not know. */
export interface Standing {
  /** Equity when this exchange day began, USD: the last look at the account before it, or else its first. */
  readonly dayStart: Usd | null
  /** The most that equity ever was, at the looks that were taken. */
  readonly highWater: Usd | null
  /** Results of the last closed trades less fees, newest first. */
  readonly results: readonly Usd[]
  /** Results of the last days that are over and had trades, less fees, newest first. */
  readonly days: readonly Usd[]
  /** Sector by symbol, of everything that is held or on its way. */
  readonly sectors: ReadonlyMap<string, string>
}

/** Everything that one look at the portfolio is made of; taken in one transaction, so that it fits together. */
export interface PortfolioInput {
  /** Null: the account could not be had. */
  readonly equity: Usd | null
  readonly positions: readonly Position[]
  /** Orders that have not ended; those that are no entries do not count. */
  readonly orders: readonly Order[]
  /** Last trades by symbol; what is missing is valued at its last mark. */
  readonly lasts: ReadonlyMap<string, Price>
  readonly standing: Standing
}

/** The account and all that is at stake in it. Entries that are on their way count as if they were filled. */
export interface PortfolioState {
  readonly equity: Usd | null
  readonly exposure: Exposure
  /** The part of `exposure` that is not filled yet: ready, sending, unknown and working entries alike. */
  readonly reserved: Exposure
  readonly bySymbol: ReadonlyMap<string, Exposure>
  readonly bySector: ReadonlyMap<string, Exposure>
  readonly sectors: ReadonlyMap<string, string>
  /** What is lost when every stop is hit, USD, what is reserved included. */
  readonly openRisk: Usd
  readonly reservedRisk: Usd
  readonly dayStart: Usd | null
  /** Realized and unrealized since the day began; null when either end of it is not known. */
  readonly dayPnl: Usd | null
  /** Never under today's equity. */
  readonly highWater: Usd | null
  /** How many in a row were lost, up to the newest. */
  readonly losingTrades: number
  readonly losingDays: number
  readonly results: readonly Usd[]
}

/** Everything whose sector nobody knows shares one bucket: many unknowns are no diversification. */
export const unknownSector = 'Unknown'
export const sectorName = (sector: string | null | undefined): string =>
  sector === null || sector === undefined || /^\s*(unknown)?\s*$/i.test(sector) ? unknownSector : sector

export function portfolioState({ equity, positions, orders, lasts, standing }: PortfolioInput): PortfolioState {
  const held = positions.filter((p) => p.status === 'open' && p.quantity.gt(zero)).map((p) => stakeOf(p, lasts))
  const coming = orders.filter((o) => o.role === 'entry' && !isTerminal(o) && remaining(o).gt(zero)).map((o) => stakeOfEntry(o, lasts))
  const all = [...held, ...coming]
  const { dayStart } = standing
  return {
    equity,
    exposure: exposureOf(all),
    reserved: exposureOf(coming),
    bySymbol: grouped(all, ({ symbol }) => symbol),
    bySector: grouped(all, ({ symbol }) => sectorName(standing.sectors.get(symbol))),
    sectors: standing.sectors,
    openRisk: sum(all.map(({ risk }) => risk)),
    reservedRisk: sum(coming.map(({ risk }) => risk)),
    dayStart,
    dayPnl: equity && dayStart && (equity.minus(dayStart) as Usd),
    highWater: equity === null ? standing.highWater : (maximum(equity, standing.highWater ?? equity) as Usd),
    losingTrades: streak(standing.results),
    losingDays: streak(standing.days),
    results: standing.results,
  }
}

/** One thing that is held or on its way. */
interface Stake {
  readonly symbol: string
  readonly long: boolean
  readonly value: Usd
  readonly risk: Usd
}

function stakeOf(position: Position, lasts: ReadonlyMap<string, Price>): Stake {
  const { symbol, side, quantity, entryPrice, stopLoss, unprotected } = position
  const at = lasts.get(symbol) ?? position.markPrice ?? entryPrice
  const value = notional(at, quantity)
  const long = side === 'long'
  return { symbol, long, value, risk: riskOf({ long, from: entryPrice, stop: unprotected ? null : stopLoss, value, quantity }) }
}

function stakeOfEntry(order: Order, lasts: ReadonlyMap<string, Price>): Stake {
  const { symbol, side, bracket } = order
  // A market order names no price: it is judged by what it was decided at, or the last trade.
  const from = order.limitPrice ?? order.expectedPrice ?? lasts.get(symbol)
  if (from === undefined) throw new RangeError(`the entry ${order.id} has no price`)
  const quantity = remaining(order)
  const value = notional(from, quantity)
  const long = side === 'buy'
  return { symbol, long, value, risk: riskOf({ long, from, stop: bracket?.stopLoss ?? null, value, quantity }) }
}

/**
 * What the stop would lose from the entry. A stop beyond the entry has locked a gain in, which pays for nobody else's loss.
 * Without a working stop nothing bounds the loss, so everything that is held counts: a long may go to zero, and a short is
 * taken to double, for want of any bound at all.
 */
function riskOf(stake: {
  readonly long: boolean
  readonly from: Price
  readonly stop: Price | null
  readonly value: Usd
  readonly quantity: Decimal
}): Usd {
  const { long, from, stop, value, quantity } = stake
  if (stop === null || stop.lte(zero)) return value
  const perShare = long ? from.minus(stop) : stop.minus(from)
  return maximum(zero, perShare.times(quantity)) as Usd
}

const sum = (values: readonly Usd[]): Usd => values.reduce((total, value) => total.plus(value) as Usd, usd('0'))

const exposureOf = (stakes: readonly Stake[]): Exposure => ({
  long: sum(stakes.filter(({ long }) => long).map(({ value }) => value)),
  short: sum(stakes.filter(({ long }) => !long).map(({ value }) => value)),
})

function grouped(stakes: readonly Stake[], keyOf: (stake: Stake) => string): ReadonlyMap<string, Exposure> {
  const groups = new Map<string, Stake[]>()
  for (const stake of stakes) {
    const key = keyOf(stake)
    const known = groups.get(key)
    if (known) known.push(stake)
    else groups.set(key, [stake])
  }
  return new Map([...groups].map(([key, own]) => [key, exposureOf(own)]))
}

/** Losses in a row from the newest on; what came out even ends it. */
function streak(results: readonly Usd[]): number {
  const first = results.findIndex((result) => result.gte(zero))
  return first === -1 ? results.length : first
}

export const noExposure: Exposure = { long: usd('0'), short: usd('0') }
/** What is lost of a day so far, USD; zero on a day that gains. */
export const lossOf = (dayPnl: Usd): Usd => (dayPnl.lt(zero) ? dayPnl.abs() : zero) as Usd

/** Before anything is known of an account. */
export const emptyStanding: Standing = { dayStart: null, highWater: null, results: [], days: [], sectors: new Map() }
