import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import type { EChartsOption } from 'echarts'
import type { Drawing } from '../../ports/pictures.ts'
import { candlesOption } from './candles.ts'
import { equityOption } from './equity.ts'
import { sizingOption } from './sizing.ts'
import { canvas, font, zoom } from './theme.ts'

const require = createRequire(import.meta.url)
// The bundle in one file loads in a tenth of the time of its several hundred modules.
const { init } = require('echarts/dist/echarts.min.js') as typeof import('echarts')

const fonts = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf')
/** The same letters on every machine: those of the system are not even looked for. */
const fontOptions = {
  loadSystemFonts: false,
  fontFiles: ['DejaVuSansCondensed.ttf', 'DejaVuSansCondensed-Bold.ttf'].map((file) => join(fonts, file)),
  defaultFontFamily: font,
}

export function optionOf(drawing: Drawing): EChartsOption {
  if (drawing.kind === 'candles') return candlesOption(drawing)
  return drawing.kind === 'equity' ? equityOption(drawing) : sizingOption(drawing)
}

/** A PNG. Takes its time and blocks the thread it runs on: never call it on the main one. @throws for data that cannot be drawn. */
export function draw(drawing: Drawing): Uint8Array {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...canvas })
  try {
    chart.setOption(optionOf(drawing))
    const svg = chart.renderToSVGString()
    return new Resvg(svg, { fitTo: { mode: 'zoom', value: zoom }, font: fontOptions, logLevel: 'off' }).render().asPng()
  } finally {
    chart.dispose()
  }
}
