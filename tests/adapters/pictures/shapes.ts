import type { EChartsOption } from 'echarts'

interface Shape {
  readonly type: string
  readonly x: number
  readonly y: number
  readonly style: {
    readonly text: string
    readonly align: string
    readonly fontSize: number
    readonly fill: string
    readonly stroke: string
  }
  readonly shape: { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly points: number[][] }
}

/** What an option draws over its axes and series. */
export const shapesOf = (option: EChartsOption): readonly Shape[] => option.graphic as readonly Shape[]
export const textsOf = (option: EChartsOption): readonly string[] =>
  shapesOf(option)
    .filter((s) => s.type === 'text')
    .map((s) => s.style.text)
/** The place of a text. @throws when it is not there. */
export function textAt(option: EChartsOption, text: string): Shape {
  const found = shapesOf(option).find((s) => s.type === 'text' && s.style.text === text)
  if (!found) throw new Error(`no text ${text} among ${textsOf(option).join(', ')}`)
  return found
}
/** About as wide as a text is in the condensed font: a bold digit is 0.63 of its size. */
export const widthOf = ({ style }: Shape): number => style.text.length * style.fontSize * 0.63
