import { readSpecification, type Specification } from '../openapi.ts'

export interface Violation {
  readonly what: string
  readonly problems: readonly string[]
}
export interface Checks {
  request(method: string, path: string, query: URLSearchParams, body: unknown): void
  response(method: string, path: string, status: number, body: unknown): void
  /** The emulator itself failed. */
  broke(error: unknown): void
  /** False: the official descriptions are not there, and nothing was held against them. */
  readonly official: boolean
  readonly responses: number
  readonly requests: number
  readonly violations: readonly Violation[]
  /** Those so far, which are then forgotten: for a test that provokes them. */
  take(): readonly Violation[]
  /** `checked 12 responses, 14 requests, 0 violations`. */
  report(): string
}

interface Exception {
  readonly name: string
  readonly why: string
  readonly covers: (problem: string, method: string, path: string, status: number | null) => boolean
}
/** Where the official description and what Alpaca really does part ways. Each is named, and nothing else passes. */
export const exceptions: readonly Exception[] = [
  {
    name: 'errors beyond the description',
    why: 'of the trading API most operations describe only success; refusals of 400 to 429 are answered all the same, as {code, message}',
    covers: (problem, _, __, status) => status !== null && status >= 400 && / is not described$/.test(problem),
  },
  {
    name: 'dates of activities that are no trades',
    why: 'described as date-time, sent as a day',
    covers: (problem, _, path, status) =>
      status === 200 && path.startsWith('/v2/account/activities') && /date must match format/.test(problem),
  },
  {
    name: 'activities by type match both of one',
    why: 'every property of both shapes is optional, so that each activity is both',
    covers: (problem, _, path, status) =>
      status === 200 && path.startsWith('/v2/account/activities/') && /must match exactly one schema/.test(problem),
  },
  {
    name: 'days where moments are described',
    why: 'the text beside the schema allows YYYY-MM-DD for after, until, date, start and end',
    covers: (problem, _, __, status) =>
      status === null && /^query (after|until|date|start|end) must match format "date-time"/.test(problem),
  },
  {
    name: 'empty fields of news',
    why: 'at least one character is described for summary, author and content, and articles come without them',
    covers: (problem, _, path, status) =>
      status === 200 && path === '/v1beta1/news' && /(summary|author|content) must NOT have fewer than 1 characters/.test(problem),
  },
  {
    name: 'refusals within a 207',
    why: 'the body of each part is described as an order; a part that was refused carries {code, message}',
    covers: (problem, _, path, status) => status === 207 && path === '/v2/positions' && /^\/\d+\/body must have required/.test(problem),
  },
  {
    name: 'states nobody knows',
    why: 'a test may put an order into a state that is in no list, as Alpaca may one day',
    covers: (problem, _, path, status) =>
      status === 200 && path.startsWith('/v2/orders') && /\/status must be equal to one of/.test(problem),
  },
]

const decimals = /^-?\d+(\.\d+)?$/
const options = { formats: { decimal: decimals, uint32: true, uint64: true } } as const

export function createChecks(): Checks {
  const specifications = ['alpaca-trading', 'alpaca-market-data'].map((name) => readSpecification(name, options))
  const present = specifications.filter((s): s is Specification => s !== null)
  const violations: Violation[] = []
  const counts = { responses: 0, requests: 0 }
  const official = present.length === specifications.length
  const specificationOf = (method: string, path: string): Specification | undefined =>
    present.find((s) => s.knows(method, path)) ?? present[0]

  function note(what: string, problems: readonly string[], method: string, path: string, status: number | null): void {
    const left = problems.filter((problem) => !exceptions.some(({ covers }) => covers(problem, method, path, status)))
    if (left.length > 0) violations.push({ what, problems: left })
  }
  return {
    request(method, path, query, body) {
      const specification = specificationOf(method, path)
      if (!official || !specification) return
      counts.requests += 1
      const problems = specification.knows(method, path)
        ? [...specification.queryProblems(method, path, query), ...specification.problems(method, path, body)]
        : [`${method} ${path} is no operation of this API`]
      note(`request ${method} ${path}`, problems, method, path, null)
    },
    response(method, path, status, body) {
      const specification = specificationOf(method, path)
      if (!official || !specification?.knows(method, path)) return
      counts.responses += 1
      note(`response ${status} to ${method} ${path}`, specification.responseProblems(method, path, status, body), method, path, status)
    },
    broke(error) {
      violations.push({ what: 'the emulator failed', problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] })
    },
    official,
    get responses() {
      return counts.responses
    },
    get requests() {
      return counts.requests
    },
    violations,
    take: () => violations.splice(0),
    report() {
      if (!official) return 'the official descriptions are not here: nothing was held against them'
      return `checked ${counts.responses} responses, ${counts.requests} requests, ${violations.length} violations`
    },
  }
}
