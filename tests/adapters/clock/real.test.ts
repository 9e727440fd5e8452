import { expect, it } from 'vitest'
import { createRealClock } from '../../../src/adapters/clock/real.ts'

it('goes by the wall and never back, whoever sets it', () => {
  const wall = [1_000, 2_000, 1_500, 1_999, 2_001]
  const clock = createRealClock(() => wall.shift() ?? 0)
  expect([clock.now(), clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([1_000, 2_000, 2_000, 2_000, 2_001])
  expect(clock.speed).toBe(1)
})
