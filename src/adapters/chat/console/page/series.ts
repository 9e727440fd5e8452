import { type Decimal, maximum } from '../../../../domain/decimal.ts'
import { ratio, read, toPlot } from './format.ts'
import type { Pnl } from './wire.ts'

/** Epoch seconds, ascending and unique: what a chart takes. */
export interface Point {
  readonly time: number
  readonly value: number
}

const ascending = (points: readonly Point[]): readonly Point[] => {
  const usable = points.filter((p) => Number.isFinite(p.time) && Number.isFinite(p.value))
  return [...new Map(usable.map((p) => [p.time, p])).values()].toSorted((a, b) => a.time - b.time)
}

export const equityCurve = (equity: Pnl['equity']): readonly Point[] =>
  ascending(equity.map((e) => ({ time: Math.floor(Date.parse(e.at) / 1000), value: toPlot(e.equity) })))

/** Percent below the highest equity so far: never above zero. */
export function drawdown(equity: Pnl['equity']): readonly Point[] {
  let peak: Decimal | null = null
  const points: Point[] = []
  for (const { at, equity: value } of equity) {
    const now = read(value)
    if (now === null) continue
    peak = peak === null ? now : maximum(peak, now)
    const below = ratio(now.minus(peak), peak)
    points.push({ time: Math.floor(Date.parse(at) / 1000), value: below === null ? 0 : Number(below.toFixed(4)) })
  }
  return ascending(points)
}

export const deepest = (points: readonly Point[]): number => points.reduce((low, p) => Math.min(low, p.value), 0)
