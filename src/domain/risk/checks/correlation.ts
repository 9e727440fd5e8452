import { z } from 'zod'
import { fromNumber } from '../../decimal.ts'
import { type CheckWarning, defineCheck } from '../check.ts'
import type { HeldCorrelation } from '../correlation.ts'
import { countLimit } from '../limits.ts'

interface Known {
  readonly symbol: string
  readonly coefficient: number
}
const known = (all: readonly HeldCorrelation[], fewest: number): readonly Known[] =>
  all.flatMap(({ symbol, coefficient, days }) =>
    coefficient !== null && Number.isFinite(coefficient) && days >= fewest ? [{ symbol, coefficient }] : [],
  )
const closest = (all: readonly Known[]): Known | null =>
  all.reduce<Known | null>((most, one) => (most === null || one.coefficient > most.coefficient ? one : most), null)

/** Rounded up: 0.7001 must not read as if it were within 0.7. */
const figure = (coefficient: number): string => (Math.ceil(coefficient * 100 - 1e-9) / 100).toFixed(2)

function tooLittle(all: readonly HeldCorrelation[], understood: readonly Known[], fewest: number): CheckWarning | null {
  const [first, ...more] = all.filter(({ symbol }) => !understood.some((one) => one.symbol === symbol))
  if (!first) return null
  const others = more.length === 0 ? '' : ` and ${more.length} more`
  return { warning: `cannot tell whether it moves with ${first.symbol}${others}: ${first.days} of ${fewest} shared days` }
}

export const check = defineCheck({
  code: 'CORRELATION',
  tier: 'portfolio',
  limits: z.strictObject({
    coefficient: z.number().min(-1).max(1).default(0.7).meta({
      description: '-1 to 1: how alike the daily returns of a new position and of any that is held may be, at most',
    }),
    days: countLimit(20, 250, 60, 'daily returns that are compared'),
    fewest_days: countLimit(2, 250, 20, 'shared days under which it only warns'),
  }),
  transient: true,
  evaluate({ correlations }, { coefficient: most, fewest_days: fewest }) {
    const understood = known(correlations, fewest)
    const like = closest(understood)
    if (like === null || like.coefficient <= most) return tooLittle(correlations, understood, fewest)
    const actual = figure(like.coefficient)
    return {
      limit: String(most),
      actual,
      wouldPass: `after ${like.symbol} is closed`,
      explain: `moves with ${like.symbol}, which is held: correlation ${actual}; at most ${most}`,
    }
  },
  usage({ correlations }, { coefficient: most, fewest_days: fewest }) {
    const like = closest(known(correlations, fewest))
    if (like === null) return null
    const percent = (value: number) => fromNumber(Math.max(0, value) * 100, 0)
    return {
      label: 'Correlation',
      used: percent(like.coefficient),
      limit: percent(most),
      unit: 'percent',
      explain: `with ${like.symbol}: ${figure(like.coefficient)}; at most ${most}`,
    }
  },
})
