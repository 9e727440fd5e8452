import { describe, expect, test } from 'vitest'
import { confirmLive, type LiveRequest, type ReadinessFile } from '../../src/app/confirm-live.ts'
import { livePhrase } from '../../src/config/mode.ts'
import { type BooksState, booksEvolution } from '../../src/domain/books.ts'

const now = Date.parse('2026-03-31T20:00:00Z')
const shown: ReadinessFile = {
  kind: 'catalyst readiness',
  mode: 'paper',
  account: '…0001',
  at: '2026-03-30T20:00:00.000Z',
  live: [{ met: true, what: 'Win rate', actual: '55 %', needed: '> 50 %' }],
}
const request: LiveRequest = { account: 'a', key: 'k', phrase: livePhrase, readiness: shown, override: null, now }
const fresh = booksEvolution.initial('main')
const questions: string[] = []
const answering =
  (...answers: (string | null)[]) =>
  async (question: string) => {
    questions.push(question)
    return answers.shift() ?? null
  }
const nobody = async () => null
const typesOf = async (over: Partial<LiveRequest>, ask: (q: string) => Promise<string | null> = nobody, books: BooksState = fresh) => {
  const answer = await confirmLive(books, { ...request, ...over }, ask)
  return answer.ok ? answer.events.map(({ type }) => type) : answer.problems.join('; ')
}

describe('real money', () => {
  test('with phrase and paper record is confirmed, and what spoke for it is kept', async () => {
    expect(await confirmLive(fresh, request, nobody)).toMatchObject({
      ok: true,
      events: [{ type: 'LiveConfirmed', account: 'a', key: 'k', by: 'terminal:owner', grounds: expect.stringContaining('paper books') }],
    })
  })

  test('the phrase is asked for at the terminal, naming the account', async () => {
    expect(await typesOf({ phrase: null }, answering(livePhrase))).toEqual(['LiveConfirmed'])
    expect(questions.at(-1)).toContain('account a')
    expect(await typesOf({ phrase: null }, answering('yes i understand'))).toContain('nothing is started')
    expect(await typesOf({ phrase: null }, nobody)).toContain('nobody to ask')
  })

  test('a restart does not ask again, but another account or key does', async () => {
    const answer = await confirmLive(fresh, request, nobody)
    const books = answer.ok ? answer.events.reduce(booksEvolution.evolve, fresh) : fresh
    expect(await typesOf({ phrase: null, readiness: null }, nobody, books)).toEqual([])
    expect(await typesOf({ phrase: null, account: 'b' }, nobody, books)).toContain('never confirmed')
    expect(await typesOf({ phrase: null, key: 'new' }, nobody, books)).toContain('never confirmed')
  })

  test.each([
    ['nothing is shown', null, 'no paper record'],
    ['anything else is shown', { hello: 1 }, 'the readiness file is none'],
    ['it is of the simulator', { ...shown, mode: 'sim' }, 'of sim books'],
    ['it is old', { ...shown, at: '2026-02-01T00:00:00.000Z' }, '58 days old'],
    ['it is from the future', { ...shown, at: '2026-05-01T00:00:00.000Z' }, 'days old'],
    [
      'a line is open',
      { ...shown, live: [{ met: false, what: 'Win rate', actual: '41 %', needed: '> 50 %' }] },
      'Win rate: 41 %, needed > 50 %',
    ],
  ])('when %s, a reason is needed', async (_, readiness, problem) => {
    expect(await typesOf({ readiness })).toContain(problem)
    expect(await typesOf({ readiness, override: 'a very small account' })).toEqual(['ReadinessOverridden', 'LiveConfirmed'])
    expect(await typesOf({ readiness }, answering('a very small account'))).toEqual(['ReadinessOverridden', 'LiveConfirmed'])
    expect(await typesOf({ readiness }, answering(''))).toContain(problem)
    expect(await typesOf({ readiness, override: 'why not' })).toContain('reason of at least')
  })
})
