import { randomInt, timingSafeEqual } from 'node:crypto'
import type { Refusal } from '../domain/decision.ts'

export interface ClaimCode {
  /** @param now epoch milliseconds, here and below. */
  current(now: number): string
  /** Null: it is the code. */
  try(guess: string, person: string, now: number): Refusal | null
}

/** One of a hundred million. Ten wrong ones lock a person out, a hundred everybody; a quarter of an hour later there is a new code. */
const digits = 8
const mostPerPerson = 10
const mostInAll = 100
const lockMs = 15 * 60_000

const newCode = (): string => Array.from({ length: digits }, () => randomInt(10)).join('')
const sameText = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** @param renewed is told each further code. */
export function createClaimCode(renewed: (code: string) => void): ClaimCode {
  let code = newCode()
  let wrong = new Map<string, number>()
  let lockedAt: number | null = null

  function renew(now: number): void {
    if (lockedAt === null || now - lockedAt < lockMs) return
    code = newCode()
    wrong = new Map()
    lockedAt = null
    renewed(code)
  }
  const isLocked = (person: string): boolean =>
    (wrong.get(person) ?? 0) >= mostPerPerson || [...wrong.values()].reduce((sum, n) => sum + n, 0) >= mostInAll

  return {
    current(now) {
      renew(now)
      return code
    },
    try(guess, person, now) {
      renew(now)
      // The right code is refused too while locked: otherwise the lock would not slow a guesser down.
      if (isLocked(person)) {
        const minutes = Math.ceil((lockMs - (now - (lockedAt ?? now))) / 60_000)
        return { code: 'TOO_MANY_GUESSES', explain: `too many wrong codes; there is a new one in ${minutes} min` }
      }
      if (sameText(guess, code)) return null
      wrong.set(person, (wrong.get(person) ?? 0) + 1)
      if (isLocked(person)) lockedAt ??= now
      return { code: 'WRONG_CODE', explain: 'that is not the code in the log' }
    },
  }
}
