import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { atr, lastAtr } from '../../src/domain/indicators/atr.ts'

const golden = new URL('../../../shared/data/indicators/talib-spy.json', import.meta.url)
const spy = new URL('../../../shared/data/bars/daily/SPY.csv', import.meta.url)
const present = existsSync(golden) && existsSync(spy)

describe('the average true range', () => {
  it('is null with too few bars and the mean of the true ranges at first', () => {
    const bars = [
      { high: 10, low: 9, close: 9.5 },
      { high: 11, low: 10, close: 10.5 },
      { high: 12, low: 11, close: 11.5 },
    ]
    expect(lastAtr(bars, 3)).toBeNull()
    // 11 - 9.5 and 12 - 10.5
    expect(atr(bars, 2)).toEqual([1.5])
  })

  it.skipIf(!present)('equals TA-Lib over 600 days of SPY (needs ../shared/data)', () => {
    const reference: { values: { atr_14: { atr: number[] } } } = JSON.parse(readFileSync(golden, 'utf8'))
    const bars = readFileSync(spy, 'utf8')
      .split('\n')
      .slice(1, 601)
      .map((line) => line.split(',').map(Number))
      .map(([, , high = 0, low = 0, close = 0]) => ({ high, low, close }))
    const values = atr(bars)
    expect(values).toHaveLength(reference.values.atr_14.atr.length)
    for (const [index, value] of reference.values.atr_14.atr.entries()) expect(values[index]).toBeCloseTo(value, 9)
  })
})
