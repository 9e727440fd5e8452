/** Where values stand: plain numbers, for places on a canvas and never for money. */

export interface Scale {
  readonly low: number
  readonly high: number
  /** From a value to the unit of the canvas, top down. */
  y(value: number): number
}

/** Everything fits, with `air` (a share of the range) above and below; a flat line gets a range of its own. */
export function scaleOf(values: readonly number[], top: number, height: number, air: number): Scale {
  const [least, most] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  const range = most - least || Math.abs(most) * 0.001 || 1
  const middle = (most + least) / 2
  const half = range * (0.5 + air)
  const [low, high] = [middle - half, middle + half]
  return { low, high, y: (value) => top + ((high - value) / (high - low)) * height }
}

/** Where a scale is broken, what lies beyond gets a strip of this height at the edge. */
export const strip = { height: 36, gap: 8 } as const

export interface BrokenScale extends Scale {
  /** The part that is drawn to scale, without the strips. */
  readonly top: number
  readonly height: number
}

/**
 * All of it to scale when that leaves `core` two fifths of the height. Otherwise the core gets what there is, and what lies
 * far above or below stands in a strip of its own beyond a visible break: a stop five percent away must not flatten an hour
 * of prices to a line.
 */
export function brokenScale(core: readonly number[], far: readonly number[], top: number, height: number): BrokenScale {
  const whole = scaleOf([...core, ...far], top, height, 0.06)
  const range = Math.max(...core) - Math.min(...core)
  if (range >= (whole.high - whole.low) * 0.4) return { ...whole, top, height }
  const taken = strip.height + strip.gap
  const [above, below] = [far.some((v) => v > Math.max(...core)), far.some((v) => v < Math.min(...core))].map((is) => (is ? taken : 0))
  const inner = { top: top + (above ?? 0), height: height - (above ?? 0) - (below ?? 0) }
  const near = scaleOf(core, inner.top, inner.height, 0.1)
  const y = (value: number): number =>
    value > near.high ? top + strip.height / 2 : value < near.low ? top + height - strip.height / 2 : near.y(value)
  return { ...near, ...inner, y }
}

/** Round values between two, about as many as asked: 1, 2 or 5 times a power of ten apart. */
export function ticks(low: number, high: number, about: number): { readonly step: number; readonly values: readonly number[] } {
  const rough = (high - low) / about
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((m) => m * power >= rough) ?? 10)
  const first = Math.ceil(low / step)
  const count = Math.max(0, Math.floor(high / step) - first + 1)
  return { step, values: Array.from({ length: count }, (_, i) => (first + i) * step) }
}

/** Digits behind the point that tell one step from the next. */
export const places = (step: number): number => Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))

/**
 * Moves labels apart that would cover each other, each as little as possible, all between two bounds.
 * @param wanted middles, in any order. @returns the middle of each, in the order given.
 */
export function spread(wanted: readonly number[], height: number, top: number, bottom: number): readonly number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0))
  const placed = order.map((i) => wanted[i] ?? 0)
  // Down from the top, then up from the bottom: whatever the first pass pushed out comes back in.
  for (let i = 0, least = top + height / 2; i < placed.length; i += 1) {
    placed[i] = Math.max(placed[i] ?? 0, least)
    least = (placed[i] ?? 0) + height
  }
  for (let i = placed.length - 1, most = bottom - height / 2; i >= 0; i -= 1) {
    placed[i] = Math.min(placed[i] ?? 0, most)
    most = (placed[i] ?? 0) - height
  }
  const result: number[] = []
  for (const [rank, i] of order.entries()) result[i] = placed[rank] ?? 0
  return result
}
