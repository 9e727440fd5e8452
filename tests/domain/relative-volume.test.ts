import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relativeVolume } from '../../src/domain/indicators/relative-volume.ts'

describe('relative volume', () => {
  it('is 1 when a stretch traded what an average day trades in as much of it', () => {
    expect(relativeVolume(100, [900, 1_100], 0.1)).toBeCloseTo(1)
    expect(relativeVolume(300, [1_000], 0.1)).toBeCloseTo(3)
  })

  it('is unknown without anything to compare with', () => {
    expect(relativeVolume(100, [], 0.1)).toBeNull()
    expect(relativeVolume(100, [0, 0], 0.1)).toBeNull()
    expect(relativeVolume(100, [1_000], 0)).toBeNull()
    expect(relativeVolume(Number.NaN, [1_000], 0.5)).toBeNull()
  })

  it('does not depend on the unit that shares are counted in', () => {
    const volume = fc.integer({ min: 1, max: 1e9 })
    fc.assert(
      fc.property(volume, fc.array(volume, { minLength: 1 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (traded, days, share) => {
        const inLots = relativeVolume(
          traded * 100,
          days.map((day) => day * 100),
          share,
        )
        // Relative: volumes of any size, and doubles keep some fifteen digits.
        expect((inLots ?? Number.NaN) / (relativeVolume(traded, days, share) ?? Number.NaN)).toBeCloseTo(1, 9)
      }),
    )
  })
})
