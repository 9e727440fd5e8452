import { describe, expect, it } from 'vitest'
import { recentRelativeVolume } from '../../src/app/recent-volume.ts'
import { price } from '../../src/domain/decimal.ts'
import type { MarketData } from '../../src/ports/market-data.ts'
import { silentLog } from '../support/database.ts'
import { noon } from '../support/samples.ts'

/** Monday 2013-10-07, 09:30 in New York. */
const open = noon - 30 * 60_000
const at = price('100')
const bar = (start: number, volume: number) => ({ at: start, open: at, high: at, low: at, close: at, volume })

/** 390,000 shares a day, and so many a minute today. */
const volume = (now: number, perMinute: number, bars?: MarketData['bars']) =>
  recentRelativeVolume(
    {
      clock: { now: () => now, speed: 1 },
      log: silentLog,
      market: {
        bars:
          bars ??
          (async (_, timeframe, count) =>
            Array.from({ length: count }, (_, i) => (timeframe === '1d' ? bar(0, 390_000) : bar(now - (i + 1) * 60_000, perMinute)))),
      } as MarketData,
    },
    'ACME',
  )

describe('the relative volume of an alert', () => {
  it('compares the last half hour with an average day', async () => {
    expect(await volume(noon + 3_600_000, 1_000)).toBe(1)
    expect(await volume(noon + 3_600_000, 3_500)).toBe(3.5)
  })

  it('looks at no more than the session has had', async () => {
    expect(await volume(open + 10 * 60_000, 2_000)).toBe(2)
  })

  it('leaves out bars from before, when fewer are there than asked', async () => {
    const sparse: MarketData['bars'] = async (_, timeframe) =>
      timeframe === '1d' ? [bar(0, 390_000)] : [bar(noon - 86_400_000, 5_000), bar(noon - 60_000, 1_500)]
    expect(await volume(noon, 0, sparse)).toBe(0.05)
  })

  it.each([
    ['in the first minutes', open + 4 * 60_000],
    ['before the open', open - 60_000],
    ['on a Sunday', noon - 86_400_000],
  ])('is unknown %s', async (_, now) => {
    expect(await volume(now, 1_000)).toBeNull()
  })

  it('is unknown, not an error, when the market gives no volume', async () => {
    expect(await volume(noon, 0, () => Promise.reject(new Error('no data')))).toBeNull()
    expect(await volume(noon, 0, async () => [])).toBeNull()
  })
})
