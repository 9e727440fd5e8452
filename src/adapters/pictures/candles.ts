import type { CandlestickSeriesOption, EChartsOption } from 'echarts'
import { approximate, decimal, zero } from '../../domain/decimal.ts'
import type { CandlesDrawing, DrawnLevel } from '../../ports/pictures.ts'
import { timeAxis, valueAxis } from './axes.ts'
import { type Box, box, heading, type Shape, stroke, tag, words } from './parts.ts'
import { brokenScale, places, type Scale, spread, strip } from './scale.ts'
import { canvas, colour, levelColours, size } from './theme.ts'

/** Prices on the left, levels on the right: neither ever stands under the other. */
const plot: Box = { x: 88, y: 106, width: 508, height: 300 }
const right = plot.x + plot.width
const bottom = plot.y + plot.height
const tagPlace = { x: right + 14, width: canvas.width - right - 24, height: 30 } as const
/** Free places after the last bar: news is younger than the last complete minute. */
const ahead = 2
const minuteMs = 60_000

const names: { readonly [K in DrawnLevel['kind']]: string } = {
  target: 'Target',
  ceiling: 'Ceiling',
  entry: 'Entry',
  stop: 'Stop',
  last: 'Last',
}

const plotted = (value: string): number => approximate(decimal(value))

/** Candles with the levels of a trade and the moment of its news. */
export function candlesOption(drawing: CandlesDrawing): EChartsOption {
  const { bars, levels } = drawing
  const far = (level: DrawnLevel): boolean => level.kind === 'stop' || level.kind === 'target'
  const prices = bars.flatMap((b) => [plotted(b.low), plotted(b.high)])
  const core = [...prices, ...levels.filter((l) => !far(l)).map((l) => plotted(l.at))]
  const scale = brokenScale(
    core,
    levels.filter(far).map((l) => plotted(l.at)),
    plot.y,
    plot.height,
  )
  const inner: Box = { ...plot, y: scale.top, height: scale.height }
  const slots = bars.length + ahead
  const slotX = (index: number): number => plot.x + ((index + 0.5) / slots) * plot.width
  return {
    animation: false,
    backgroundColor: colour.page,
    grid: { left: inner.x, top: inner.y, width: inner.width, height: inner.height },
    xAxis: { type: 'category', show: false, data: Array.from({ length: slots }, (_, i) => String(i)) },
    yAxis: { type: 'value', show: false, min: scale.low, max: scale.high },
    series: [candles(bars, slots)],
    graphic: [
      box(plot, colour.plot, { radius: 4, z: 0 }),
      ...zones(levels, scale),
      ...breaks(inner),
      ...valueAxis(inner, scale, (value, step) => value.toFixed(places(step))),
      ...timeAxis(
        plot,
        bars.map(({ at }, i) => ({ at, x: slotX(i) })),
      ),
      ...news(drawing, scale, inner, slotX),
      ...levelTags(levels, scale),
      ...headingOf(drawing),
    ],
  }
}

const candles = (bars: CandlesDrawing['bars'], slots: number): CandlestickSeriesOption => ({
  type: 'candlestick',
  z: 8,
  silent: true,
  barWidth: Math.max(2, (plot.width / slots) * 0.68),
  itemStyle: { color: colour.good, borderColor: colour.good, color0: colour.bad, borderColor0: colour.bad, borderWidth: 1.5 },
  data: bars.map((b) => [b.open, b.close, b.low, b.high].map(plotted)),
})

/** Where the scale is broken the ground shows through. */
const breaks = (inner: Box): readonly Shape[] => [
  ...(inner.y > plot.y ? [box({ ...plot, y: inner.y - strip.gap, height: strip.gap }, colour.page, { z: 3 })] : []),
  ...(inner.y + inner.height < bottom ? [box({ ...plot, y: inner.y + inner.height, height: strip.gap }, colour.page, { z: 3 })] : []),
]

/** What may be won is washed green, what may be lost red: the shape of the bet at a glance. */
function zones(levels: readonly DrawnLevel[], scale: Scale): readonly Shape[] {
  const yOf = (kind: DrawnLevel['kind']): number | null => {
    const level = levels.find((l) => l.kind === kind)
    return level ? scale.y(plotted(level.at)) : null
  }
  const entry = yOf('entry')
  if (entry === null) return []
  return (['target', 'stop'] as const).flatMap((kind) => {
    const other = yOf(kind)
    if (other === null) return []
    const zone = { x: plot.x, y: Math.min(entry, other), width: plot.width, height: Math.abs(entry - other) }
    return [box(zone, levelColours[kind], { opacity: 0.09, z: 1 })]
  })
}

