import { describe, expect, it } from 'vitest'
import { watchBroker } from '../../src/app/watch-broker.ts'
import type { Broker } from '../../src/ports/broker.ts'

/** A broker of which only what a test needs is there. */
const broker = (parts: Partial<Broker>): Broker => ({ name: 'test', connected: () => true, ...parts }) as Broker

describe('a broker that is watched', () => {
  it('is the broker itself, but what it breaks off or leaves unanswered is noted', async () => {
    const failures: number[] = []
    let now = 0
    const watched = watchBroker(
      broker({
        account: () => Promise.reject(new Error('no line')),
        cancel: async () => undefined,
        submitEntry: async () => ({ outcome: 'unknown', reason: 'no answer' }),
        submitReducing: async () => ({ outcome: 'rejected', code: 'NO', reason: 'a clear no is an answer' }),
      }),
      failures,
      () => ++now,
    )
    await expect(watched.account()).rejects.toThrow('no line')
    expect([watched.name, watched.connected()]).toEqual(['test', true])
    await watched.cancel('b1')
    const sent = (await watched.submitEntry({} as Parameters<Broker['submitEntry']>[0])).outcome
    const closed = (await watched.submitReducing({} as Parameters<Broker['submitReducing']>[0])).outcome
    expect([sent, closed, failures]).toEqual(['unknown', 'rejected', [1, 2]])
  })

  it('keeps no more than can matter', async () => {
    const failures: number[] = []
    const watched = watchBroker(broker({ account: () => Promise.reject(new Error('no line')) }), failures, () => 1)
    for (let i = 0; i < 130; i++) await watched.account().catch(() => undefined)
    expect(failures).toHaveLength(100)
  })
})
