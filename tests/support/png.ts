import { inflateSync } from 'node:zlib'

export interface Decoded {
  readonly width: number
  readonly height: number
  /** How many pixels have exactly this colour: `#41c78b`. */
  count(colour: string): number
}

/** Reads a PNG of eight bits and four channels without interlacing; checks what it relies on. */
export function decodePng(bytes: Uint8Array): Decoded {
  const png = Buffer.from(bytes)
  if (png.subarray(1, 4).toString('latin1') !== 'PNG') throw new Error('not a PNG')
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  if (png[24] !== 8 || png[25] !== 6 || png[28] !== 0) throw new Error('a kind of PNG that this does not read')
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.subarray(at + 4, at + 8).toString('latin1') === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  const pixels = unfilter(inflateSync(Buffer.concat(parts)), width * 4, height)
  const counts = new Map<number, number>()
  for (let i = 0; i < pixels.length; i += 4) {
    const colour = pixels.readUIntBE(i, 3)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  return { width, height, count: (colour) => counts.get(Number.parseInt(colour.slice(1), 16)) ?? 0 }
}

function unfilter(data: Buffer, stride: number, height: number): Buffer {
  const out = Buffer.alloc(stride * height)
  for (let row = 0; row < height; row += 1) {
    const filter = data[row * (stride + 1)] ?? 0
    for (let i = 0; i < stride; i += 1) {
      const left = i >= 4 ? (out[row * stride + i - 4] ?? 0) : 0
      const up = row > 0 ? (out[(row - 1) * stride + i] ?? 0) : 0
      const corner = i >= 4 && row > 0 ? (out[(row - 1) * stride + i - 4] ?? 0) : 0
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
      out[row * stride + i] = (data[row * (stride + 1) + 1 + i] ?? 0) + predicted
    }
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}
