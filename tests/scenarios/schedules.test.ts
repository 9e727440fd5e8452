import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Schedule, Storm } from '../support/storm.ts'
import { brokenAtRest, brokenNow } from '../support/storm-laws.ts'
import { schedule } from '../support/storm-plans.ts'

const soak = process.env['CATALYST_SOAK'] !== undefined
const runs = Number(process.env['CATALYST_SCHEDULES'] ?? (soak ? 10_000 : 500))

async function brokenBy(plan: Schedule): Promise<readonly string[]> {
  const storm = new Storm(plan)
  await storm.begin()
  // Most of what can go wrong goes wrong with something held.
  await storm.do({ kind: 'alert', which: 0 })
  await storm.do({ kind: 'approve', which: 0 })
  for (const [i, one] of plan.deeds.entries()) {
    await storm.do(one)
    const broken = await brokenNow(storm)
    if (broken.length > 0) return [`after ${i} ${one.kind}`, ...broken]
  }
  await storm.calm()
  return brokenAtRest(storm)
}

describe('orders under any schedule of faults, duplicates, delays and deaths', () => {
  it(
    `given ${runs} random schedules, then fills add up to positions, nothing is sent twice or unasked, and every position is guarded`,
    async () => {
      await fc.assert(
        fc.asyncProperty(schedule, async (plan) => {
          expect(await brokenBy(plan)).toEqual([])
        }),
        { numRuns: runs },
      )
    },
    soak ? 3_600_000 : 120_000,
  )
})
