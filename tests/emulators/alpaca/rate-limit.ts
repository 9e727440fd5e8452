export interface RateLimit {
  readonly limit: number
  readonly windowMs: number
}
export interface Allowance {
  readonly allowed: boolean
  readonly headers: Readonly<Record<string, string>>
}

/** One account's requests, counted in windows of real time. Null: not counted at all. */
export function createRateLimit(limit: () => RateLimit | null): (key: string) => Allowance {
  const windows = new Map<string, { used: number; until: number }>()
  return (key) => {
    const rule = limit()
    if (rule === null) return { allowed: true, headers: {} }
    const now = Date.now()
    const known = windows.get(key)
    const current = known && known.until > now ? known : { used: 0, until: now + rule.windowMs }
    windows.set(key, current)
    const allowed = current.used < rule.limit
    if (allowed) current.used += 1
    const headers = {
      'x-ratelimit-limit': String(rule.limit),
      'x-ratelimit-remaining': String(rule.limit - current.used),
      'x-ratelimit-reset': String(Math.ceil(current.until / 1000)),
      ...(allowed ? {} : { 'retry-after': String(Math.max(1, Math.ceil((current.until - now) / 1000))) }),
    }
    return { allowed, headers }
  }
}
