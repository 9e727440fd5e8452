import { soleReign } from '../../db/reign.ts'
import type { Leadership } from '../../src/ports/leadership.ts'

/** A process that has its database to itself, as most tests do. */
export const soleLeader: Leadership = soleReign(60_000)
