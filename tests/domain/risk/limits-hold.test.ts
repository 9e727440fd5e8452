import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decimal, decimal, fromNumber, type Price, price, quantity, type Usd, usd, zero } from '../../../src/domain/decimal.ts'
import { isTerminal, type Order } from '../../../src/domain/order.ts'
import { type Position, unrealizedPnl } from '../../../src/domain/position.ts'
import type { EntryRequest } from '../../../src/domain/risk/check.ts'
import { check as dailyLoss, dayLossLimit } from '../../../src/domain/risk/checks/daily-loss.ts'
import { portfolioState } from '../../../src/domain/risk/portfolio.ts'
import { type ArmedCheck, judgeEntry } from '../../../src/domain/risk/verdict.ts'
import { loadChecks, noon, order, position, request, riskContext, standing } from '../../support/samples.ts'

const loaded = await loadChecks()
const symbols = ['AMD', 'INTC', 'XOM', 'CVX', 'JPM', 'NVDA', 'KO'] as const
const sectors = new Map([
  ['AMD', 'Technology'],
  ['INTC', 'Technology'],
  ['NVDA', 'Technology'],
  ['XOM', 'Energy'],
  ['CVX', 'Energy'],
])

interface Limits {
  readonly count: number
  readonly gross: number
  readonly sector: number
  readonly loss: number
  readonly drawdown: number
  readonly perMinute: number
}
const limitsArbitrary: fc.Arbitrary<Limits> = fc.record({
  count: fc.integer({ min: 1, max: 6 }),
  gross: fc.integer({ min: 5, max: 100 }),
  sector: fc.integer({ min: 5, max: 60 }),
  loss: fc.integer({ min: 100, max: 4_000 }),
  drawdown: fc.integer({ min: 2, max: 30 }),
  perMinute: fc.integer({ min: 1, max: 12 }),
})
function armed({ count, gross, sector, loss, drawdown, perMinute }: Limits): readonly ArmedCheck[] {
  const changed: Readonly<Record<string, object>> = {
    MAX_POSITIONS: { count },
    TOTAL_EXPOSURE: { percent: gross },
    SECTOR_EXPOSURE: { percent: sector },
    DAILY_LOSS: { usd: loss },
    MAX_DRAWDOWN: { percent: drawdown },
    ORDER_RATE: { per_minute: perMinute },
  }
  return loaded.map(({ check }) => ({ check, limits: check.limits.parse(changed[check.code] ?? {}) }))
}

type Step =
  | { readonly do: 'enter'; readonly symbol: string; readonly short: boolean; readonly shares: number; readonly stop: number }
  | { readonly do: 'fill' | 'cancel' | 'close'; readonly which: number }
  | { readonly do: 'move'; readonly symbol: string; readonly percent: number }
  | { readonly do: 'reload'; readonly limits: Limits }
  | { readonly do: 'wait'; readonly seconds: number }
const symbolArbitrary = fc.constantFrom(...symbols)
const entering: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('enter' as const),
  symbol: symbolArbitrary,
  short: fc.boolean(),
  shares: fc.integer({ min: 1, max: 60 }),
  stop: fc.integer({ min: 1, max: 22 }),
})
const steps = fc.array(
  fc.oneof(
    { arbitrary: entering, weight: 6 },
    { arbitrary: fc.record({ do: fc.constantFrom('fill' as const, 'cancel' as const, 'close' as const), which: fc.nat(9) }), weight: 4 },
    {
      arbitrary: fc.record({ do: fc.constant('move' as const), symbol: symbolArbitrary, percent: fc.integer({ min: -15, max: 15 }) }),
      weight: 2,
    },
    { arbitrary: fc.record({ do: fc.constant('reload' as const), limits: limitsArbitrary }), weight: 1 },
    { arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }), weight: 1 },
  ),
  { minLength: 10, maxLength: 40 },
)

/** An account that trades, as plainly as it can be told. */
class Desk {
  now = noon
  limits: Limits
  cash = usd('100000')
  peak: Usd = usd('100000')
  entered = 0
  readonly last = new Map<string, Price>(symbols.map((symbol) => [symbol, price('100')]))
  positions: Position[] = []
  orders: Order[] = []
  constructor(limits: Limits) {
    this.limits = limits
  }
  private at(symbol: string): Price {
    return this.last.get(symbol) ?? price('100')
  }
  private equity(): Usd {
    return this.positions.reduce((sum, p) => sum.plus(unrealizedPnl(p, this.at(p.symbol))) as Usd, this.cash)
  }
  private working(): Order[] {
    return this.orders.filter((o) => !isTerminal(o))
  }

  apply(step: Step): void {
    if (step.do === 'enter') this.enter(step)
    if (step.do === 'reload') this.limits = step.limits
    if (step.do === 'wait') this.now += step.seconds * 1000
    if (step.do === 'move') {
      const moved = this.at(step.symbol)
        .times(fromNumber(1 + step.percent / 100, 2))
        .round(2)
      this.last.set(step.symbol, moved as Price)
    }
    if (step.do === 'fill') this.fill(this.working()[step.which])
    if (step.do === 'cancel') this.end(this.working()[step.which], 'canceled')
    if (step.do === 'close') this.close(this.positions[step.which])
    const equity = this.equity()
    if (equity.gt(this.peak)) this.peak = equity
  }
  private end(ending: Order | undefined, status: 'canceled' | 'filled'): void {
    this.orders = this.orders.map((o) => (o === ending ? { ...o, status } : o))
  }
  private fill(filled: Order | undefined): void {
    if (!filled) return
    this.end(filled, 'filled')
    const side = filled.side === 'buy' ? ('long' as const) : ('short' as const)
    const entryPrice = filled.limitPrice ?? price('100')
    const bought = { symbol: filled.symbol, side, quantity: filled.quantity, entryPrice, cost: entryPrice.times(filled.quantity) as Usd }
    this.positions.push(position({ ...bought, id: filled.id, stopLoss: filled.bracket?.stopLoss ?? null, markPrice: entryPrice }))
  }
  private close(closed: Position | undefined): void {
    if (!closed) return
    this.cash = this.cash.plus(unrealizedPnl(closed, this.at(closed.symbol))) as Usd
    this.positions = this.positions.filter((p) => p !== closed)
  }

