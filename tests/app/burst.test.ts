import { expect, it } from 'vitest'
import { createBurst } from '../../src/app/burst.ts'

/** Proposals that go out at these seconds, five of them loud at most. */
function sent(seconds: readonly number[], drainedAfter: (i: number) => boolean = () => false) {
  const burst = createBurst()
  return seconds.map((second, i) => {
    const said = burst.next(5, second * 1000)
    if (said === 'ring') burst.rang(second * 1000)
    if (drainedAfter(i)) burst.drained()
    return said
  })
}
const times = (n: number, every: number) => Array.from({ length: n }, (_, i) => i * every)

it('given no more than the limit, then each rings', () => {
  expect(new Set(sent(times(5, 1)))).toEqual(new Set(['ring']))
})

it('given a burst, then five ring, one digest stands for the rest, and the rest is silent however long it takes', () => {
  const said = sent(times(200, 1))
  expect(said.slice(0, 6)).toEqual([...Array(5).fill('ring'), 'digest'])
  expect(new Set(said.slice(6))).toEqual(new Set(['hush']))
})

it('given a chat that is quick, then a burst that never piles up is one all the same, with one digest a minute', () => {
  const said = sent(times(40, 0.2), () => true)
  expect([said.filter((s) => s === 'ring').length, said.filter((s) => s === 'digest').length]).toEqual([5, 1])
})

it('given a steady trickle, then each rings', () => {
  expect(new Set(sent(times(50, 13), () => true))).toEqual(new Set(['ring']))
})

it('given posts that did not get through, then they used up nothing', () => {
  const burst = createBurst()
  expect(Array.from({ length: 20 }, () => burst.next(5, 0))).toEqual(Array(20).fill('ring'))
})
