import { describe, expect, it } from 'vitest'
import { closeOf, exchangeDate, exchangeTime, isTradingDay, nextOpen, sessionAt, tradingDays } from '../../src/domain/calendar.ts'

const at = (iso: string): number => Date.parse(iso)

describe('the exchange calendar', () => {
  it.each([
    ['2013-10-07T13:30:00Z', 'regular'],
    ['2013-10-07T13:29:59Z', 'pre'],
    ['2013-10-07T07:59:59Z', 'closed'],
    ['2013-10-07T08:00:00Z', 'pre'],
    ['2013-10-07T19:59:59Z', 'regular'],
    ['2013-10-07T20:00:00Z', 'post'],
    ['2013-10-08T00:00:00Z', 'closed'],
    ['2013-10-12T15:00:00Z', 'closed'],
    ['2026-01-05T14:29:59Z', 'pre'],
    ['2026-01-05T14:30:00Z', 'regular'],
  ])('at %s the session is %s', (iso, session) => {
    expect(sessionAt(at(iso))).toBe(session)
  })

  it('knows the whole week of 2013-10-07, Columbus Day after it included', () => {
    expect(tradingDays('2013-10-07', 6)).toEqual(['2013-10-07', '2013-10-08', '2013-10-09', '2013-10-10', '2013-10-11', '2013-10-14'])
  })

  it.each([
    ['1998-07-03', 'Independence Day observed'],
    ['2008-03-21', 'Good Friday'],
    ['2012-10-29', 'a hurricane'],
    ['2021-12-24', 'Christmas observed'],
    ['2022-06-20', 'Juneteenth observed'],
    ['2024-03-29', 'Good Friday'],
    ['2023-01-02', 'New Year observed'],
    ['2025-01-09', 'a day of mourning'],
    ['2026-11-26', 'Thanksgiving'],
    ['2030-05-27', 'Memorial Day'],
  ])('is closed on %s, %s', (date) => {
    expect(isTradingDay(date)).toBe(false)
  })

  it.each([
    ['2021-06-18', 'before Juneteenth was a holiday'],
    ['2021-12-31', 'a Saturday New Year is not observed on the Friday'],
    ['2014-06-09', 'an ordinary Monday'],
    ['2024-10-14', 'Columbus Day'],
    ['2026-03-02', 'an ordinary Monday'],
  ])('is open on %s, %s', (date) => {
    expect(isTradingDay(date)).toBe(true)
  })

  it.each(['2013-11-29', '2013-12-24', '2019-07-03', '2002-07-05', '2024-11-29'])('closes at 13:00 on %s', (date) => {
    expect(exchangeTime(closeOf(at(`${date}T18:00:00Z`)) ?? 0)).toBe('13:00:00')
  })

  it.each(['2026-12-31', '2002-07-03', '2023-07-05'])('closes at 16:00 on %s', (date) => {
    expect(exchangeTime(closeOf(at(`${date}T18:00:00Z`)) ?? 0)).toBe('16:00:00')
  })

  it('opens next on Monday after a Friday evening, also across the change to daylight saving time', () => {
    expect(new Date(nextOpen(at('2026-03-06T22:00:00Z'))).toISOString()).toBe('2026-03-09T13:30:00.000Z')
    expect(new Date(nextOpen(at('2014-06-06T20:30:00Z'))).toISOString()).toBe('2014-06-09T13:30:00.000Z')
  })

  it('tells the exchange date and time, not the one of UTC', () => {
    expect(exchangeDate(at('2014-06-10T02:00:00Z'))).toBe('2014-06-09')
    expect(exchangeTime(at('2014-06-09T13:31:07Z'))).toBe('09:31:07')
  })

  it('knows of no close at a weekend', () => {
    expect(closeOf(at('2013-10-12T15:00:00Z'))).toBeNull()
  })

  it('has 249 to 254 sessions in every year from 1998 to 2030, but for 2001 with its four lost days', () => {
    for (let year = 1998; year <= 2030; year++) {
      let sessions = 0
      for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += 86_400_000)
        if (isTradingDay(new Date(day).toISOString().slice(0, 10))) sessions++
      expect(sessions, String(year)).toBeGreaterThanOrEqual(year === 2001 ? 248 : 249)
      expect(sessions, String(year)).toBeLessThanOrEqual(254)
    }
  })
})