  private enter({ symbol, short, shares, stop }: Extract<Step, { do: 'enter' }>): void {
    const at = this.at(symbol)
    const away = at.times(fromNumber(stop / 100, 2)).round(2)
    const wanted = request({
      symbol,
      side: short ? 'sell' : 'buy',
      quantity: quantity(String(shares)),
      price: at,
      stopLoss: (short ? at.plus(away) : at.minus(away)) as Price,
      takeProfit: null,
    })
    const checks = armed(this.limits)
    const equity = this.equity()
    const past = standing({ dayStart: usd('100000'), highWater: this.peak, sectors })
    const context = riskContext({
      now: this.now,
      request: wanted,
      account: { equity, cash: this.cash, buyingPower: usd('400000') },
      quote: { bid: at, ask: at, last: at, at: this.now },
      security: { symbol, sector: sectors.get(symbol) ?? '', tradable: true, shortable: true, halted: false },
      feedHeardAt: this.now,
      shortingEnabled: true,
      positions: this.positions,
      workingOrders: this.working(),
      recentEntries: this.orders.map((o) => ({ symbol: o.symbol, side: o.side, at: Date.parse(o.preparedAt) })),
      portfolio: portfolioState({ equity, positions: this.positions, orders: this.working(), lasts: this.last, standing: past }),
      dayLossLimit: dayLossLimit(usd('100000'), dailyLoss.limits.parse({ usd: this.limits.loss })),
    })
    const verdict = judgeEntry(context, checks)
    if (!verdict.approved) return
    this.mustHold(wanted, equity)
    this.entered += 1
    const bracket = wanted.stopLoss && { stopLoss: wanted.stopLoss, takeProfit: null }
    const made = { id: `o${this.orders.length}`, symbol, side: wanted.side, quantity: wanted.quantity, limitPrice: at, bracket }
    this.orders.push(order({ ...made, preparedAt: new Date(this.now).toISOString() }))
  }

  /** Reckoned anew, without a line of what judged it: with this entry, every limit in force still holds. */
  private mustHold(entry: EntryRequest, equity: Usd): void {
    const stakes = [
      ...this.positions.map((p) => ({
        symbol: p.symbol,
        worth: this.at(p.symbol).times(p.quantity),
        risk: away(p.side === 'long', p.entryPrice, p.stopLoss, p.quantity),
      })),
      ...this.working().map((o) => ({
        symbol: o.symbol,
        worth: (o.limitPrice ?? zero).times(o.quantity),
        risk: away(o.side === 'buy', o.limitPrice ?? price('0'), o.bracket?.stopLoss ?? null, o.quantity),
      })),
      {
        symbol: entry.symbol,
        worth: entry.price.times(entry.quantity),
        risk: away(entry.side === 'buy', entry.price, entry.stopLoss, entry.quantity),
      },
    ]
    const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), zero)
    const part = (percent: number): Decimal => equity.times(decimal(String(percent))).div(decimal('100'))
    const before = new Set(stakes.slice(0, -1).map(({ symbol }) => symbol))
    const { count, gross, sector, loss, drawdown, perMinute } = this.limits
    // A limit that was lowered meanwhile closes nothing, and lets nothing further in.
    if (!before.has(entry.symbol)) expect(before.size + 1).toBeLessThanOrEqual(count)
    expect(sum(stakes.map(({ worth }) => worth)).lte(part(gross))).toBe(true)
    const own = sectors.get(entry.symbol)
    expect(sum(stakes.filter(({ symbol }) => sectors.get(symbol) === own).map(({ worth }) => worth)).lte(part(sector))).toBe(true)
    const lost = equity.lt(usd('100000')) ? usd('100000').minus(equity) : zero
    const most = decimal(String(Math.min(loss, 3_000)))
    expect(lost.lt(most)).toBe(true)
    expect(sum(stakes.map(({ risk }) => risk)).lte(most.minus(lost))).toBe(true)
    expect(
      this.peak
        .minus(equity)
        .times(decimal('100'))
        .lt(this.peak.times(decimal(String(drawdown)))),
    ).toBe(true)
    const lately = this.orders.filter((o) => this.now - Date.parse(o.preparedAt) < 60_000)
    expect(lately.length + 1).toBeLessThanOrEqual(perMinute)
  }
}

function away(long: boolean, from: Decimal, stop: Decimal | null, shares: Decimal): Decimal {
  if (stop === null) return from.times(shares)
  const each = long ? from.minus(stop) : stop.minus(from)
  return each.lt(zero) ? zero : each.times(shares)
}

describe('whatever is approved, filled, closed, reloaded or moved by the market', () => {
  it('no entry is let in that breaks a limit on the state it was decided on', () => {
    let entered = 0
    fc.assert(
      fc.property(limitsArbitrary, steps, (limits, all) => {
        const desk = new Desk(limits)
        for (const step of all) desk.apply(step)
        entered += desk.entered
      }),
      { numRuns: 300 },
    )
    // A desk that lets nobody in holds every limit, too.
    expect(entered).toBeGreaterThan(300)
  })
})
