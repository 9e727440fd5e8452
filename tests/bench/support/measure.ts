/** What one measurement came to: a row of the table. */
export interface Line {
  readonly name: string
  readonly samples: number
  readonly p50: number
  /** The worst sample when there are fewer than a hundred. */
  readonly p99: number
  readonly unit: string
  readonly goal: string
  readonly met: boolean | null
}
export interface BenchOptions {
  /** Fewer samples and smaller books. */
  readonly quick: boolean
  readonly database: 'embedded' | 'postgres'
}
export interface Bench {
  /** False: has nothing to do with a database and runs once. */
  readonly eachDatabase: boolean
  run(options: BenchOptions): Promise<readonly Line[]>
}

/** Which figure has to stay on which side of a limit. Without one the line only informs. */
export interface Goal {
  readonly of: 'p50' | 'p99'
  readonly below?: number
  readonly above?: number
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function line(name: string, values: readonly number[], unit: string, goal: Goal | null = null): Line {
  const figures = { p50: percentile(values, 0.5), p99: percentile(values, 0.99) }
  return { name, samples: values.length, ...figures, unit, ...judged(figures, unit, goal) }
}

function judged(figures: { readonly p50: number; readonly p99: number }, unit: string, goal: Goal | null): Pick<Line, 'goal' | 'met'> {
  if (!goal) return { goal: '', met: null }
  const value = figures[goal.of]
  const { below = Number.POSITIVE_INFINITY, above = Number.NEGATIVE_INFINITY } = goal
  const words = goal.below === undefined ? `> ${above}` : `< ${below}`
  return { goal: `${goal.of} ${words} ${unit}`, met: value < below && value > above }
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** How long something took, milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
