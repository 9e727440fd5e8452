import type { GraphicComponentOption } from 'echarts'
import { exchangeTime } from '../../domain/calendar.ts'
import type { Card } from '../../ports/chat.ts'
import { bannerColours, canvas, colour, font, size } from './theme.ts'

/** Shapes at exact places, drawn over everything that axes and series draw. */
export type Shape = GraphicComponentOption

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Words {
  readonly text: string
  readonly x: number
  /** Of the middle of the line. */
  readonly y: number
  readonly fill: string
  readonly fontSize: number
  readonly bold?: boolean
  readonly align?: 'left' | 'center' | 'right'
}
export const words = ({ text, x, y, fill, fontSize, bold = false, align = 'left' }: Words): Shape => ({
  type: 'text',
  silent: true,
  z: 20,
  x,
  y,
  style: { text, fill, fontFamily: font, fontSize, fontWeight: bold ? 'bold' : 'normal', align, verticalAlign: 'middle' },
})

export const box = (shape: Box, fill: string, { radius = 0, opacity = 1, z = 15 } = {}): Shape => ({
  type: 'rect',
  silent: true,
  z,
  shape: { ...shape, r: radius },
  style: { fill, opacity },
})

interface Stroke {
  readonly width?: number
  readonly dash?: readonly number[]
  readonly z?: number
}
export const stroke = (
  points: readonly (readonly [number, number])[],
  ink: string,
  { width = 2, dash = [], z = 10 }: Stroke = {},
): Shape => ({
  type: 'polyline',
  silent: true,
  z,
  shape: { points: points.map(([x, y]) => [x, y]) },
  style: { stroke: ink, lineWidth: width, fill: 'none', ...(dash.length > 0 ? { lineDash: [...dash] } : {}) },
})

/** A label with a figure on its right, as wide for every level, so that figures stand in a column. */
export function tag(place: Box, label: string, figure: string, fill: string): readonly Shape[] {
  const y = place.y + place.height / 2
  const text = { y, fill: colour.ink, fontSize: size.tag, bold: true }
  return [
    box(place, fill, { radius: 6 }),
    words({ ...text, text: label, x: place.x + 9 }),
    words({ ...text, text: figure, x: place.x + place.width - 9, align: 'right' }),
  ]
}

/** Characters that fit beside the figure in full size. */
const longestTitle = 25

const bannerBox: Box = { x: canvas.width - 112, y: 16, width: 96, height: 38 }

export interface Heading {
  readonly banner: Card['banner']
  readonly title: string
  readonly titleFill: string
  /** On the right of the first line. */
  readonly figure: string
  readonly figureFill: string
  readonly note: string
  readonly noteFill: string
  /** Epoch milliseconds. */
  readonly asOf: number
}
/** Two lines above every picture: what it is, the figure that counts, whose money, and when. */
export const heading = ({ banner, title, titleFill, figure, figureFill, note, noteFill, asOf }: Heading): readonly Shape[] => [
  words({
    text: title,
    x: 20,
    y: 36,
    fill: titleFill,
    fontSize: Math.min(size.title, (size.title * longestTitle) / title.length),
    bold: true,
  }),
  words({ text: figure, x: bannerBox.x - 18, y: 37, fill: figureFill, fontSize: size.figure, bold: true, align: 'right' }),
  box(bannerBox, bannerColours[banner], { radius: 8 }),
  // Real money shows also where the corner is cut off, as in a notification's preview.
  ...(banner === 'LIVE' ? [box({ x: 0, y: 0, width: canvas.width, height: 8 }, bannerColours.LIVE)] : []),
  words({
    text: banner,
    x: bannerBox.x + bannerBox.width / 2,
    y: bannerBox.y + bannerBox.height / 2,
    fill: colour.ink,
    fontSize: 24,
    bold: true,
    align: 'center',
  }),
  words({ text: note, x: 20, y: 78, fill: noteFill, fontSize: size.text }),
  words({
    text: `${exchangeTime(asOf).slice(0, 5)} New York`,
    x: bannerBox.x + bannerBox.width,
    y: 78,
    fill: colour.muted,
    fontSize: size.text,
    align: 'right',
  }),
]
