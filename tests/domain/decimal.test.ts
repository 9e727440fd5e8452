import { describe, expect, it } from 'vitest'
import { withSign } from '../../src/domain/decimal.ts'

describe('a figure with its sign', () => {
  it.each([
    ['1.8', '+1.8'],
    ['-1.8', '-1.8'],
    ['+1.8', '+1.8'],
    ['0', '0'],
    ['0.00', '0.00'],
    ['0.01', '+0.01'],
  ])('%s reads %s', (figure, shown) => {
    expect(withSign(figure)).toBe(shown)
  })
})
