import { AreaSeries, createChart, HistogramSeries, type IChartApi, type UTCTimestamp } from 'lightweight-charts'
import { useEffect, useRef } from 'preact/hooks'
import { chartOptions, palette } from '../chart-theme.ts'
import { change, money, toPlot } from '../format.ts'
import { shade } from '../preferences.ts'
import { deepest, drawdown, equityCurve, type Point } from '../series.ts'
import type { DayResult, Pnl } from '../wire.ts'

/** Beyond this a curve is labelled with days instead of hours, milliseconds. */
const longDay = 36 * 3_600_000

const dollars = { type: 'custom' as const, formatter: (v: number) => `$${Math.round(v).toLocaleString('en-US')}`, minMove: 1 }

const stamped = (points: readonly Point[]) => points.map((p) => ({ time: p.time as UTCTimestamp, value: p.value }))

/** Draws into a box for as long as it is shown; drawn anew when the data or the colours change. */
function Drawing({
  label,
  draw,
  of,
  tall,
}: {
  readonly label: string
  readonly draw: (chart: IChartApi) => void
  readonly of: unknown
  readonly tall: boolean
}) {
  const host = useRef<HTMLDivElement>(null)
  const colours = shade.value
  useEffect(() => {
    if (host.current === null) return
    const chart = createChart(host.current, { ...chartOptions(colours, true), autoSize: true, handleScroll: false, handleScale: false })
    draw(chart)
    chart.timeScale().fitContent()
    return () => chart.remove()
  }, [of, colours])
  return (
    <div class={`chart ${tall ? 'tall' : 'low'}`} role="img" aria-label={label}>
      <div class="canvas" ref={host} aria-hidden="true" />
    </div>
  )
}

/** Equity above, how far below its peak under it. */
export function EquityChart({ equity }: { readonly equity: Pnl['equity'] }) {
  const [first, last] = [equity[0], equity.at(-1)]
  const fall = drawdown(equity)
  const days = first !== undefined && last !== undefined && Date.parse(last.at) - Date.parse(first.at) > longDay
  const draw = (chart: IChartApi): void => {
    const c = palette(shade.peek())
    if (!days) chart.applyOptions(chartOptions(shade.peek()))
    const line = { lineWidth: 2 as const, priceLineVisible: false }
    chart
      .addSeries(AreaSeries, { ...line, lineColor: c.accent, topColor: c.fill, bottomColor: c.fade, priceFormat: dollars })
      .setData(stamped(equityCurve(equity)))
    const below = {
      ...line,
      lineWidth: 1 as const,
      lineColor: c.bad,
      topColor: `${c.bad}08`,
      bottomColor: `${c.bad}40`,
      invertFilledArea: true,
    }
    const percents = { type: 'custom' as const, formatter: (v: number) => `${v.toFixed(2)}%`, minMove: 0.01 }
    chart.addSeries(AreaSeries, { ...below, priceFormat: percents }, 1).setData(stamped(fall))
    chart.panes()[1]?.setStretchFactor(0.35)
  }
  return (
    <figure>
      <Drawing
        label={`Equity from ${money(first?.equity)} to ${money(last?.equity)}; deepest fall ${deepest(fall).toFixed(2)}%`}
        draw={draw}
        of={equity}
        tall
      />
      <figcaption>Equity, and under it how far below its peak</figcaption>
    </figure>
  )
}

/** One bar a day, net of fees. */
export function DayBars({ days }: { readonly days: readonly DayResult[] }) {
  const draw = (chart: IChartApi): void => {
    const c = palette(shade.peek())
    // Noon UTC is the same day in New York.
    const points = days
      .toSorted((a, b) => a.date.localeCompare(b.date))
      .map((d) => ({ time: (Date.parse(`${d.date}T16:00:00Z`) / 1000) as UTCTimestamp, value: toPlot(d.net_pnl) }))
    chart
      .addSeries(HistogramSeries, { priceLineVisible: false, lastValueVisible: false, priceFormat: dollars })
      .setData(points.map((p) => ({ ...p, color: p.value < 0 ? c.bad : c.good })))
  }
  const words = days.map((d) => `${d.date} ${change(d.net_pnl)}`).join(', ')
  return (
    <figure>
      <Drawing label={`Net result by day: ${words}`} draw={draw} of={days} tall={false} />
      <figcaption>Net result by day</figcaption>
    </figure>
  )
}
