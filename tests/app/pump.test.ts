import { describe, expect, it, vi } from 'vitest'
import { createPump, createQueue, gathered } from '../../src/app/pump.ts'

const silent = { info() {}, warn() {}, debug() {}, error() {} }

describe('a pump', () => {
  it('given pokes while it runs, then it runs once more, never beside itself', async () => {
    let [running, most, runs] = [0, 0, 0]
    const pump = createPump('work', silent, async () => {
      running += 1
      most = Math.max(most, running)
      runs += 1
      await new Promise((done) => setTimeout(done, 5))
      running -= 1
    })
    for (let i = 0; i < 5; i += 1) pump.poke()
    await pump.settled()
    expect([runs, most]).toEqual([2, 1])
  })

  it('given work that fails, then the next poke tries again', async () => {
    let runs = 0
    const pump = createPump('work', silent, async () => {
      runs += 1
      if (runs === 1) throw new Error('not yet')
    })
    pump.poke()
    await pump.settled()
    pump.poke()
    await pump.settled()
    expect(runs).toBe(2)
  })
})

it('a queue runs one after the other, in order, whatever fails', async () => {
  const queue = createQueue()
  const done: number[] = []
  const task = (n: number, ms: number) => async () => {
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (n === 2) throw new Error('two')
    done.push(n)
  }
  const all = [queue(task(1, 10)), queue(task(2, 1)), queue(task(3, 0))]
  await expect(all[1]).rejects.toThrow('two')
  await Promise.allSettled(all)
  expect(done).toEqual([1, 3])
})

it('given many calls within a moment, then they become one, a moment after the first; or at once when it is asked for', () => {
  vi.useFakeTimers()
  try {
    let times = 0
    const news = gathered(25, () => {
      times += 1
    })
    for (let i = 0; i < 10; i += 1) news.soon()
    expect(times).toBe(0)
    vi.advanceTimersByTime(25)
    expect(times).toBe(1)
    news.soon()
    news.now()
    vi.advanceTimersByTime(100)
    expect(times).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})
