import fc from 'fast-check'
import { expect, it } from 'vitest'
import { periodStart, pnlPeriods } from '../../src/app/pnl-report.ts'
import { exchangeDate } from '../../src/domain/calendar.ts'

it('periods begin on exchange dates: it is still Sunday evening in New York', () => {
  const now = Date.parse('2024-03-18T02:00:00Z')
  expect(pnlPeriods.map((p) => periodStart(p, now))).toEqual(['2024-03-17', '2024-03-11', '2024-03-01', '2024-01-01', '1970-01-01'])
})

it('a week begins on a Monday at most six days back, and no period begins after today', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2030-01-01') }), (now) => {
      const today = exchangeDate(now)
      const week = periodStart('week', now)
      expect(new Date(`${week}T00:00:00Z`).getUTCDay()).toBe(1)
      expect(Date.parse(today) - Date.parse(week)).toBeLessThanOrEqual(6 * 86_400_000)
      for (const period of pnlPeriods) expect(periodStart(period, now) <= today).toBe(true)
    }),
  )
})
