import { afterAll, expect } from 'vitest'
import { tally } from '../emulators/alpaca/tally.ts'
import { takeLeaks } from './leaks.ts'

// Of every test file, after all that it did itself.
afterAll(() => {
  const report = tally.report()
  if (report !== null) console.info(report)
  expect(tally.violations, 'what contradicts the official descriptions').toEqual([])
  expect(takeLeaks(), 'secrets that were said or stored').toEqual([])
})
