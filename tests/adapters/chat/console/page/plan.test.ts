import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  distance,
  extend,
  half,
  lastOf,
  livePnl,
  moved,
  payoff,
  progress,
  riskFor,
} from '../../../../../src/adapters/chat/console/page/plan.ts'
import type { Bar } from '../../../../../src/adapters/chat/console/page/wire.ts'
import { position, proposal } from './samples.ts'

const bar = (time: number, close: string): Bar => ({ time, open: close, high: close, low: close, close, volume: 1 })
const published = Date.parse('2026-11-20T15:29:30Z') / 1000

describe('half', () => {
  it('is whole shares, rounded down, and none of one share', () => {
    expect(half('145')).toBe('72')
    expect(half('2')).toBe('1')
    expect(half('1')).toBeNull()
    expect(half('x')).toBeNull()
  })
  it('never risks more than half of the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000_000 }), (n) => {
        const p = proposal({ quantity: String(n) })
        const [all, some] = [riskFor(p, p.quantity), riskFor(p, half(p.quantity) ?? '0')]
        expect(some?.times('2').lte(all ?? '0')).toBe(true)
      }),
    )
  })
})

describe('a card', () => {
  it('says how far the stop and the target are, and what the one pays for the other', () => {
    const p = proposal()
    expect(distance(p.stop_loss, p.limit_price)?.toFixed(1)).toBe('-5.0')
    expect(distance(p.take_profit, p.limit_price)?.toFixed(1)).toBe('10.0')
    expect(payoff(p)?.toFixed(1)).toBe('2.0')
    expect(payoff(proposal({ stop_loss: '34.00' }))).toBeNull()
  })
  it('measures the move from the last bar before the news', () => {
    const bars = [bar(published - 60, '33.00'), bar(published + 60, '35.00')]
    const shift = moved(proposal(), bars, '34.65')
    expect(shift?.since).toBe('news')
    expect(shift?.percent.toFixed(1)).toBe('5.0')
  })
  it('measures from its own price when the bars begin later, and says so', () => {
    expect(moved(proposal(), [bar(published + 60, '35.00')], '34.34')).toMatchObject({ since: 'priced' })
    expect(moved(proposal(), [], null)).toBeNull()
  })
})

describe('a position', () => {
  it('gains with the price when long and against it when short', () => {
    expect(livePnl(position(), '21.25')?.toFixed(2)).toBe('250.00')
    expect(livePnl(position({ side: 'short' }), '21.25')?.toFixed(2)).toBe('-250.00')
  })
  it('falls back on the server’s figure without a price', () => {
    expect(livePnl(position(), null)?.toFixed(2)).toBe('100.00')
    expect(livePnl(position({ unrealized_pnl: null }), null)).toBeNull()
  })
  it('stands between its stop and its target, never beyond', () => {
    expect(progress('19', '22', '20.5')).toBe(0.5)
    expect(progress('19', '22', '30')).toBe(1)
    expect(progress(null, '22', '20')).toBeNull()
  })
})

describe('quotes and bars', () => {
  it('take the last trade, else the middle, else nothing', () => {
    const quote = { symbol: 'X', bid: '10.00', ask: '10.10', last: null, at: '' }
    expect(lastOf({ ...quote, last: '10.02' })).toBe('10.02')
    expect(lastOf(quote)).toBe('10.05')
    expect(lastOf({ ...quote, bid: null })).toBeNull()
  })
  it('grow the last bar within its minute and start another after it', () => {
    const first = [bar(600, '10.00')]
    expect(extend(first, '10.50', 630_000, 10)).toEqual([{ ...bar(600, '10.00'), high: '10.50', close: '10.50' }])
    expect(extend(first, '9.50', 661_000, 10)).toEqual([bar(600, '10.00'), { ...bar(660, '9.50'), volume: 0 }])
    expect(extend(first, '9.50', 500_000, 10)).toBe(first)
    expect(extend([], '9.50', 500_000, 10)).toEqual([])
  })
  it('keep the close inside the bar and the bars bounded, whatever ticks come', () => {
    const ticks = fc.array(fc.tuple(fc.integer({ min: 100, max: 9999 }), fc.integer({ min: 0, max: 90_000 })), { maxLength: 80 })
    fc.assert(
      fc.property(ticks, (moves) => {
        let at = 600_000
        let bars: readonly Bar[] = [bar(600, '50.00')]
        for (const [cents, wait] of moves) {
          at += wait
          bars = extend(bars, (cents / 100).toFixed(2), at, 20)
        }
        expect(bars.length).toBeLessThanOrEqual(20)
        for (const b of bars) {
          expect(Number(b.low)).toBeLessThanOrEqual(Number(b.close))
          expect(Number(b.high)).toBeGreaterThanOrEqual(Number(b.close))
        }
      }),
    )
  })
})
