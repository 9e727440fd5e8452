import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineStyle,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useEffect, useRef, useState } from 'preact/hooks'
import { barsOf } from '../bars.ts'
import { chartOptions, palette } from '../chart-theme.ts'
import { plain, price, toPlot } from '../format.ts'
import { shade } from '../preferences.ts'
import type { Bar, Proposal } from '../wire.ts'

interface Drawing {
  readonly chart: IChartApi
  readonly series: ISeriesApi<'Candlestick'>
  readonly markers: ISeriesMarkersPluginApi<Time>
  lines: readonly IPriceLine[]
  first: number
  count: number
}

const candle = (b: Bar) => ({
  time: b.time as UTCTimestamp,
  open: toPlot(b.open),
  high: toPlot(b.high),
  low: toPlot(b.low),
  close: toPlot(b.close),
})

function open(host: HTMLElement, p: Proposal): Drawing {
  const chart = createChart(host, { ...chartOptions(shade.peek()), autoSize: true, handleScroll: false, handleScale: false })
  const levels = [toPlot(p.stop_loss), toPlot(p.take_profit), toPlot(p.limit_price)]
  const series = chart.addSeries(CandlestickSeries, {
    priceLineVisible: false,
    // The newest price stands on the card; its label would cover the entry's.
    lastValueVisible: false,
    // The plan is part of the picture: the stop and the target are always inside it.
    autoscaleInfoProvider: (original: () => { priceRange: { minValue: number; maxValue: number } | null } | null) => {
      const range = original()?.priceRange
      return {
        priceRange: {
          minValue: Math.min(...levels, range?.minValue ?? Infinity),
          maxValue: Math.max(...levels, range?.maxValue ?? -Infinity),
        },
      }
    },
  })
  return { chart, series, markers: createSeriesMarkers(series, []), lines: [], first: 0, count: 0 }
}

function paint(drawing: Drawing, p: Proposal): void {
  const colours = palette(shade.value)
  drawing.chart.applyOptions(chartOptions(shade.value))
  drawing.series.applyOptions({
    upColor: colours.good,
    downColor: colours.bad,
    wickUpColor: colours.good,
    wickDownColor: colours.bad,
    borderVisible: false,
    ...(toPlot(p.limit_price) < 1 ? { priceFormat: { type: 'price' as const, precision: 4, minMove: 0.0001 } } : {}),
  })
  for (const line of drawing.lines) drawing.series.removePriceLine(line)
  drawing.lines = [
    { value: p.take_profit, title: 'target', color: colours.good, lineStyle: LineStyle.Dashed },
    { value: p.limit_price, title: 'entry', color: colours.accent, lineStyle: LineStyle.Solid },
    { value: p.stop_loss, title: 'stop', color: colours.bad, lineStyle: LineStyle.Dashed },
  ].map(({ value, ...rest }) =>
    drawing.series.createPriceLine({
      price: toPlot(value),
      lineWidth: 1,
      axisLabelVisible: true,
      axisLabelColor: rest.color,
      axisLabelTextColor: colours.tag,
      ...rest,
    }),
  )
}

function fill(drawing: Drawing, bars: readonly Bar[], p: Proposal): void {
  const [first, last] = [bars[0], bars.at(-1)]
  if (!first || !last) return
  if (drawing.first === first.time && (drawing.count === bars.length || drawing.count === bars.length - 1)) {
    drawing.series.update(candle(last))
    drawing.count = bars.length
    return
  }
  drawing.first = first.time
  drawing.count = bars.length
  drawing.series.setData(bars.map(candle))
  const published = Date.parse(p.published_at) / 1000
  const at = bars.findLast((b) => b.time <= published) ?? first
  drawing.markers.setMarkers([
    { time: at.time as UTCTimestamp, position: 'belowBar', shape: 'arrowUp', color: palette(shade.peek()).accent, text: 'news' },
  ])
  // The newest bars are what matters: a phone shows about an hour of them.
  drawing.chart.timeScale().setVisibleLogicalRange({ from: Math.max(-1, bars.length - 70), to: bars.length + 12 })
}

export function Chart({ proposal: p }: { readonly proposal: Proposal }) {
  const host = useRef<HTMLDivElement>(null)
  const drawing = useRef<Drawing | null>(null)
  const bars = barsOf(p.symbol)
  useEffect(() => {
    if (host.current === null) return
    const made = open(host.current, p)
    drawing.current = made
    paint(made, p)
    const unsubscribe = bars.subscribe((list) => fill(made, list, p))
    const unshade = shade.subscribe(() => {
      paint(made, p)
      // The marker keeps the colour it was made in.
      made.first = 0
      fill(made, bars.peek(), p)
    })
    return () => {
      unsubscribe()
      unshade()
      made.chart.remove()
      drawing.current = null
    }
  }, [p.id, p.version, bars])
  return (
    <div
      class="chart"
      data-testid="chart"
      role="img"
      aria-label={`${plain(p.symbol)}: entry ${price(p.limit_price)}, stop ${price(p.stop_loss)}, target ${price(p.take_profit)}`}
    >
      <div class="canvas" ref={host} aria-hidden="true" />
      {bars.value.length === 0 && <span class="chart-empty">No bars yet</span>}
    </div>
  )
}

/** Draws only what is on the screen: ten cards in a list are not ten canvases. */
export function LazyChart({ proposal }: { readonly proposal: Proposal }) {
  const place = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(false)
  useEffect(() => {
    if (place.current === null) return
    const observer = new IntersectionObserver((entries) => setNear(entries.some((e) => e.isIntersecting)), { rootMargin: '200px' })
    observer.observe(place.current)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={place} class="chart-place">
      {near ? <Chart proposal={proposal} /> : <div class="chart" data-testid="chart" />}
    </div>
  )
}
