import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  change,
  clockTime,
  countdown,
  duration,
  money,
  percent,
  plain,
  price,
  ratio,
  read,
  safeLink,
  shares,
  shownDirection,
  signedPercent,
} from '../../../../../src/adapters/chat/console/page/format.ts'

describe('money', () => {
  it('has thousands separators, two places and a true minus sign', () => {
    expect(money('1234567.891')).toBe('$1,234,567.89')
    expect(money('-1234.5')).toBe('−$1,234.50')
    expect(money('999', 0)).toBe('$999')
  })
  it('writes the sign of a change, and none on nothing', () => {
    expect(change('12')).toBe('+$12.00')
    expect(change('-0.004')).toBe('$0.00')
    expect(change('0')).toBe('$0.00')
  })
  it('prints a dash for what is missing or no decimal', () => {
    for (const value of [null, undefined, '', 'NaN', '1e9', '<b>']) expect(money(value)).toBe('–')
  })
  it('never loses or invents a cent, however large', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (cents) => {
        const sign = cents < 0n ? '-' : ''
        const digits = String(cents < 0n ? -cents : cents).padStart(3, '0')
        const value = `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`
        const printed = money(value).replace('−', '-').replace(/[$,]/g, '')
        expect(printed).toBe(cents === 0n ? '0.00' : value)
      }),
    )
  })
})

describe('figures', () => {
  it('gives four places to a price below a dollar', () => {
    expect(price('0.4211')).toBe('$0.4211')
    expect(price('34.1')).toBe('$34.10')
  })
  it('keeps the places of fractional shares', () => {
    expect(shares('1500')).toBe('1,500')
    expect(shares('0.25')).toBe('0.25')
  })
  it('has no percentage of nothing', () => {
    expect(ratio(read('5'), read('0'))).toBeNull()
    expect(percent(null)).toBe('–')
    expect(signedPercent(ratio(read('1'), read('3')), 2)).toBe('+33.33%')
    expect(signedPercent(read('-1.26'))).toBe('−1.3%')
    expect(['-0.04', '-0.06', '0.04', '0.06'].map((value) => shownDirection(read(value)))).toEqual(['flat', 'down', 'flat', 'up'])
  })
})

describe('time', () => {
  it('is the exchange’s, summer and winter', () => {
    expect(clockTime('2026-11-20T15:31:07Z')).toBe('10:31:07')
    expect(clockTime('2026-07-20T14:31:07Z')).toBe('10:31:07')
  })
  it('of a broken stamp is a dash', () => {
    expect(clockTime('soon')).toBe('–')
  })
  it('reads 0:00 only when it is over', () => {
    expect(countdown(161_000)).toBe('2:41')
    expect(countdown(1)).toBe('0:01')
    expect(countdown(0)).toBe('0:00')
    expect(countdown(-5000)).toBe('0:00')
    expect(countdown(3_761_000)).toBe('1:02:41')
  })
  it('grows its unit with its length', () => {
    expect(duration(42_000)).toBe('42 s')
    expect(duration(180_000)).toBe('3 min')
    expect(duration(7_500_000)).toBe('2 h 5 min')
    expect(duration(4 * 86_400_000)).toBe('4 d')
  })
})

describe('outside text', () => {
  it('is linked only when it leads to the web', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'JaVaScRiPt:1', '//x', 'nonsense', '', null])
      expect(safeLink(url)).toBeNull()
    expect(safeLink('https://example.com/a b')).toBe('https://example.com/a%20b')
  })
  it('loses characters that hide or reverse what it says', () => {
    expect(plain('buy\u202elleS\u200b now\u0007')).toBe('buy lleS  now')
  })
})
