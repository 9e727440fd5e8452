import { BrokerError } from '../../../ports/broker.ts'
import { type AlpacaAccess, endpoints, looksLikePaper } from '../../alpaca/access.ts'
import { AlpacaFailure } from '../../alpaca/failures.ts'
import { createRateBudget } from '../../alpaca/rate-budget.ts'
import { createTradingApi, type TradingApi } from './api.ts'
import { blockedBecause } from './mapper.ts'
import type { WireAccount } from './schema.ts'
import { createTradeStream } from './stream.ts'

interface Finding {
  readonly good: boolean
  readonly text: string
}
const good = (text: string): Finding => ({ good: true, text })
const bad = (text: string): Finding => ({ good: false, text })

export interface DiagnoseOptions {
  readonly access: AlpacaAccess
  /** Epoch milliseconds of this machine. */
  readonly now?: () => number
  readonly firstPauseMs?: number
  readonly patienceMs?: number
}

/** Beyond this, times of quotes and orders no longer mean what they say. */
const mostDriftMs = 2_000

/** What of an Alpaca account works and what does not, each with what to do about it. Shows no key. Never rejects. */
export async function diagnoseAlpacaBroker(options: DiagnoseOptions): Promise<readonly Finding[]> {
  const { access, now = Date.now, firstPauseMs } = options
  const budget = createRateBudget()
  const api = createTradingApi({ access, budget, ...(firstPauseMs !== undefined && { firstPauseMs }) }, endpoints(access).trading)
  try {
    const account = await api.account()
    return [
      good(`Alpaca keys: valid, ${access.mode} account ${account.account_number ?? ''}`.trimEnd()),
      standing(account),
      shorting(account),
      await drift(api, now),
      await updates(options),
    ]
  } catch (error) {
    return [bad(keyProblem(access, error))]
  }
}

function keyProblem({ mode, keyId }: AlpacaAccess, error: unknown): string {
  if (!(error instanceof AlpacaFailure)) return `Alpaca: ${error instanceof Error ? error.message : String(error)}`
  if (error.status !== 401 && error.status !== 403) return `Alpaca does not answer as it should: ${error.reason}`
  const other = mode === 'paper' ? 'live' : 'paper'
  if (looksLikePaper(keyId) !== (mode === 'paper'))
    return `Alpaca keys: these are ${other} keys, and the mode is ${mode}: set TRADING_MODE=${other}, or use ${mode} keys`
  return `Alpaca keys: refused for the ${mode} account. Make new ones (app.alpaca.markets, API Keys) for APCA_API_KEY_ID and APCA_API_SECRET_KEY`
}

function standing(account: WireAccount): Finding {
  const blocked = blockedBecause(account)
  if (blocked !== null) return bad(`Alpaca account: ${blocked}. Exits still work; see app.alpaca.markets`)
  if (account.currency !== null && account.currency !== 'USD') return bad(`Alpaca account: it is kept in ${account.currency}, not in USD`)
  return good(`Alpaca account: active, equity ${account.equity}, buying power ${account.buying_power}`)
}

const shorting = (account: WireAccount): Finding =>
  good(`Alpaca shorting: ${account.shorting_enabled === true ? 'allowed' : 'not allowed, sell signals only close what is held'}`)

async function drift(api: TradingApi, now: () => number): Promise<Finding> {
  try {
    const before = now()
    const { timestamp } = await api.clock()
    const after = now()
    // The server looked at its clock somewhere in between.
    const theirs = Date.parse(timestamp)
    const off = theirs < before ? before - theirs : Math.max(0, theirs - after)
    if (off <= mostDriftMs) return good('Clock: agrees with Alpaca')
    return bad(`Clock: ${(off / 1000).toFixed(1)} s off Alpaca's: switch on time synchronisation (NTP) on this machine`)
  } catch (error) {
    return bad(`Clock: Alpaca's could not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function updates({ access, patienceMs = 5_000 }: DiagnoseOptions): Promise<Finding> {
  const quiet = { warn: () => undefined, error: () => undefined }
  const ignore = (): void => undefined
  const url = endpoints(access).tradeStream
  const stream = createTradeStream({ access, url, log: quiet, onMessage: ignore, onGap: ignore, timing: { patienceMs } })
  try {
    await stream.open()
    if (stream.alive()) return good('Alpaca trade updates: they come in')
    return bad('Alpaca trade updates: the stream cannot be opened; fills are then found by asking, up to a minute late')
  } catch (error) {
    return bad(`Alpaca trade updates: ${error instanceof BrokerError ? error.message : String(error)}`)
  } finally {
    stream.close()
  }
}
