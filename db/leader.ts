import type { Database } from './connect.ts'

export interface Leadership {
  /** Called once when it is lost without being given up: the connection to the server broke. */
  onLost(listener: () => void): void
  resign(): Promise<void>
}

const heartbeatMs = 5_000

/**
 * Of all processes on one database only the leader trades. The server holds the claim for a connection of its own and gives it
 * up by itself when the process dies. The embedded database has one process only, which always leads.
 * @returns null while another process leads.
 */
export async function tryLead({ dedicated }: Pick<Database, 'dedicated'>): Promise<Leadership | null> {
  if (!dedicated) return { onLost() {}, resign: async () => {} }
  const listeners = new Set<() => void>()
  let leading = false
  const lose = () => {
    if (!leading) return
    leading = false
    clearInterval(heartbeat)
    for (const listener of listeners) listener()
    void connection.end({ timeout: 0 })
  }
  const connection = dedicated(lose)
  // A cable that was pulled says nothing by itself: asking now and then makes the break show.
  const heartbeat = setInterval(() => {
    connection`select 1`.catch(lose)
  }, heartbeatMs).unref()
  const end = async () => {
    leading = false
    clearInterval(heartbeat)
    await connection.end({ timeout: 1 })
  }
  try {
    const [claim] = await connection`select pg_try_advisory_lock(hashtextextended('catalyst leader', 0)) as won`
    leading = claim?.['won'] === true
    if (!leading) {
      await end()
      return null
    }
  } catch (error) {
    await end()
    throw error
  }
  return {
    onLost(listener) {
      listeners.add(listener)
    },
    resign: end,
  }
}
