import type { EChartsOption } from 'echarts'
import { approximate, type Decimal, decimal, divide, maximum, minimum, zero } from '../../domain/decimal.ts'
import type { EquityDrawing } from '../../ports/pictures.ts'
import { timeAxis, valueAxis } from './axes.ts'
import { type Box, box, heading, type Shape, stroke, tag, words } from './parts.ts'
import { places, type Scale, scaleOf } from './scale.ts'
import { canvas, colour, size } from './theme.ts'

const plot: Box = { x: 118, y: 106, width: 478, height: 194 }
const below: Box = { ...plot, y: 318, height: 88 }
const right = plot.x + plot.width
const tagPlace = { x: right + 14, width: canvas.width - right - 24, height: 30 } as const

const figures = (points: readonly Decimal[]): readonly number[] => points.map(approximate)

/** Equity over time, and under it how far below its peak it stood. */
export function equityOption(drawing: EquityDrawing): EChartsOption {
  const equity = drawing.points.map((p) => decimal(p.equity))
  const fall = drawdown(equity)
  const [curve, falls] = [figures(equity), figures(fall)]
  const scale = scaleOf(curve, plot.y, plot.height, 0.08)
  const depth = scaleOf([...falls, 0], below.y, below.height, 0.08)
  const ink = (curve.at(-1) ?? 0) < (curve[0] ?? 0) ? colour.bad : colour.good
  const slotX = (i: number): number => plot.x + (i / Math.max(1, curve.length - 1)) * plot.width
  return {
    animation: false,
    backgroundColor: colour.page,
    grid: [plot, below].map(({ x, y, width, height }) => ({ left: x, top: y, width, height })),
    xAxis: [0, 1].map((gridIndex) => ({
      type: 'category',
      gridIndex,
      show: false,
      boundaryGap: false,
      data: curve.map((_, i) => String(i)),
    })),
    yAxis: [scale, depth].map(({ low, high }, gridIndex) => ({ type: 'value', gridIndex, show: false, min: low, max: high })),
    series: [
      { ...area(curve, ink, 0), areaStyle: { color: ink, opacity: 0.16, origin: scale.low } },
      { ...area(falls, colour.bad, 1), areaStyle: { color: colour.bad, opacity: 0.28, origin: 0 } },
    ],
    graphic: [
      box(plot, colour.plot, { radius: 4, z: 0 }),
      box(below, colour.plot, { radius: 4, z: 0 }),
      ...valueAxis(plot, scale, dollarLabel, 4),
      ...timeAxis(
        below,
        drawing.points.map(({ at }, i) => ({ at, x: slotX(i) })),
      ),
      ...ends(scale, curve, ink),
      ...depths(depth, fall),
      ...headingOf(drawing),
    ],
  }
}

const area = (data: readonly number[], ink: string, index: 0 | 1) => ({
  type: 'line' as const,
  xAxisIndex: index,
  yAxisIndex: index,
  z: 8,
  silent: true,
  showSymbol: false,
  data: [...data],
  lineStyle: { color: ink, width: index === 0 ? 3.5 : 2 },
})

/** Percent below the highest so far: zero or less. */
export function drawdown(equity: readonly Decimal[]): readonly Decimal[] {
  let peak: Decimal | null = null
  return equity.map((now) => {
    peak = peak === null ? now : maximum(peak, now)
    return peak.gt(zero) ? divide(now.minus(peak).times(decimal('100')), peak) : zero
  })
}

/** $100,250 and $1.234M, with the digits that tell one line from the next. */
export function dollarLabel(value: number, step: number): string {
  const sign = value < 0 ? '-' : ''
  const amount = Math.abs(value)
  if (amount >= 1_000_000) return `${sign}$${(amount / 1_000_000).toFixed(Math.min(4, Math.max(1, places(step / 1_000_000))))}M`
  return `${sign}$${amount.toFixed(Math.min(2, places(step))).replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`
}

/** Where the period began, so that up and down are seen against something, and where it stands now. */
function ends(scale: Scale, curve: readonly number[], ink: string): readonly Shape[] {
  const [first = 0, last = 0] = [curve[0], curve.at(-1)]
  const start: readonly (readonly [number, number])[] = [
    [plot.x, scale.y(first)],
    [right, scale.y(first)],
  ]
  const y = Math.min(Math.max(scale.y(last), plot.y + tagPlace.height / 2), plot.y + plot.height - tagPlace.height / 2)
  return [
    stroke(start, colour.muted, { width: 1.5, dash: [4, 5], z: 6 }),
    ...tag({ ...tagPlace, y: y - tagPlace.height / 2 }, 'Now', dollarLabel(last, last < 10_000 ? 0.01 : 1), ink),
  ]
}

/** The deepest fall is the one figure below: it stands where it happened. */
function depths(scale: Scale, fall: readonly Decimal[]): readonly Shape[] {
  const deepest = minimum(zero, ...fall)
  const y = Math.min(scale.y(approximate(deepest)), below.y + below.height - tagPlace.height / 2)
  const axis = { x: plot.x - 10, fill: colour.muted, fontSize: size.axis, align: 'right' } as const
  return [
    words({ ...axis, text: 'Below', y: below.y + below.height / 2 - 12 }),
    words({ ...axis, text: 'peak', y: below.y + below.height / 2 + 12 }),
    ...(deepest.lt(zero) ? tag({ ...tagPlace, y: y - tagPlace.height / 2 }, 'Worst', `${deepest.toFixed(2)} %`, colour.bad) : []),
  ]
}

function headingOf({ banner, period, net, asOf }: EquityDrawing): readonly Shape[] {
  const result = decimal(net)
  const ink = result.gt(zero) ? colour.good : result.lt(zero) ? colour.bad : colour.text
  return heading({
    banner,
    title: `${result.gt(zero) ? '+' : ''}${dollarLabel(approximate(result), 0.01)} net`,
    titleFill: ink,
    figure: '',
    figureFill: colour.text,
    note: `${period}, closed trades less fees`,
    noteFill: colour.muted,
    asOf,
  })
}
