import { describe, expect, it } from 'vitest'
import { createSimulatedClock, skipClosed } from '../../../src/adapters/clock/simulated.ts'
import { memoryStore } from '../memory-store.ts'

const startAt = Date.parse('2026-03-02T15:00:00Z')
const log = { warn() {} }
const hour = 3_600_000

describe('the simulated clock', () => {
  it('runs at its speed from where it begins', async () => {
    let real = 5_000
    const clock = await createSimulatedClock({ store: memoryStore(), speed: 60, skipClosedHours: true, startAt, realNow: () => real, log })
    expect(clock.now()).toBe(startAt)
    real += 1_000
    expect(clock.now()).toBe(startAt + 60_000)
  })

  it('never goes back, even when the machine does', async () => {
    let real = 5_000
    const clock = await createSimulatedClock({ store: memoryStore(), speed: 1, skipClosedHours: true, startAt, realNow: () => real, log })
    real += 10_000
    const late = clock.now()
    real -= 8_000
    expect(clock.now()).toBe(late)
  })

  it('goes on after a restart where it stopped, but not behind the newest event', async () => {
    const store = memoryStore()
    let real = 0
    const options = { store, speed: 1, skipClosedHours: true, startAt, realNow: () => real, log }
    const first = await createSimulatedClock(options)
    real = 30_000
    await first.stop()
    real = 9 * hour
    expect((await createSimulatedClock(options)).now()).toBe(startAt + 30_000)
    expect((await createSimulatedClock({ ...options, notBefore: startAt + 90_000 })).now()).toBe(startAt + 90_000)
  })

  it('jumps from five minutes after the close to ten before the next open, over weekends too', async () => {
    let real = 0
    const clock = await createSimulatedClock({ store: memoryStore(), speed: 1, skipClosedHours: true, startAt, realNow: () => real, log })
    real = 6 * hour + 5 * 60_000 - 1
    expect(new Date(clock.now()).toISOString()).toBe('2026-03-02T21:04:59.999Z')
    real += 1
    expect(new Date(clock.now()).toISOString()).toBe('2026-03-03T14:20:00.000Z')
    real += 60_000
    expect(new Date(clock.now()).toISOString()).toBe('2026-03-03T14:21:00.000Z')
    expect(new Date(skipClosed(Date.parse('2026-03-07T12:00:00Z'))).toISOString()).toBe('2026-03-09T13:20:00.000Z')
  })

  it('passes the night at its own pace when it may not skip', async () => {
    let real = 0
    const clock = await createSimulatedClock({ store: memoryStore(), speed: 1, skipClosedHours: false, startAt, realNow: () => real, log })
    real = 12 * hour
    expect(clock.now()).toBe(startAt + 12 * hour)
  })
})
