import type { TradingState } from '../domain/trading-state.ts'
import type { App } from './app.ts'
import type { Operations } from './operations.ts'

export interface Readiness {
  readonly ready: boolean
  /** What stands in the way, in words. */
  readonly missing: readonly string[]
  /** Null when the database does not answer. */
  readonly trading: TradingState | null
}

const patienceMs = 2_000

export async function readiness(app: App, operations: Pick<Operations, 'brokerConnected'>): Promise<Readiness> {
  const trading = await withinPatience(app)
  const missing = [
    trading === null && 'the database does not answer',
    !operations.brokerConnected() && `the broker ${app.broker.name} is not connected`,
    app.status.reconciling && "our books are still being compared with the broker's",
  ].filter((m) => m !== false)
  return { ready: missing.length === 0, missing, trading }
}

/** A database that hangs must not make the question about it hang. */
async function withinPatience(app: App): Promise<TradingState | null> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, patienceMs, null)
  })
  const answer = app.read.tradingState().catch((error: unknown) => {
    app.log.error({ err: error }, 'the database does not answer')
    return null
  })
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer))
}
