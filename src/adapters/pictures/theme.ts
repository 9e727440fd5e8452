import type { CandlesDrawing, DrawnLevel } from '../../ports/pictures.ts'

/** A picture is drawn on this many units; a phone shows it about half as wide, so that no text may be smaller than 20. */
export const canvas = { width: 800, height: 450 } as const
/** Pixels to a unit. */
export const zoom = 2

/** The only family among the fonts that are loaded; condensed, because figures are what has to fit. */
export const font = 'DejaVu Sans'
export const size = { title: 38, figure: 30, text: 21, tag: 20, axis: 20 } as const

/** The console's dark colours: high contrast, and the same meaning everywhere. */
export const colour = {
  page: '#0d1116',
  plot: '#121820',
  line: '#26303b',
  text: '#f2f5f8',
  muted: '#a9b5c2',
  good: '#41c78b',
  bad: '#ff7d73',
  warning: '#e9b653',
  accent: '#63a9ff',
  ink: '#07121f',
} as const

export const levelColours: { readonly [K in DrawnLevel['kind']]: string } = {
  target: colour.good,
  ceiling: colour.warning,
  entry: colour.accent,
  stop: colour.bad,
  last: colour.text,
}
/** Real money is what must never be mistaken. */
export const bannerColours: { readonly [K in CandlesDrawing['banner']]: string } = {
  SIM: colour.accent,
  PAPER: colour.warning,
  LIVE: colour.bad,
}
