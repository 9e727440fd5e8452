import { type Price, price, quantity, usd } from '../../src/domain/decimal.ts'
import { correlation, type DailyReturns, dailyReturns, heldCorrelations } from '../../src/domain/risk/correlation.ts'
import { portfolioState } from '../../src/domain/risk/portfolio.ts'
import { judgeEntry } from '../../src/domain/risk/verdict.ts'
import { loadChecks, position, riskContext, standing, withDefaults } from '../support/samples.ts'
import { type Bench, line } from './support/measure.ts'

const dayMs = 86_400_000
const held = 50
const sectors = ['Technology', 'Energy', 'Health Care', 'Utilities', 'Financials']

/** Returns of a market and of one's own, so that nothing is constant and nothing is alike. */
function returnsOf(seed: number, days: number): DailyReturns {
  let level = 100
  const bars = Array.from({ length: days + 1 }, (_, i) => {
    level *= Math.exp(Math.sin(i * 1.3) / 90 + Math.sin(i * (seed + 2) * 0.7) / 60)
    return { at: i * dayMs, close: level }
  })
  return dailyReturns(bars)
}

/** What a tap waits for besides the database: the portfolio summed up, correlations, and every check of all three tiers. */
export const bench: Bench = {
  eachDatabase: false,
  async run({ quick }) {
    const checks = withDefaults(await loadChecks())
    const symbols = Array.from({ length: held }, (_, i) => `S${i}`)
    const positions = symbols.map((symbol) => position({ id: symbol, symbol, quantity: quantity('10') }))
    const past = standing({ sectors: new Map(symbols.map((symbol, i) => [symbol, sectors[i % sectors.length] ?? ''])) })
    const returns = new Map([...symbols, 'NVDA'].map((symbol, i) => [symbol, returnsOf(i, 60)]))
    const request = { symbol: 'NVDA', side: 'buy' } as const
    const verdicts: number[] = []
    for (let i = 0; i < (quick ? 300 : 3_000); i++) {
      // Prices move between two taps, so that nothing may be kept from one to the next.
      const lasts = new Map(symbols.map((symbol, n) => [symbol, price((100 + ((i + n) % 7)).toFixed(2)) as Price]))
      const from = performance.now()
      const portfolio = portfolioState({ equity: usd('1000000'), positions, orders: [], lasts, standing: past })
      const correlations = heldCorrelations(request, { positions, orders: [] }, returns, 60)
      judgeEntry(riskContext({ positions, portfolio, correlations }), checks)
      verdicts.push(performance.now() - from)
    }
    const many = Array.from({ length: 500 }, (_, i) => returnsOf(i, 250))
    const matrices: number[] = []
    for (let round = 0; round < (quick ? 2 : 10); round++) {
      const from = performance.now()
      for (const [i, one] of many.entries()) for (const other of many.slice(i + 1)) correlation(one, other, 250)
      matrices.push(performance.now() - from)
    }
    return [
      line('verdict, 50 positions', verdicts.slice(50), 'ms', { of: 'p99', below: 2 }),
      line('correlation, 500 x 500', matrices, 'ms'),
    ]
  },
}
