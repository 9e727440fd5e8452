import { exchangeDate, exchangeTime } from '../../domain/calendar.ts'
import { type Box, type Shape, stroke, words } from './parts.ts'
import { type Scale, ticks } from './scale.ts'
import { colour, size } from './theme.ts'

/** Round values on the left with fine lines across; nothing where it would be cut by an edge. */
export function valueAxis(plot: Box, scale: Scale, label: (value: number, step: number) => string, about = 5): readonly Shape[] {
  const { step, values } = ticks(scale.low, scale.high, about)
  return values
    .map((value) => ({ value, y: scale.y(value) }))
    .filter(({ y }) => y > plot.y + 8 && y < plot.y + plot.height - 8)
    .flatMap(({ value, y }) => [
      across(plot, y),
      words({ text: label(value, step), x: plot.x - 10, y, fill: colour.muted, fontSize: size.axis, align: 'right' }),
    ])
}

const across = (plot: Box, y: number): Shape => {
  const ends: readonly (readonly [number, number])[] = [
    [plot.x, y],
    [plot.x + plot.width, y],
  ]
  return stroke(ends, colour.line, { width: 1, z: 2 })
}

export interface Moment {
  /** Epoch milliseconds. */
  readonly at: number
  readonly x: number
}
const minuteMs = 60_000
const dayMs = 1_440 * minuteMs
/** Minutes between labels, from which the first that leaves them room is taken. */
const steps = [5, 10, 15, 30, 60, 120, 240] as const
const labelWidth = 74

const shortDate = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', month: 'short', day: 'numeric' })

/** New York's time under the plot: round minutes, or dates when the picture spans several days. */
export function timeAxis(plot: Box, moments: readonly Moment[]): readonly Shape[] {
  const [first, last] = [moments[0], moments.at(-1)]
  if (!first || !last) return []
  const labels = last.at - first.at > dayMs ? dates(moments) : clockTimes(moments)
  return apart(labels, plot).map(({ text, x }) =>
    words({ text, x, y: plot.y + plot.height + 22, fill: colour.muted, fontSize: size.axis, align: 'center' }),
  )
}

interface Label {
  readonly text: string
  readonly x: number
}
const dates = (moments: readonly Moment[]): readonly Label[] =>
  moments
    .filter(({ at }, i) => i > 0 && exchangeDate(at) !== exchangeDate(moments[i - 1]?.at ?? at))
    .map(({ at, x }) => ({ text: shortDate.format(at), x }))

function clockTimes(moments: readonly Moment[]): readonly Label[] {
  const [first, last] = [moments[0], moments.at(-1)]
  if (!first || !last) return []
  const room = Math.max(2, Math.floor((last.x - first.x) / (labelWidth * 1.35)))
  const minutes = (last.at - first.at) / minuteMs
  const step = (steps.find((s) => minutes / s <= room) ?? 480) * minuteMs
  const slot = (at: number): number => Math.floor(at / step)
  return moments
    .filter(({ at }, i) => i > 0 && slot(at) !== slot(moments[i - 1]?.at ?? at))
    .map(({ at, x }) => ({ text: exchangeTime(slot(at) * step).slice(0, 5), x }))
}

/** Leaves out what would run into its neighbour or over the edge. */
function apart(labels: readonly Label[], plot: Box): readonly Label[] {
  const kept: Label[] = []
  for (const label of labels) {
    const before = kept.at(-1)
    const inside = label.x - labelWidth / 2 > plot.x - 40 && label.x + labelWidth / 2 < plot.x + plot.width + 40
    if (inside && (!before || label.x - before.x >= labelWidth)) kept.push(label)
  }
  return kept
}