/** A line across at the level itself, and its tag beside it, moved where two would cover each other and tied to its line. */
function levelTags(levels: readonly DrawnLevel[], scale: Scale): readonly Shape[] {
  const lines = levels.map((l) => scale.y(plotted(l.at)))
  const middles = spread(lines, tagPlace.height + 4, plot.y, bottom)
  return levels.flatMap(({ kind, at }, i) => {
    const [y = 0, middle = 0] = [lines[i], middles[i]]
    const ink = levelColours[kind]
    const dash = kind === 'entry' ? [] : kind === 'last' ? [2, 5] : [9, 6]
    const tie: readonly (readonly [number, number])[] = [
      [right, y],
      [tagPlace.x, middle],
    ]
    return [
      stroke(
        [
          [plot.x, y],
          [right, y],
        ],
        ink,
        { dash, z: 6 },
      ),
      stroke(tie, ink, { z: 6 }),
      ...tag({ ...tagPlace, y: middle - tagPlace.height / 2 }, names[kind], priceLabel(at), ink),
    ]
  })
}

/** Five to seven characters, whatever a share costs. */
export function priceLabel(value: string): string {
  const amount = Math.abs(plotted(value))
  return decimal(value).toFixed(amount >= 10_000 ? 0 : amount >= 1 ? 2 : 4)
}

/** The place of the bar in which the news came; one after the last when no complete bar has it yet; null: before all of them. */
export function newsSlot({ bars, newsAt }: Pick<CandlesDrawing, 'bars' | 'newsAt'>): number | null {
  const [first, last] = [bars[0], bars.at(-1)]
  if (newsAt === null || !first || !last || newsAt < first.at) return null
  return newsAt >= last.at + minuteMs ? bars.length : bars.findLastIndex((b) => b.at <= newsAt)
}

const flagSize = { width: 70, height: 30 } as const

/** A line through the minute of the news; its word stands where it covers neither candles nor levels. */
function news({ bars, levels, newsAt }: CandlesDrawing, scale: Scale, inner: Box, slotX: (index: number) => number): readonly Shape[] {
  const slot = newsSlot({ bars, newsAt })
  if (slot === null) return []
  const x = slotX(slot)
  const near = bars.slice(Math.max(0, slot - 6), slot + 7).map((b) => [scale.y(plotted(b.high)), scale.y(plotted(b.low))] as const)
  const lines = levels.map((l) => [scale.y(plotted(l.at)), scale.y(plotted(l.at))] as const)
  const middle = clearest([...near, ...lines], inner.y + flagSize.height / 2 + 3, inner.y + inner.height - flagSize.height / 2 - 3)
  const left = Math.min(Math.max(x - flagSize.width / 2, plot.x + 2), right - flagSize.width - 2)
  const flag: Box = { x: left, y: middle - flagSize.height / 2, ...flagSize }
  const line: readonly (readonly [number, number])[] = [
    [x, inner.y],
    [x, inner.y + inner.height],
  ]
  return [
    stroke(line, colour.text, { dash: [4, 4], z: 7 }),
    box(flag, colour.text, { radius: 6, z: 12 }),
    words({ text: 'News', x: left + flag.width / 2, y: middle, fill: colour.ink, fontSize: size.tag, bold: true, align: 'center' }),
  ]
}

/** The place between two bounds that is farthest from every span; the highest of equals. */
function clearest(spans: readonly (readonly [number, number])[], top: number, bottom: number): number {
  const distance = (y: number): number => Math.min(40, ...spans.map(([from, to]) => (y < from ? from - y : y > to ? y - to : 0)))
  const places = Array.from({ length: 40 }, (_, i) => top + ((bottom - top) * i) / 39)
  return places.reduce((best, y) => (distance(y) > distance(best) ? y : best), top)
}

function headingOf({ banner, symbol, trade, last, dayChange, asOf }: CandlesDrawing): readonly Shape[] {
  const change = dayChange === null ? null : decimal(dayChange)
  const sign = change?.gt(zero) ? '+' : ''
  return heading({
    banner,
    title: trade === '' ? symbol : `${symbol}  ${trade}`,
    titleFill: colour.text,
    figure: last === null ? '' : priceLabel(last),
    figureFill: colour.text,
    note: change === null ? '' : `${sign}${change.toFixed(2)} % today`,
    noteFill: change === null || change.eq(zero) ? colour.muted : change.gt(zero) ? colour.good : colour.bad,
    asOf,
  })
}
