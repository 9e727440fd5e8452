/** What goes wrong with requests that match, `times` times (once unless told). */
export interface FaultMatch {
  readonly method?: string
  /** Against the path, decoded: `/v2/orders`. */
  readonly path?: RegExp
  readonly times?: number
  /** Before the request takes effect, or after it. */
  readonly when?: 'before' | 'after'
}
type Kind =
  | { readonly kind: 'status'; readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'drop' }
  | { readonly kind: 'half' }
  | { readonly kind: 'body'; readonly body: string }
  | { readonly kind: 'slow'; readonly ms: number }
export type Fault = Required<Pick<FaultMatch, 'when'>> & FaultMatch & Kind & { left: number }

export interface Faults {
  /** 5xx, or any other status with a body of its own. */
  status(status: number, match?: FaultMatch, body?: string): void
  /** 429; `retryAfterS` null: without the header. */
  tooMany(retryAfterS: number | null, match?: FaultMatch): void
  /** The connection is reset: before the request takes effect, or (`when: 'after'`) once it has been accepted. */
  drop(match?: FaultMatch): void
  /** Accepted; the answer breaks off in the middle of its body. */
  halfAnswer(match?: FaultMatch): void
  /** Accepted; 200 with this for a body: nothing, or no JSON. */
  brokenBody(body: '' | (string & {}), match?: FaultMatch): void
  slow(ms: number, match?: FaultMatch): void
  clear(): void
  readonly happened: number
  /** The faults that this request meets. */
  take(method: string, path: string, when: 'before' | 'after'): readonly Fault[]
}

export function createFaults(): Faults {
  let faults: Fault[] = []
  let happened = 0
  const add = (fault: Kind, match: FaultMatch = {}, when: 'before' | 'after' = 'before'): void => {
    faults.push({ ...match, ...fault, when: match.when ?? when, left: match.times ?? 1 })
  }
  return {
    status: (status, match, body = JSON.stringify({ message: `${status}: injected` })) =>
      add({ kind: 'status', status, body, headers: {} }, match),
    tooMany: (retryAfterS, match) =>
      add(
        {
          kind: 'status',
          status: 429,
          body: JSON.stringify({ code: 42910000, message: 'rate limit exceeded' }),
          headers: retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) },
        },
        match,
      ),
    drop: (match) => add({ kind: 'drop' }, match),
    halfAnswer: (match) => add({ kind: 'half' }, match, 'after'),
    brokenBody: (body, match) => add({ kind: 'body', body }, match, 'after'),
    slow: (ms, match) => add({ kind: 'slow', ms }, match),
    clear() {
      faults = []
    },
    get happened() {
      return happened
    },
    take(method, path, when) {
      const hit = faults.filter(
        (fault) =>
          fault.when === when &&
          fault.left > 0 &&
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || fault.path.test(path)),
      )
      for (const fault of hit) fault.left -= 1
      happened += hit.length
      faults = faults.filter(({ left }) => left > 0)
      return hit
    },
  }
}
