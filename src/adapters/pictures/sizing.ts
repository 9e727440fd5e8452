import type { EChartsOption } from 'echarts'
import { approximate, decimal } from '../../domain/decimal.ts'
import type { SizingDrawing } from '../../ports/pictures.ts'
import { valueAxis } from './axes.ts'
import { dollarLabel } from './equity.ts'
import { type Box, box, heading, tag, words } from './parts.ts'
import { scaleOf } from './scale.ts'
import { canvas, colour, size } from './theme.ts'

const plot: Box = { x: 118, y: 106, width: 372, height: 296 }
const right = plot.x + plot.width
/** The best comes first; more than these are in the table only. */
const inks = [colour.good, colour.accent, colour.warning, colour.text, colour.muted, colour.bad] as const
const tagHeight = 30

/** What the same trades would have come to by each method: a line each, named beside it, the best on top. */
export function sizingOption({ banner, trades, lines, asOf }: SizingDrawing): EChartsOption {
  const curves = lines.slice(0, inks.length).map(({ method, equity }) => ({ method, values: equity.map((at) => approximate(decimal(at))) }))
  const scale = scaleOf(
    curves.flatMap(({ values }) => values),
    plot.y,
    plot.height,
    0.08,
  )
  const longest = Math.max(1, ...curves.map(({ values }) => values.length))
  return {
    animation: false,
    backgroundColor: colour.page,
    grid: [{ left: plot.x, top: plot.y, width: plot.width, height: plot.height }],
    xAxis: [{ type: 'category', show: false, boundaryGap: false, data: Array.from({ length: longest }, (_, i) => String(i)) }],
    yAxis: [{ type: 'value', show: false, min: scale.low, max: scale.high }],
    series: curves.map(({ values }, i) => ({
      type: 'line',
      z: 8,
      silent: true,
      showSymbol: false,
      data: values,
      lineStyle: { color: inks[i] ?? colour.muted, width: 3 },
    })),
    graphic: [
      box(plot, colour.plot, { radius: 4, z: 0 }),
      ...valueAxis(plot, scale, dollarLabel, 5),
      words({ text: `${trades} closed trades`, x: plot.x, y: plot.y + plot.height + 22, fill: colour.muted, fontSize: size.axis }),
      ...curves.flatMap(({ method, values }, i) => {
        const place = { x: right + 14, y: plot.y + i * (tagHeight + 10), width: canvas.width - right - 24, height: tagHeight }
        const gain = (values.at(-1) ?? 0) - (values[0] ?? 0)
        return tag(place, method, `${gain > 0 ? '+' : ''}${dollarLabel(gain, 1)}`, inks[i] ?? colour.muted)
      }),
      ...heading({
        banner,
        title: 'The same trades, sized otherwise',
        titleFill: colour.text,
        figure: '',
        figureFill: colour.text,
        note: 'Equity after each trade, USD',
        noteFill: colour.muted,
        asOf,
      }),
    ],
  }
}
