import { setTimeout as sleep } from 'node:timers/promises'
import type { Leadership, SendPermit } from '../src/ports/leadership.ts'
import { startStopwatch } from '../src/runtime/stopwatch.ts'
import type { Fence } from './fence.ts'

/** Real milliseconds. */
export interface LeaderTimers {
  /** How often a leader shows that it lives. */
  readonly heartbeatMs: number
  /** After this much silence another takes over. */
  readonly takeoverMs: number
  /** How long a claimed order may be sent. */
  readonly sendWithinMs: number
}

/** Leadership with what only the composition root needs of it. */
export interface Reign extends Leadership {
  /** Null on the embedded database: no other process can open it. */
  readonly fence: Fence | null
  /** Resolves with the reason when it is lost without being given up. */
  readonly lost: Promise<string>
  resign(): Promise<void>
}

/** Clocks of two machines run a little differently, and a request takes a while from the socket to the broker's books. */
const silenceMarginMs = 1_000

/** A process that no other can take over from. A machine that slept must not send what was claimed before all the same. */
export const soleReign = (sendWithinMs: number): Reign => ({
  fence: null,
  lost: new Promise(() => undefined),
  obstacle: () => null,
  permit: () => permit(sendWithinMs, () => null),
  othersSilent: async () => undefined,
  resign: async () => undefined,
})

function permit(sendWithinMs: number, obstacle: () => string | null): SendPermit {
  const taken = startStopwatch()
  const grown = () =>
    taken.ms() < sendWithinMs ? null : `not sent: it was claimed ${seconds(taken.ms())} ago, and ${seconds(sendWithinMs)} is the limit`
  return { obstacle: () => obstacle() ?? grown() }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

export interface ReignParts {
  readonly token: number
  readonly timers: LeaderTimers
  /** How long the leader before may still be sending, counted from now; null when it stopped in order, or there was none. */
  readonly predecessorMs: number | null
  /** Asks the database on the connection that holds the lock. @returns whether the token is still the one in force. */
  readonly beat: () => Promise<boolean>
  readonly end: (released: boolean) => Promise<void>
}

/**
 * One process's time as the leader. It ends by itself when the connection breaks, when another has taken over, or when the
 * database is silent for as long as the others wait. A process that was frozen learns of it from the first of these that it
 * hears; until it has heard from the database again, nothing leaves.
 */
export function beginReign({ token, timers, predecessorMs, beat, end }: ReignParts): Reign & { lose(why: string): void } {
  let over: string | null = null
  let confirmed = startStopwatch()
  let tell: (why: string) => void = () => undefined
  const lost = new Promise<string>((resolve) => {
    tell = resolve
  })
  const finish = (why: string): boolean => {
    if (over !== null) return false
    over = why
    clearInterval(timer)
    return true
  }
  const lose = (why: string) => {
    if (!finish(why)) return
    tell(why)
    void end(false)
  }
  // Counted in ticks: a process that slept has not waited for the answer, it has only not heard it yet.
  let unanswered = 0
  const timer = setInterval(() => {
    if (unanswered * timers.heartbeatMs >= timers.takeoverMs) return lose(`the database has not answered for ${seconds(timers.takeoverMs)}`)
    if (++unanswered > 1) return
    const asked = startStopwatch()
    beat().then(
      (mine) => {
        unanswered = 0
        confirmed = asked
        if (!mine) lose('another process has taken over')
      },
      (error: unknown) => lose(`the connection to the database broke: ${error instanceof Error ? error.message : String(error)}`),
    )
  }, timers.heartbeatMs)
  timer.unref()
  const obstacle = (): string | null => {
    if (over !== null) return `not sent: ${over}`
    const silent = confirmed.ms()
    return silent < timers.takeoverMs
      ? null
      : `not sent: the database was last heard of ${seconds(silent)} ago, and another process may lead`
  }
  const silence = predecessorMs === null ? Promise.resolve() : sleep(predecessorMs + silenceMarginMs, undefined, { ref: false })
  return {
    fence: { token, stale: () => lose('another process has taken over') },
    lost,
    lose,
    obstacle,
    permit: () => permit(timers.sendWithinMs, obstacle),
    othersSilent: () => silence,
    async resign() {
      if (finish('this process is stopping')) await end(true)
    },
  }
}
