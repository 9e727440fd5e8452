import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateBudget, type Priority, priorities, type Timer } from '../../../src/adapters/alpaca/rate-budget.ts'

/** Time that moves only when it is told to. */
function fakeTime() {
  let now = 1_000_000
  let timers: { at: number; run: () => void }[] = []
  const timer: Timer = {
    now: () => now,
    after(ms, run) {
      const entry = { at: now + ms, run }
      timers.push(entry)
      return () => {
        timers = timers.filter((other) => other !== entry)
      }
    },
  }
  async function pass(ms: number): Promise<void> {
    const until = now + ms
    // What was let go just now leaves before time moves.
    await settled()
    for (;;) {
      const [next] = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (!next) break
      timers = timers.filter((other) => other !== next)
      now = Math.max(now, next.at)
      next.run()
      await settled()
    }
    now = until
    await settled()
  }
  return { timer, pass, now: () => now }
}
const settled = (): Promise<void> => new Promise((done) => setImmediate(done))

interface Left {
  readonly priority: Priority
  readonly asked: number
  readonly at: number
}
function bench(limit = 200) {
  const time = fakeTime()
  const budget = createRateBudget({ limit, timer: time.timer })
  const left: Left[] = []
  const ask = (priority: Priority, count = 1): void => {
    for (let i = 0; i < count; i++) {
      const asked = time.now()
      void budget.take(priority).then(() => left.push({ priority, asked, at: time.now() }))
    }
  }
  return { ...time, budget, left, ask }
}
const mostInAMinute = (left: readonly Left[]): number =>
  Math.max(0, ...left.map(({ at }) => left.filter((other) => other.at > at - 60_000 && other.at <= at).length))

describe('the request budget', () => {
  it('lets a cancel go at once behind a thousand wanted reads', async () => {
    const { budget, left, ask, pass } = bench()
    ask('read', 1_000)
    await pass(10)
    expect(budget.snapshot()).toMatchObject({ used: 120, left: 80, waiting: { read: 880 } })
    ask('protect')
    await pass(0)
    expect(left.filter(({ priority }) => priority === 'protect').map(({ asked, at }) => at - asked)).toEqual([0])
  })

  it('keeps a part for reconciling and a larger one for what reduces risk', async () => {
    const { left, ask, pass } = bench()
    for (const priority of [...priorities].reverse()) {
      ask(priority, 300)
      await pass(1)
    }
    const count = (priority: Priority) => left.filter((one) => one.priority === priority).length
    expect(priorities.map((priority) => [priority, count(priority)])).toEqual([
      ['protect', 40],
      ['reconcile', 20],
      ['entry', 20],
      ['read', 120],
    ])
  })

  it('serves what is more urgent first, and each kind in its order', async () => {
    const { budget, ask, pass } = bench(10)
    ask('protect', 10)
    await pass(0)
    const served: string[] = []
    for (const [i, priority] of (['read', 'entry', 'protect', 'reconcile', 'protect'] as const).entries())
      void budget.take(priority).then(() => served.push(`${priority} ${i}`))
    await pass(61_000)
    expect(served).toEqual(['protect 2', 'protect 4', 'reconcile 3', 'entry 1', 'read 0'])
  })

  it('gives up a request whose turn does not come in time, and it never counts', async () => {
    const { budget, ask, pass } = bench(10)
    ask('protect', 10)
    const late = budget.take('entry', 5_000)
    await pass(5_000)
    expect(await late).toBe(false)
    await pass(60_000)
    expect(budget.snapshot()).toMatchObject({ used: 0, waiting: { entry: 0 } })
  })

  it('sends nothing before the moment that the server named, and goes on then', async () => {
    const { budget, left, ask, pass, now } = bench()
    budget.blockUntil(now() + 7_000)
    ask('protect')
    await pass(6_999)
    expect(left).toEqual([])
    expect(budget.snapshot().blockedUntil).not.toBeNull()
    await pass(1)
    expect(left).toHaveLength(1)
  })

  it('does not believe a server that wants to be left alone for an hour', async () => {
    const { budget, left, ask, pass, now } = bench()
    budget.blockUntil(now() + 3_600_000)
    ask('protect')
    await pass(90_000)
    expect(left).toHaveLength(1)
  })

  it('counts what others sent for the same account, until the server forgets it', async () => {
    const { budget, ask, left, pass, now } = bench()
    budget.observe({ limit: 200, remaining: 5, resetAt: now() + 30_000 })
    expect(budget.snapshot()).toMatchObject({ used: 195, left: 5 })
    ask('read', 3)
    ask('protect', 8)
    await pass(29_999)
    expect(left.map(({ priority }) => priority)).toEqual(Array(5).fill('protect'))
    await pass(1)
    expect(left).toHaveLength(11)
  })

  it('does not take its own requests for those of others', () => {
    const { budget, ask, now } = bench()
    ask('protect', 50)
    budget.observe({ limit: 200, remaining: 160, resetAt: now() + 30_000 })
    expect(budget.snapshot().used).toBe(50)
  })

  const step = fc.record({
    wait: fc.integer({ min: 0, max: 20_000 }),
    priority: fc.constantFrom(...priorities),
    count: fc.integer({ min: 1, max: 40 }),
  })
  it('never lets more than the limit leave in any minute, and serves everything in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.integer({ min: 5, max: 60 }), async (steps, limit) => {
        const { left, ask, pass } = bench(limit)
        let asked = 0
        for (const { wait, priority, count } of steps) {
          await pass(wait)
          ask(priority, count)
          asked += count
        }
        await pass(10 * 3_600_000)
        expect(mostInAMinute(left)).toBeLessThanOrEqual(limit)
        expect(left).toHaveLength(asked)
      }),
      { numRuns: 60 },
    )
  })

  it('never makes what reduces risk wait for anything but what reduces risk', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const { left, ask, pass } = bench(100)
        for (const { wait, priority, count } of steps) {
          await pass(wait)
          if (priority !== 'protect') ask(priority, count * 10)
          else ask('protect')
          await pass(0)
        }
        const waits = left.filter(({ priority }) => priority === 'protect').map(({ at, asked }) => at - asked)
        // Fifteen are fewer than the twenty that nobody else may use.
        expect(Math.max(0, ...waits)).toBe(0)
      }),
      { numRuns: 60 },
    )
  })
})
