import { random } from '../../src/domain/random.ts'
import type { CandlesDrawing, DrawnBar, EquityDrawing } from '../../src/ports/pictures.ts'
import { noon } from './samples.ts'

const minuteMs = 60_000

/** A walk that looks like a stock, the same every time. */
export function minuteBars(count: number, start: number, share = 0.002): readonly DrawnBar[] {
  const chance = random(11)
  let at = start
  return Array.from({ length: count }, (_, i) => {
    const open = at
    at *= 1 + (chance() - 0.5) * share
    const [high, low] = [Math.max(open, at) * (1 + (chance() * share) / 4), Math.min(open, at) * (1 - (chance() * share) / 4)]
    const [o, h, l, c] = [open, high, low, at].map((v) => v.toFixed(4))
    return { at: noon + i * minuteMs, open: o ?? '', high: h ?? '', low: l ?? '', close: c ?? '' }
  })
}

export const candlesDrawing = (over: Partial<CandlesDrawing> = {}): CandlesDrawing => ({
  kind: 'candles',
  banner: 'SIM',
  symbol: 'NVDA',
  trade: 'Buy 41',
  last: '122.40',
  dayChange: '1.64',
  bars: minuteBars(60, 122),
  levels: [
    { kind: 'target', at: '134.15' },
    { kind: 'ceiling', at: '123.77' },
    { kind: 'entry', at: '121.95' },
    { kind: 'stop', at: '115.85' },
  ],
  newsAt: noon + 40 * minuteMs,
  asOf: noon + 60 * minuteMs,
  ...over,
})

export function equityDrawing(over: Partial<EquityDrawing> = {}): EquityDrawing {
  const points = minuteBars(390, 100_000).map(({ at, close }) => ({ at, equity: close }))
  return { kind: 'equity', banner: 'PAPER', period: 'Today', net: '268.40', points, asOf: noon + 390 * minuteMs, ...over }
}
