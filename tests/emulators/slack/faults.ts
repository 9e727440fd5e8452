export interface Fault {
  /** Answered with 429 and this many seconds of Retry-After. */
  readonly limit?: number
  /** Answered with this HTTP status. */
  readonly status?: number
  /** Refused in Slack's words. */
  readonly error?: string
  readonly needed?: string
  /** The connection is cut instead of answered. */
  readonly cut?: boolean
  /** The work is done all the same; only the answer is this. */
  readonly after?: boolean
  /** Answered later by this many real ms. */
  readonly slowMs?: number
}

/** Faults by method, each for as many calls as asked; the oldest first. */
export class Faults {
  private readonly waiting: { readonly method: string; readonly fault: Fault; left: number }[] = []
  /** Answers to what was sent to the app that get lost on the way. */
  private acksToLose = 0

  add(method: string, fault: Fault, times = 1): void {
    this.waiting.push({ method, fault, left: times })
  }
  take(method: string): Fault | null {
    const found = this.waiting.find((fault) => fault.method === method && fault.left > 0)
    if (!found) return null
    found.left -= 1
    return found.fault
  }
  clear(): void {
    this.waiting.length = 0
    this.acksToLose = 0
  }

  loseAcks(count: number): void {
    this.acksToLose += count
  }
  losesAck(): boolean {
    if (this.acksToLose === 0) return false
    this.acksToLose -= 1
    return true
  }
}

/** Slack's limits as a leaky bucket for each method and channel. */
export class Rates {
  private readonly buckets = new Map<string, { level: number; at: number }>()

  /** @returns the seconds to wait; null: may pass. */
  take(method: string, channel: string): number | null {
    const rule = rules[method]
    if (!rule) return null
    const now = Date.now()
    const bucket = this.buckets.get(`${method} ${channel}`) ?? { level: 0, at: now }
    const level = Math.max(0, bucket.level - ((now - bucket.at) / 1000) * rule.perSecond)
    const full = level + 1 > rule.burst
    this.buckets.set(`${method} ${channel}`, { level: full ? level : level + 1, at: now })
    return full ? Math.max(1, Math.ceil((level + 1 - rule.burst) / rule.perSecond)) : null
  }
}
/** One post a second and channel with short bursts; tier 3 is some fifty a minute. */
const rules: Readonly<Record<string, { readonly perSecond: number; readonly burst: number }>> = {
  'chat.postMessage': { perSecond: 1, burst: 5 },
  'chat.update': { perSecond: 50 / 60, burst: 25 },
}
