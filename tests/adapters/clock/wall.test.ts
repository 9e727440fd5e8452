import { expect, test } from 'vitest'
import { createWallClock } from '../../../src/adapters/clock/wall.ts'

test('real time passes as it does, and never back', () => {
  const times = [1_000, 2_000, 1_500, 1_999, 2_001]
  const clock = createWallClock(() => times.shift() ?? 0)
  expect(Array.from({ length: 5 }, () => clock.now())).toEqual([1_000, 2_000, 2_000, 2_000, 2_001])
  expect(clock.speed).toBe(1)
})
