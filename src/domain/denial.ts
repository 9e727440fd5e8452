import type { DecimalString } from './decimal.ts'

/** Why our own risk said no. The order never left the building. */
export interface Denial {
  readonly code: string
  /** The bound and what was found, in the same unit; `null` where the check has no number (a halt, a block-list). */
  readonly limit: DecimalString | null
  readonly actual: DecimalString | null
  /** What would pass, in words a phone can show: "max 41 shares". */
  readonly wouldPass: string | null
  readonly explain: string
  /** True when time alone can lift it (a stale quote, a pause): the proposal stays open. */
  readonly transient: boolean
}

/** What risk lets pass, and still wants known. */
export interface Warning {
  readonly code: string
  readonly explain: string
}
