/** What a request is for, the most urgent first. protect: cancel, close, flatten. */
export const priorities = ['protect', 'reconcile', 'entry', 'read'] as const
export type Priority = (typeof priorities)[number]

/** Of the whole budget, in percent, what each may use up together with everything before it: the rest is kept for the more urgent. */
const shares: Readonly<Record<Priority, number>> = { protect: 100, reconcile: 80, entry: 70, read: 60 }

/** Time as the budget sees it; tests bring their own. */
export interface Timer {
  now(): number
  /** @returns how to call it off. */
  after(ms: number, run: () => void): () => void
}
export const realTimer: Timer = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** What the server said of its own count. `resetAt`: epoch milliseconds. */
export interface ServerCount {
  readonly limit: number
  readonly remaining: number
  readonly resetAt: number
}

export interface BudgetSnapshot {
  /** Requests a minute. */
  readonly limit: number
  readonly used: number
  readonly left: number
  readonly waiting: Readonly<Record<Priority, number>>
  /** Until when the server wants to hear nothing; epoch milliseconds. */
  readonly blockedUntil: number | null
}

export interface RateBudget {
  /** Resolves true when the request may leave, false when its turn did not come within `withinMs`: then it must not. */
  take(priority: Priority, withinMs?: number): Promise<boolean>
  /** Others may use the same account: the smaller of their count and ours is what is left. */
  observe(count: ServerCount): void
  /** The server said 429: nothing leaves before then (epoch milliseconds). */
  blockUntil(at: number): void
  snapshot(): BudgetSnapshot
}

interface Waiter {
  readonly go: (may: boolean) => void
  cancelTimeout: () => void
}

/** Requests are counted where they leave, and arrive a little later or sooner: the window is that much longer than the server's. */
const jitterMs = 500
const minuteMs = 60_000
/** A server's clock that runs ahead must not stop everything for an hour. */
const longestBlockMs = 90_000

/**
 * One budget for all requests of an account: in no minute do more than `limit` leave, the first minute included, because it
 * remembers each one instead of refilling. Whatever is more urgent goes first, and a part is kept for it, so that a cancel
 * never waits behind a scan.
 */
export function createRateBudget({ limit = 200, timer = realTimer }: { readonly limit?: number; readonly timer?: Timer } = {}): RateBudget {
  const windowMs = minuteMs + jitterMs
  const waiting: Record<Priority, Waiter[]> = { protect: [], reconcile: [], entry: [], read: [] }
  const left: number[] = []
  let foreign = { requests: 0, until: 0 }
  let blocked = 0
  let wake: (() => void) | null = null

  const cap = (priority: Priority): number => Math.max(1, Math.floor((limit * shares[priority]) / 100))
  const forget = (now: number): void => {
    while (left[0] !== undefined && left[0] <= now - windowMs) left.shift()
    if (foreign.until <= now) foreign = { requests: 0, until: 0 }
  }
  const used = (now: number): number => {
    forget(now)
    return left.length + foreign.requests
  }

  /** When the next one of this priority may leave; now or earlier: at once. */
  const opensAt = (priority: Priority, now: number): number => {
    if (blocked > now) return blocked
    const over = used(now) - cap(priority)
    if (over < 0) return now
    const oldest = left[Math.min(over, left.length - 1)]
    const ours = oldest === undefined ? Number.POSITIVE_INFINITY : oldest + windowMs
    return Math.min(ours, foreign.requests > 0 ? foreign.until : Number.POSITIVE_INFINITY)
  }

  function drain(): void {
    wake?.()
    wake = null
    for (const priority of priorities) {
      for (let next = waiting[priority][0]; next; next = waiting[priority][0]) {
        const now = timer.now()
        const at = opensAt(priority, now)
        if (at > now) {
          // What is less urgent has no more room than this one.
          wake = timer.after(at - now, drain)
          return
        }
        waiting[priority].shift()
        left.push(now)
        next.cancelTimeout()
        next.go(true)
      }
    }
  }

  return {
    take(priority, withinMs) {
      return new Promise((go) => {
        const waiter: Waiter = { go, cancelTimeout: () => undefined }
        waiting[priority].push(waiter)
        if (withinMs !== undefined)
          waiter.cancelTimeout = timer.after(withinMs, () => {
            waiting[priority].splice(waiting[priority].indexOf(waiter), 1)
            go(false)
          })
        drain()
      })
    },
    observe(count) {
      const now = timer.now()
      forget(now)
      const theirs = count.limit - count.remaining
      const requests = Math.max(0, theirs - left.length)
      foreign = { requests, until: requests === 0 ? 0 : Math.min(count.resetAt, now + longestBlockMs) }
      drain()
    },
    blockUntil(at) {
      blocked = Math.max(blocked, Math.min(at, timer.now() + longestBlockMs))
      drain()
    },
    snapshot() {
      const now = timer.now()
      const counted = used(now)
      return {
        limit,
        used: counted,
        left: Math.max(0, limit - counted),
        waiting: {
          protect: waiting.protect.length,
          reconcile: waiting.reconcile.length,
          entry: waiting.entry.length,
          read: waiting.read.length,
        },
        blockedUntil: blocked > now ? blocked : null,
      }
    },
  }
}
