import fc from 'fast-check'
import type { Deed, Schedule } from './storm.ts'

const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('alert' as const, 'approve' as const, 'trade' as const) },
    { weight: 3, arbitrary: fc.constantFrom('pass' as const, 'tend' as const, 'reconcile' as const) },
    { weight: 3, arbitrary: fc.constantFrom('approve_twice' as const, 'close' as const, 'half' as const, 'move_stop' as const) },
    { weight: 2, arbitrary: fc.constantFrom('kill' as const, 'flatten' as const, 'resume' as const, 'crash' as const) },
  ),
  which: fc.nat(1_000),
})
/** Mostly fair: a storm without a break lets nothing happen at all. */
const weather = fc.oneof({ weight: 1, arbitrary: fc.constant(100) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }) })
/** What happens, and what goes wrong meanwhile. */
export const schedule: fc.Arbitrary<Schedule> = fc.record({
  deeds: fc.array(deed, { minLength: 5, maxLength: 40 }),
  weather: fc.array(weather, { minLength: 0, maxLength: 60 }),
  final: fc.boolean(),
  partial: fc.constantFrom(0, 0.5),
})
