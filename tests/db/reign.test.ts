import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { beginReign, soleReign } from '../../db/reign.ts'

const timers = { heartbeatMs: 1_000, takeoverMs: 5_000, sendWithinMs: 2_000 }

/** A database that answers, is silent, or is gone. */
function begin({ predecessorMs = null as number | null } = {}) {
  const server = { answer: async (): Promise<boolean> => true }
  const ends: boolean[] = []
  const reign = beginReign({
    token: 7,
    timers,
    predecessorMs,
    beat: () => server.answer(),
    end: async (released) => {
      ends.push(released)
    },
  })
  let lost: string | null = null
  void reign.lost.then((why) => {
    lost = why
  })
  return { reign, server, ends, lost: () => lost }
}

/** As after a freeze: the clocks have gone on, and no timer has run. */
function freeze(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a permit to send', () => {
  it('holds from the claim until its time has passed, and not after', () => {
    const { reign } = begin()
    const permit = reign.permit()
    expect(permit.obstacle()).toBeNull()
    vi.advanceTimersByTime(timers.sendWithinMs - 1)
    expect(permit.obstacle()).toBeNull()
    vi.advanceTimersByTime(1)
    expect(permit.obstacle()).toBe('not sent: it was claimed 2.0 s ago, and 2.0 s is the limit')
  })

  it('runs out in a freeze, and on a machine that slept, whose steady clock stood still', () => {
    const permit = begin().reign.permit()
    freeze(timers.sendWithinMs)
    expect(permit.obstacle()).toContain('not sent')
  })

  it('runs out although somebody set the clock on the wall back', async () => {
    const permit = begin().reign.permit()
    freeze(-3_600_000)
    vi.advanceTimersByTime(timers.sendWithinMs)
    expect(permit.obstacle()).toContain('not sent')
  })

  it('ends with the leadership', async () => {
    const { reign } = begin()
    const permit = reign.permit()
    reign.lose('the connection to the database broke')
    expect(permit.obstacle()).toBe('not sent: the connection to the database broke')
    expect(reign.permit().obstacle()).toBe('not sent: the connection to the database broke')
  })

  it('runs out where no other process can lead as well: what a laptop claimed before it slept is old when it wakes', () => {
    const reign = soleReign(timers.sendWithinMs)
    const permit = reign.permit()
    expect(permit.obstacle()).toBeNull()
    freeze(timers.sendWithinMs)
    expect(permit.obstacle()).toContain('not sent')
    expect(reign.obstacle()).toBeNull()
  })
})

describe('a reign', () => {
  it('goes on while the database answers', async () => {
    const { reign, lost } = begin()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([reign.obstacle(), lost()]).toEqual([null, null])
  })

  it('ends when another has taken over', async () => {
    const { reign, server, ends, lost } = begin()
    server.answer = async () => false
    await vi.advanceTimersByTimeAsync(timers.heartbeatMs)
    expect(lost()).toBe('another process has taken over')
    expect(reign.obstacle()).toBe('not sent: another process has taken over')
    expect(ends).toEqual([false])
  })

  it('ends when the connection breaks', async () => {
    const { server, lost } = begin()
    server.answer = () => Promise.reject(new Error('write EPIPE'))
    await vi.advanceTimersByTimeAsync(timers.heartbeatMs)
    expect(lost()).toBe('the connection to the database broke: write EPIPE')
  })

  it('ends when the database is silent for as long as others wait', async () => {
    const { server, lost } = begin()
    server.answer = () => new Promise(() => undefined)
    await vi.advanceTimersByTimeAsync(timers.takeoverMs)
    expect(lost()).toBeNull()
    await vi.advanceTimersByTimeAsync(timers.heartbeatMs)
    expect(lost()).toBe('the database has not answered for 5.0 s')
  })

  it('sends nothing after a freeze until the database says that it still leads', async () => {
    const { reign, lost } = begin()
    await vi.advanceTimersByTimeAsync(timers.heartbeatMs)
    freeze(timers.takeoverMs)
    expect(reign.obstacle()).toBe('not sent: the database was last heard of 5.0 s ago, and another process may lead')
    await vi.advanceTimersByTimeAsync(timers.heartbeatMs)
    expect([reign.obstacle(), lost()]).toEqual([null, null])
  })

  it('is not called lost for an answer that came while the process was frozen', async () => {
    const { reign, server, lost } = begin()
    let answer: (mine: boolean) => void = () => undefined
    server.answer = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    await vi.advanceTimersByTimeAsync(timers.heartbeatMs)
    freeze(3_600_000)
    await vi.advanceTimersByTimeAsync(timers.heartbeatMs)
    answer(true)
    await vi.advanceTimersByTimeAsync(timers.heartbeatMs)
    answer(true)
    await vi.advanceTimersByTimeAsync(0)
    expect([reign.obstacle(), lost()]).toEqual([null, null])
  })

  it('is given up in order once, and then nobody is told that it was lost', async () => {
    const { reign, ends, lost } = begin()
    await reign.resign()
    await reign.resign()
    reign.lose('the connection to the database broke')
    await vi.advanceTimersByTimeAsync(60_000)
    expect([ends, lost()]).toEqual([[true], null])
    expect(reign.obstacle()).toBe('not sent: this process is stopping')
  })

  it('tells a transaction with an old token to its own process', async () => {
    const { reign, lost } = begin()
    reign.fence?.stale()
    await vi.advanceTimersByTimeAsync(0)
    expect(lost()).toBe('another process has taken over')
  })
})

describe('what a leader before may still be sending', () => {
  it('is over at once when there was none', async () => {
    await expect(begin().reign.othersSilent()).resolves.toBeUndefined()
  })

  it('is waited for, and only once', async () => {
    vi.useRealTimers()
    const { reign } = begin({ predecessorMs: 50 })
    let silent = false
    const first = reign.othersSilent().then(() => {
      silent = true
    })
    await new Promise((done) => setTimeout(done, 50))
    expect(silent).toBe(false)
    const kept = setTimeout(() => undefined, 10_000)
    await first
    await reign.othersSilent()
    clearTimeout(kept)
  })
})
