import { type ChartOptions, ColorType, type DeepPartial, type Time } from 'lightweight-charts'
import { clockTime, shortDate, shortTime } from './format.ts'

/** Canvases read no stylesheet: the same colours as in `styles/colours.css`. */
const palettes = {
  dark: {
    /** Words on a coloured tag. */
    tag: '#0d1116',
    text: '#9aa7b5',
    grid: '#1e2731',
    border: '#2a3542',
    good: '#41c78b',
    bad: '#ff7d73',
    accent: '#63a9ff',
    fill: '#63a9ff33',
    fade: '#63a9ff00',
  },
  light: {
    tag: '#ffffff',
    text: '#52606d',
    grid: '#eceff2',
    border: '#d6dce2',
    good: '#0a7a4a',
    bad: '#c2302c',
    accent: '#0b62c4',
    fill: '#0b62c426',
    fade: '#0b62c400',
  },
} as const
export const palette = (shade: 'light' | 'dark') => palettes[shade]

const seconds = (time: Time): number => (typeof time === 'number' ? time * 1000 : Date.parse(String(time)))

export function chartOptions(shade: 'light' | 'dark', days = false): DeepPartial<ChartOptions> {
  const c = palettes[shade]
  const label = (time: Time): string => (days ? shortDate(seconds(time)) : shortTime(seconds(time)))
  return {
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: c.text,
      fontSize: 11,
      fontFamily: 'system-ui, sans-serif',
      // The attribution stands in the help view; the logo would bring an inline style element.
      attributionLogo: false,
      panes: { separatorColor: c.border, separatorHoverColor: c.border, enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: c.grid } },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.08, bottom: 0.08 } },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, tickMarkFormatter: label, fixLeftEdge: true },
    crosshair: { vertLine: { color: c.border }, horzLine: { color: c.border } },
    localization: { timeFormatter: (time: Time) => (days ? shortDate(seconds(time)) : `${clockTime(seconds(time))} New York`) },
  }
}
