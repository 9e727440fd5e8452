import { expect, it } from 'vitest'
import { createRateLimit } from '../../src/app/rate-limit.ts'

const second = 1_000

it('lets so many through in a minute, and says when the next may come', () => {
  const rate = createRateLimit()
  const take = (at: number, person = 'discord:1') => rate.take(person, 3, at * second)
  expect([0, 10, 20, 30, 59].map((at) => take(at))).toEqual([0, 0, 0, 30 * second, second])
  expect(take(60)).toBe(0)
  expect(take(61)).toBe(9 * second)
  expect(take(61, 'discord:2')).toBe(0)
})

it('is not used up by what it refused', () => {
  const rate = createRateLimit()
  for (let at = 0; at < 100; at++) rate.take('slack:1', 5, 0)
  expect(rate.take('slack:1', 5, 60 * second)).toBe(0)
})

it('keeps a bounded memory, whoever comes', () => {
  const rate = createRateLimit()
  for (let i = 0; i < 30_000; i++) expect(rate.take(`discord:${i}`, 1, i)).toBe(0)
  expect(rate.take('discord:29999', 1, 30_000)).toBeGreaterThan(0)
})
