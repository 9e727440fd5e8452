/**
 * Seeded pseudo-random numbers: the same words give the same numbers, for ever and on every machine.
 * For simulation only; nothing secret may come from here.
 */
export type Random = () => number

/** 32-bit finalizer (the constants are MurmurHash3's): every input bit moves every output bit. */
const scramble = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** One unsigned 32-bit number from whole numbers; their order counts. */
export function mix(...parts: readonly number[]): number {
  let h = 0x9e3779b9
  for (const part of parts) h = scramble(Math.imul(h, 31) ^ scramble(part) ^ scramble(Math.floor(part / 4294967296)))
  return h
}

/** One unsigned 32-bit number from a text (FNV-1a, scrambled). */
export function hashText(value: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < value.length; i++) h = Math.imul(h ^ value.charCodeAt(i), 0x01000193)
  return scramble(h)
}

/** A number in [0, 1) from whole numbers, without any state. */
export const uniform = (...parts: readonly number[]): number => mix(...parts) / 4294967296

/** A stream of numbers in [0, 1): sfc32, seeded with one 32-bit number. */
export function random(seed: number): Random {
  let a = scramble(seed)
  let b = scramble(seed + 1)
  let c = scramble(seed + 2)
  let counter = 1
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

/** A standard normal number (Box–Muller); never infinite. */
export const normal = (next: Random): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())

/** One of a list. @throws RangeError when it is empty. */
export function pick<T>(next: Random, list: readonly T[]): T {
  const item = list[Math.floor(next() * list.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}
