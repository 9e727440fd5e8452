import { hostname } from 'node:os'
import type postgres from 'postgres'
import type { Database } from './connect.ts'
import { beginReign, type LeaderTimers, type Reign, soleReign } from './reign.ts'

/** The process that leads, as the others see it. */
export interface LeaderSeen {
  readonly host: string
  readonly pid: number
  /** Where its console is. */
  readonly port: number
  /** ISO 8601 UTC. */
  readonly since: string
  /** Since it last showed that it lives, real milliseconds; null when the server does not tell. */
  readonly silentMs: number | null
}

/** Leads, or sees who does: null when nobody has told yet. A problem stands in the way of taking over, in words. */
export type Attempt =
  | { readonly reign: Reign }
  | { readonly reign: null; readonly leader: LeaderSeen | null; readonly problem: string | null }

/** A process that would lead. */
export interface Candidate {
  /** Takes the lead when nobody has it, or its holder has been silent for too long. @throws when the database does not answer. */
  attempt(): Promise<Attempt>
  /** Stops trying. A reign that came of it goes on. */
  close(): Promise<void>
}

/** Real milliseconds. */
const lockTimeoutMs = 2_000
const sessionEndMs = 2_000

const key = `hashtextextended('catalyst leader', 0)`

/**
 * Of all processes on one database only the leader trades.
 *
 * The server holds the claim (an advisory lock) for one connection, and frees it by itself when the process dies: a restart waits
 * for nobody. A process that is frozen, or whose machine is gone without a word, keeps its connection; but that connection is
 * used at every heartbeat, and the server knows when it last was. After the take-over time whoever stands by ends all
 * connections of that process, with the transactions that hang in them, and takes the lock. The row in `leadership`
 * says who leads, under which token; it is what makes an old leader's writes fail.
 *
 * The embedded database has one process only, which always leads.
 * @param port where this process's console is, for the others to tell.
 */
export function createCandidate(
  { dedicated, session }: Pick<Database, 'dedicated' | 'session'>,
  { timers, port }: { readonly timers: LeaderTimers; readonly port: number },
): Candidate {
  if (!dedicated) return { attempt: async () => ({ reign: soleReign(timers.sendWithinMs) }), close: async () => undefined }
  let own: ReturnType<typeof beginReign> | null = null
  const connection = dedicated(() => own?.lose('the connection to the database broke'))

  async function attempt(): Promise<Attempt> {
    const [claim] = await connection.unsafe(`select pg_try_advisory_lock(${key}) as won`)
    if (claim?.['won'] !== true) return standBy()
    const [before] = await connection`select session, send_within_ms, released from leadership`
    const predecessor = before && before['released'] !== true ? before : null
    const problem = predecessor && (await endSessions(connection, String(predecessor['session'])))
    const token = await takeToken(connection, session, timers, port)
    if (token === null) return { reign: null, leader: null, problem: problem ?? 'a transaction of the leader before is still open' }
    const beat = async () => (await connection`select from leadership where token = ${token}`).length === 1
    const end = async (released: boolean) => {
      // Freed by a word, too: a connection that is closed may live a moment longer on the server.
      const giveUp = async () => {
        await connection`update leadership set released = true where token = ${token}`
        await connection`select pg_advisory_unlock_all()`
      }
      if (released) await giveUp().catch(() => undefined)
      await connection.end({ timeout: 1 })
    }
    own = beginReign({ token, timers, predecessorMs: predecessor && Number(predecessor['send_within_ms']), beat, end })
    return { reign: own }
  }

  async function standBy(): Promise<Attempt> {
    const [row] = await connection.unsafe(lookAtLeader)
    if (!row) return { reign: null, leader: null, problem: null }
    const silentMs = row['silent'] === null ? null : Math.max(0, Math.round(Number(row['silent'])))
    const leader = row['host'] === null ? null : seen(row, silentMs)
    if (silentMs === null)
      return { reign: null, leader, problem: 'the server hides when it was last heard of: let all processes use one database user' }
    const dead = silentMs >= timers.takeoverMs
    return { reign: null, leader, problem: dead ? await endSessions(connection, String(row['session'])) : null }
  }

  return {
    attempt,
    async close() {
      if (own === null) await connection.end({ timeout: 1 })
    },
  }
}

const seen = (row: postgres.Row, silentMs: number | null): LeaderSeen => ({
  host: String(row['host']),
  pid: Number(row['pid']),
  port: Number(row['port']),
  since: new Date(String(row['since'])).toISOString(),
  silentMs,
})

/** Whoever holds the lock, led by what its connections are called to the row that it wrote. A lock is listed in two halves. */
const lookAtLeader = `select a.application_name as session, l.host, l.pid, l.port, l.since,
    extract(epoch from clock_timestamp() - a.state_change) * 1000 as silent
  from pg_locks k join pg_stat_activity a on a.pid = k.pid left join leadership l on l.session = a.application_name
  where k.locktype = 'advisory' and k.granted and k.objsubid = 1
    and k.database = (select oid from pg_database where datname = current_database())
    and (k.classid::bigint << 32 | k.objid::bigint) = ${key}`

/** @returns what stands in the way, in words; null when they are gone. */
async function endSessions(connection: postgres.Sql, session: string): Promise<string | null> {
  try {
    const rows = await connection`select pg_terminate_backend(pid, ${sessionEndMs}) as gone from pg_stat_activity
      where application_name = ${session} and datname = current_database() and pid <> pg_backend_pid()`
    return rows.every((row) => row['gone'] === true) ? null : 'the server is still ending the connections of the leader before'
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return `its connections could not be ended (${words}): let all processes use the same database user`
  }
}

/**
 * Raises the token, if this very connection (still) holds the lock; it may have broken in between, and another may have it.
 * @returns null when not.
 */
async function takeToken(connection: postgres.Sql, session: string, timers: LeaderTimers, port: number): Promise<number | null> {
  try {
    const [, rows] = await connection.begin((tx) => [
      tx.unsafe(`set local lock_timeout = ${lockTimeoutMs}`),
      tx.unsafe(
        `with own as materialized (select pg_try_advisory_lock(${key}) as held)
        insert into leadership (id, token, session, host, pid, port, send_within_ms, since, released)
        select 1, 1, $1, $2, $3::int, $4::int, $5::int, clock_timestamp(), false from own where held
        on conflict (id) do update set token = leadership.token + 1, session = excluded.session, host = excluded.host, pid = excluded.pid,
          port = excluded.port, send_within_ms = excluded.send_within_ms, since = excluded.since, released = false
        returning token`,
        [session, hostname(), process.pid, port, timers.sendWithinMs],
      ),
    ])
    const token = rows?.[0]?.['token']
    return token === undefined ? null : Number(token)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '55P03') return null
    throw error
  }
}
