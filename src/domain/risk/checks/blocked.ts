import { defineCheck } from '../check.ts'
import { noLimits } from '../limits.ts'

export const check = defineCheck({
  code: 'BLOCKED',
  tier: 'position',
  limits: noLimits,
  transient: false,
  evaluate({ request, blockedSymbols, allowedSymbols }) {
    const symbol = request.symbol.toUpperCase()
    const lists = (list: readonly string[]): boolean => list.some((listed) => listed.toUpperCase() === symbol)
    const explain = lists(blockedSymbols)
      ? `${symbol} is on the block-list`
      : allowedSymbols !== null && !lists(allowedSymbols)
        ? `${symbol} is not among the symbols that may be traded: ${shown(allowedSymbols)}`
        : null
    return explain === null ? null : { limit: null, actual: null, wouldPass: null, explain }
  },
})

const mostShown = 8
const shown = (symbols: readonly string[]): string =>
  symbols.length === 0
    ? 'none'
    : `${symbols.slice(0, mostShown).join(', ')}${symbols.length > mostShown ? ` and ${symbols.length - mostShown} more` : ''}`
