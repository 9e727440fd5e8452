/** Which symbols are streamed: those used last, as many as the plan allows; the others are asked for when they are needed. */
export interface Slots {
  /** Notes that a symbol is wanted. @returns what to subscribe to and what to leave, when that changes something */
  use(symbol: string, now: number): { readonly add: string | null; readonly drop: string | null }
  /** Symbols that nobody has wanted for a while; they are given up. */
  expire(now: number): readonly string[]
  has(symbol: string): boolean
  /** The server took fewer: these are given up, and no more are tried than are left. */
  refuse(symbols: readonly string[]): void
  all(): readonly string[]
}

/** A symbol that was wanted this lately is not put out for another. */
const heldMs = 60_000
const unusedMs = 10 * 60_000

export function createSlots(most: number): Slots {
  const usedAt = new Map<string, number>()
  let room = most
  return {
    use(symbol, now) {
      if (usedAt.has(symbol)) {
        usedAt.set(symbol, now)
        return { add: null, drop: null }
      }
      if (usedAt.size < room) {
        usedAt.set(symbol, now)
        return { add: symbol, drop: null }
      }
      const [oldest] = [...usedAt].sort(([, a], [, b]) => a - b)
      if (!oldest || now - oldest[1] < heldMs) return { add: null, drop: null }
      usedAt.delete(oldest[0])
      usedAt.set(symbol, now)
      return { add: symbol, drop: oldest[0] }
    },
    expire(now) {
      const unused = [...usedAt].filter(([, at]) => now - at > unusedMs).map(([symbol]) => symbol)
      for (const symbol of unused) usedAt.delete(symbol)
      return unused
    },
    has: (symbol) => usedAt.has(symbol),
    refuse(symbols) {
      for (const symbol of symbols) usedAt.delete(symbol)
      room = Math.max(1, usedAt.size)
    },
    all: () => [...usedAt.keys()],
  }
}
