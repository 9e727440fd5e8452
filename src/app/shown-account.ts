import { setTimeout as pause } from 'node:timers/promises'
import type { AccountView } from '../domain/risk/check.ts'
import type { AppContext } from './context.ts'

/** A screen waits no longer than this for a broker that takes its time. */
const patienceMs = 2_000

export interface AccountLook {
  /** How old (real milliseconds) it may be without the broker being asked. Default 0. */
  readonly maxAgeMs?: number
  /** Whether what was told last will do when the broker does not answer in time: whoever shows it says that it is old. */
  readonly lastKnown?: boolean
}

/**
 * The account for people to look at, never to decide by: requests to a broker are rationed, and a screen that goes blank because of a
 * figure hides what else it has to say.
 * @throws BrokerError when it cannot be had.
 */
export async function shownAccount(context: AppContext, { maxAgeMs = 0, lastKnown = false }: AccountLook = {}): Promise<ShownAccount> {
  const { status, log } = context
  const known = status.lastAccount
  if (known && Date.now() - known.at < maxAgeMs) return { account: known.account, old: false }
  const asked = context.broker.account().then((account) => {
    status.lastAccount = { account, at: Date.now() }
    return { account, old: false }
  })
  if (!known || !lastKnown) return asked
  const old = { account: known.account, old: true }
  const failed = (error: unknown): ShownAccount => {
    log.warn({ error }, 'the account could not be had; what was told last is shown')
    return old
  }
  return Promise.race([asked.catch(failed), pause(patienceMs, old, { ref: false })])
}

export interface ShownAccount {
  readonly account: AccountView
  readonly old: boolean
}
