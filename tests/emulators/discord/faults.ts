/** What goes wrong with requests that match, `times` times, or each time with a probability. */
export interface FaultMatch {
  readonly method?: string
  /** Against the path after the version, decoded. */
  readonly path?: RegExp
  readonly times?: number
  /** 0 to 1; drawn from `random`. */
  readonly probability?: number
  /** Whether it happens before the request takes effect, or after. */
  readonly when?: 'before' | 'after'
}
type Kind =
  | { readonly kind: 'status'; readonly status: number; readonly body: object; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'drop' }
  | { readonly kind: 'slow'; readonly ms: number }
export type Fault = FaultMatch & Kind & { left: number }

export interface Faults {
  /** 5xx. */
  status(status: number, match?: FaultMatch): void
  /** A refusal with Discord's own code. */
  refuse(status: number, code: number, message: string, match?: FaultMatch): void
  tooMany(retryAfterMs: number, match?: FaultMatch & { readonly global?: boolean }): void
  /** The connection closes without an answer. */
  drop(match?: FaultMatch): void
  slow(ms: number, match?: FaultMatch): void
  clear(): void
  /** The faults that this request meets. */
  take(method: string, path: string, when: 'before' | 'after'): readonly Fault[]
  /** How many happened. */
  readonly happened: number
}

export function createFaults(random: () => number): Faults {
  let faults: Fault[] = []
  let happened = 0
  const add = (fault: Kind, match: FaultMatch = {}): void => {
    const times = match.times ?? (match.probability === undefined ? 1 : Number.POSITIVE_INFINITY)
    faults.push({ ...match, ...fault, left: times })
  }
  const answer = (status: number, body: object, match?: FaultMatch, headers: Readonly<Record<string, string>> = {}) =>
    add({ kind: 'status', status, body, headers }, match)

  return {
    status: (status, match) => answer(status, { message: `${status}: injected`, code: 0 }, match),
    refuse: (status, code, message, match) => answer(status, { message, code }, match),
    tooMany(retryAfterMs, { global = false, ...match } = {}) {
      const seconds = retryAfterMs / 1000
      answer(429, { message: 'You are being rate limited.', retry_after: seconds, global }, match, {
        'retry-after': String(seconds),
        'x-ratelimit-scope': global ? 'global' : 'shared',
        ...(global ? { 'x-ratelimit-global': 'true' } : {}),
      })
    },
    drop: (match) => add({ kind: 'drop' }, match),
    slow: (ms, match) => add({ kind: 'slow', ms }, match),
    clear() {
      faults = []
    },
    take(method, path, when) {
      const hit = faults.filter(
        (fault) =>
          (fault.when ?? 'before') === when &&
          fault.left > 0 &&
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || fault.path.test(path)) &&
          (fault.probability === undefined || random() < fault.probability),
      )
      for (const fault of hit) fault.left -= 1
      happened += hit.length
      faults = faults.filter(({ left }) => left > 0)
      return hit
    },
    get happened() {
      return happened
    },
  }
}
