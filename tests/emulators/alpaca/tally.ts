import type { Checks } from './checks.ts'

const all: Checks[] = []

/** What was held against the official descriptions in this test file, by every emulator it started. */
export const tally = {
  add: (checks: Checks): void => void all.push(checks),
  get violations() {
    return all.flatMap(({ violations }) => violations)
  },
  /** `checked 12 responses, 14 requests, 0 violations`; null when no emulator was started. */
  report(): string | null {
    const [first] = all
    if (!first?.official) return first?.report() ?? null
    const sum = (of: (checks: Checks) => number) => all.reduce((total, checks) => total + of(checks), 0)
    return `checked ${sum((c) => c.responses)} responses, ${sum((c) => c.requests)} requests, ${this.violations.length} violations`
  },
}
