export interface RateLimits {
  /** Requests a window and the window's length in milliseconds, for each route and channel, server or webhook. */
  readonly limit: number
  readonly windowMs: number
}
export interface Allowance {
  readonly allowed: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly retryAfterMs: number
}

/** Buckets as Discord counts them; what is left of each is told in headers. */
export function createRateLimits(limits: () => RateLimits) {
  const buckets = new Map<string, { left: number; until: number }>()
  return (method: string, path: string): Allowance => {
    const { limit, windowMs } = limits()
    const [, kind = '', major = ''] = path.split('/')
    const route = `${method} ${path.replaceAll(/\d{15,20}/g, ':id').replace(/(webhooks\/:id\/)[^/]+/, '$1:token')}`
    const key = `${route} ${kind}/${major}`
    const now = Date.now()
    const found = buckets.get(key)
    const bucket = found && found.until > now ? found : { left: limit, until: now + windowMs }
    buckets.set(key, bucket)
    const allowed = bucket.left > 0
    if (allowed) bucket.left -= 1
    const resetAfter = (bucket.until - now) / 1000
    return {
      allowed,
      retryAfterMs: bucket.until - now,
      headers: {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(bucket.left),
        'x-ratelimit-reset': (bucket.until / 1000).toFixed(3),
        'x-ratelimit-reset-after': resetAfter.toFixed(3),
        'x-ratelimit-bucket': Buffer.from(route).toString('hex').slice(-24),
        ...(allowed ? {} : { 'retry-after': resetAfter.toFixed(3), 'x-ratelimit-scope': 'user' }),
      },
    }
  }
}
