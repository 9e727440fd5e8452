import { describe, expect, it } from 'vitest'
import { createClaimCode } from '../../src/app/claim-code.ts'

const minute = 60_000
/** What guessing came to: the refusals' codes, `in` for the right one. */
function guessing() {
  const renewed: string[] = []
  const claim = createClaimCode((code) => renewed.push(code))
  const guess = (what: 'right' | 'wrong', person: string, at: number) =>
    claim.try(what === 'right' ? claim.current(at) : 'no code', person, at)?.code ?? 'in'
  const wrong = (times: number, person: string, at = 0) => Array.from({ length: times }, () => guess('wrong', person, at))
  return { claim, renewed, guess, wrong }
}

describe('the one-time code', () => {
  it('given ten wrong ones from a person, then that person is locked out even with the right one, and nobody else is', () => {
    const { guess, wrong } = guessing()
    expect(new Set(wrong(10, 'discord:6'))).toEqual(new Set(['WRONG_CODE']))
    expect(guess('right', 'discord:6', minute)).toBe('TOO_MANY_GUESSES')
    expect(guess('right', 'discord:1', minute)).toBe('in')
  })

  it('given a lock, then after a quarter of an hour there is a new code, which is announced, and the old one is worth nothing', () => {
    const { claim, renewed, guess, wrong } = guessing()
    const old = claim.current(0)
    wrong(10, 'discord:6')
    expect(claim.try('x', 'discord:6', 14 * minute)?.explain).toBe('too many wrong codes; there is a new one in 1 min')
    expect([claim.current(14.9 * minute), renewed]).toEqual([old, []])
    const fresh = claim.current(15 * minute)
    expect(fresh).toMatch(/^\d{8}$/)
    expect(renewed).toEqual([fresh])
    expect(claim.try(old, 'discord:1', 15 * minute)?.code).toBe(old === fresh ? undefined : 'WRONG_CODE')
    expect(guess('right', 'discord:6', 15 * minute)).toBe('in')
  })

  it('given a hundred wrong ones from many, then everybody waits', () => {
    const { guess, wrong } = guessing()
    for (let i = 0; i < 12; i++) wrong(9, `slack:${i}`)
    expect(guess('right', 'slack:new', minute)).toBe('TOO_MANY_GUESSES')
    expect(guess('right', 'slack:new', 16 * minute)).toBe('in')
  })

  it('takes neither a part of it nor more than it', () => {
    const { claim } = guessing()
    const code = claim.current(0)
    for (const near of [code.slice(1), `${code}0`, '', ` ${code}`]) expect(claim.try(near, 'slack:1', 0)?.code).toBe('WRONG_CODE')
  })
})
