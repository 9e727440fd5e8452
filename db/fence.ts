import { run, type Sql } from './sql.ts'

/** What a process carries that writes as the leader. */
export interface Fence {
  readonly token: number
  /** Told when the token turns out to be an old one. */
  stale(): void
}

/** Another process leads: nothing of this one is stored any more. */
export class NoLongerLeading extends Error {
  override readonly name = 'NoLongerLeading'
  constructor() {
    super('another process leads now: nothing was stored')
  }
}

/**
 * Finds the row while the token is the one in force, and holds it: taking over waits for whoever holds it, and who waited for a
 * take-over finds nothing. A plain read would let a transaction commit after a take-over that it did not see.
 */
export const holdToken = (parameter: number): string => `select token from leadership where token = $${parameter} for share`

/**
 * Makes this transaction one of the leader's. Send it first and together with what comes next: it costs no round trip, and
 * nothing else is locked yet, so that a take-over never waits in a ring.
 * @throws NoLongerLeading
 */
export function hold(sql: Sql, fence: Fence | null): Promise<void> {
  const held = check(sql, fence)
  // Whoever waits for it hears of it; the work that was sent along may fail before.
  held.catch(() => undefined)
  return held
}

async function check(sql: Sql, fence: Fence | null): Promise<void> {
  if (fence !== null && (await run(sql, holdToken(1), [fence.token])).length === 0) throw refuse(fence)
}

export function refuse(fence: Fence): NoLongerLeading {
  fence.stale()
  return new NoLongerLeading()
}
