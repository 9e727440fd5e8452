import { draw } from '../../../src/adapters/pictures/draw.ts'
import type { DrawnBar } from '../../../src/ports/pictures.ts'
import { noon } from '../samples.ts'

const minute = 60_000

/** An hour that drifts, and jumps at the news a minute before the offer. */
const bars: readonly DrawnBar[] = Array.from({ length: 61 }, (_, i) => {
  const sway = (at: number) => Math.round(100 * (at < 58 ? 119.2 + Math.sin(at / 4) * 0.45 + at * 0.012 : 121.1 + (at - 58) * 0.42))
  const [open, close] = [sway(i), sway(i + 1)]
  const text = (cents: number) => (cents / 100).toFixed(2)
  return {
    at: noon - (60 - i) * minute,
    open: text(open),
    high: text(Math.max(open, close) + 9 + (i % 5) * 2),
    low: text(Math.min(open, close) - 8 - (i % 3) * 3),
    close: text(close),
  }
})

/** The chart of the pending card as the bot draws it, as an address that a page can show. */
export function chart(): string {
  const png = draw({
    kind: 'candles',
    banner: 'PAPER',
    symbol: 'NVDA',
    trade: 'Buy 41',
    last: '122.31',
    dayChange: '2.7',
    bars,
    levels: [
      { kind: 'entry', at: '121.95' },
      { kind: 'ceiling', at: '123.77' },
      { kind: 'stop', at: '115.85' },
      { kind: 'target', at: '134.15' },
    ],
    newsAt: noon - minute,
    asOf: noon,
  })
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`
}
