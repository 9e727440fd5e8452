import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type BooksEvent,
  type BooksIdentity,
  type BooksState,
  booksEvolution,
  closeBooks,
  isConfirmed,
  openBooks,
  otherMode,
  overrideReadiness,
  recordDrill,
  revokeLive,
} from '../../src/domain/books.ts'
import type { Decision } from '../../src/domain/decision.ts'

const at = '2026-03-03T15:00:00.000Z'
const paper: BooksIdentity = { mode: 'paper', broker: 'alpaca', account: '…0001 (aaaa)' }
const given = (...events: readonly BooksEvent[]): BooksState => events.reduce(booksEvolution.evolve, booksEvolution.initial('main'))
const opened: BooksEvent = { type: 'BooksOpened', ...paper, afterCrash: false, at }
const codeOf = (decision: Decision<BooksEvent>): string => (decision.ok ? 'ok' : decision.refusal.code)
const confirmed: BooksEvent = { type: 'LiveConfirmed', account: 'a', key: 'k', by: 'terminal:owner', grounds: 'shown', at }

describe('books belong to one mode and one account', () => {
  const identity = fc.record({
    mode: fc.constantFrom('sim', 'paper', 'live'),
    broker: fc.constantFrom('simulated', 'alpaca'),
    account: fc.constantFrom('a', 'b'),
  }) as fc.Arbitrary<BooksIdentity>

  test('whoever opened them first is the only one who may again', () => {
    fc.assert(
      fc.property(identity, identity, (first, second) => {
        const state = given({ type: 'BooksOpened', ...first, afterCrash: false, at })
        const same = first.mode === second.mode && first.broker === second.broker && first.account === second.account
        expect(openBooks(state, second, at).ok).toBe(same)
        expect(otherMode(state, second.mode, true) === null).toBe(first.mode === second.mode)
      }),
    )
  })

  test('another account of the same mode is refused by its code', () => {
    expect(codeOf(openBooks(given(opened), { ...paper, account: '…0002 (bbbb)' }, at))).toBe('OTHER_ACCOUNT')
    expect(codeOf(openBooks(given(opened), { ...paper, mode: 'live' }, at))).toBe('OTHER_MODE')
  })

  test('books of before they could say are simulated; empty ones are anybody’s', () => {
    expect(otherMode(given(), 'paper', true)).toContain('sim trading')
    expect(otherMode(given(), 'sim', true)).toBeNull()
    expect(otherMode(given(), 'live', false)).toBeNull()
  })
})

describe('a crash', () => {
  test('is an opening of books that nobody closed', () => {
    expect(openBooks(given(opened), paper, at)).toMatchObject({ ok: true, events: [{ afterCrash: true }] })
    expect(openBooks(given(opened, { type: 'BooksClosed', at }), paper, at)).toMatchObject({ ok: true, events: [{ afterCrash: false }] })
    expect(given(opened, { ...opened, afterCrash: true, at: 'later' })).toMatchObject({ crashedAt: 'later', since: at })
  })

  test('closing twice is closing once', () => {
    expect(closeBooks(given(opened, { type: 'BooksClosed', at }), at)).toEqual({ ok: true, events: [] })
  })
})

describe('what somebody answers for', () => {
  test('a confirmation holds for its account and key until it is revoked', () => {
    const state = given(opened, confirmed)
    expect(isConfirmed(state, 'a', 'k')).toBe(true)
    expect(isConfirmed(state, 'b', 'k')).toBe(false)
    expect(isConfirmed(state, 'a', 'other')).toBe(false)
    expect(isConfirmed(given(opened, confirmed, { type: 'LiveRevoked', by: 'x', at }), 'a', 'k')).toBe(false)
    expect(codeOf(revokeLive(given(opened), 'x', at))).toBe('NOT_CONFIRMED')
  })

  test.each(['', '   ', 'because', '         x'])(
    'an override and a drill want a reason that explains something: "%s" is none',
    (reason) => {
      expect(codeOf(overrideReadiness('live', 'x', reason, at))).toBe('REASON_REQUIRED')
      expect(codeOf(recordDrill('restore', 'x', reason, at))).toBe('REASON_REQUIRED')
    },
  )

  test('both are kept with who, why and when', () => {
    const events = [overrideReadiness('autonomous', 'ada', 'a small account', at), recordDrill('breakers', 'bob', 'tripped each one', at)]
    const state = given(opened, ...events.flatMap((decision) => (decision.ok ? decision.events : [])))
    expect(state.overrides).toEqual({ autonomous: { by: 'ada', reason: 'a small account', at } })
    expect(state.drilled).toEqual({ breakers: { by: 'bob', reason: 'tripped each one', at } })
  })
})
