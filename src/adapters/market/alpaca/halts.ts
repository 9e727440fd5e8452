/**
 * Which symbols are halted, from status messages of the tapes. A and B (CTA): 2 halt, 3 resume, F limit up or down. C and O
 * (UTP): H halt, P volatility pause, T resume; Q lets quotes in again and trades not yet. Other codes change nothing.
 */
const halting: ReadonlySet<string> = new Set(['2', 'F', 'H', 'P'])
const resuming: ReadonlySet<string> = new Set(['3', 'T'])

export interface Halts {
  status(symbol: string, code: string, at: number): void
  /** @param lastTradeAt a trade after the halt says that it is over, whatever message was missed */
  isHalted(symbol: string, lastTradeAt: number | null): boolean
}

export function createHalts(): Halts {
  const since = new Map<string, number>()
  return {
    status(symbol, code, at) {
      if (halting.has(code)) since.set(symbol, at)
      else if (resuming.has(code)) since.delete(symbol)
    },
    isHalted(symbol, lastTradeAt) {
      const at = since.get(symbol)
      if (at === undefined) return false
      // Prints of the moment itself may belong to what came before.
      if (lastTradeAt === null || lastTradeAt <= at + 1_000) return true
      since.delete(symbol)
      return false
    },
  }
}
