import { describe, expect, it } from 'vitest'
import { type CardLife, cardExpiry } from '../../src/domain/half-life.ts'

const minute = 60_000
const life = (over: Partial<CardLife> = {}): CardLife => ({
  from: 0,
  closeAt: 300 * minute,
  category: 'contract',
  expiryMinutes: 30,
  overrides: {},
  ...over,
})

describe('when a card lapses', () => {
  it('after its time, or one half-life of its catalyst when that is sooner', () => {
    expect(cardExpiry(life())).toBe(30 * minute)
    expect(cardExpiry(life({ expiryMinutes: 120 }))).toBe(60 * minute)
    expect(cardExpiry(life({ category: 'analyst_up' }))).toBe(20 * minute)
    for (const category of [null, 'unheard of', 'constructor']) expect(cardExpiry(life({ category }))).toBe(30 * minute)
  })

  it('as the configuration says of a category, whose others stay', () => {
    expect(cardExpiry(life({ overrides: { contract: 5 } }))).toBe(5 * minute)
    expect(cardExpiry(life({ overrides: { contract: 5 }, category: 'ma_target' }))).toBe(20 * minute)
  })

  it('with the session, but never within 90 s', () => {
    expect(cardExpiry(life({ closeAt: 10 * minute }))).toBe(10 * minute)
    expect(cardExpiry(life({ closeAt: minute }))).toBe(90_000)
    expect(cardExpiry(life({ overrides: { contract: 1 } }))).toBe(90_000)
    expect(cardExpiry(life({ closeAt: null }))).toBe(30 * minute)
  })
})
