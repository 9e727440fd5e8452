import { type Decision, decided, type Evolution, refused } from './decision.ts'

/** Whose books these are, for good: simulated, paper and real trades never share a database, nor do two accounts. */
export interface BooksIdentity {
  readonly mode: 'sim' | 'paper' | 'live'
  readonly broker: string
  /** Names the account without giving its number away: the end of it, and a fingerprint of the whole. */
  readonly account: string
}
export interface Override {
  readonly by: string
  readonly reason: string
  readonly at: string
}
/** What is gone through once by hand, because no book can tell that it would work. */
export const drills = ['breakers', 'restore'] as const
export type Drill = (typeof drills)[number]
export const goals = ['autonomous', 'live'] as const
export type Goal = (typeof goals)[number]

/** Somebody typed the phrase: real money may move, for this account and this key, until it is taken back. */
export interface LiveConfirmation {
  readonly account: string
  /** Fingerprint of the key's id. */
  readonly key: string
  readonly by: string
  /** What spoke for it: the readiness shown, or the reason typed instead. */
  readonly grounds: string
  readonly at: string
}

export interface BooksState {
  readonly identity: BooksIdentity | null
  /** When they were first opened; ISO. */
  readonly since: string | null
  /** Opened, and not closed in order since. */
  readonly open: boolean
  /** When it was last found that a process had ended without closing them. */
  readonly crashedAt: string | null
  readonly confirmation: LiveConfirmation | null
  readonly overrides: Readonly<Partial<Record<Goal, Override>>>
  readonly drilled: Readonly<Partial<Record<Drill, Override>>>
}

export type BooksEvent =
  | ({ readonly type: 'BooksOpened'; readonly afterCrash: boolean; readonly at: string } & BooksIdentity)
  | { readonly type: 'BooksClosed'; readonly at: string }
  | ({ readonly type: 'LiveConfirmed' } & LiveConfirmation)
  | { readonly type: 'LiveRevoked'; readonly by: string; readonly at: string }
  | ({ readonly type: 'ReadinessOverridden'; readonly goal: Goal } & Override)
  | ({ readonly type: 'DrillRecorded'; readonly drill: Drill } & Override)

export const booksEvolution: Evolution<BooksState, BooksEvent> = {
  initial: () => ({ identity: null, since: null, open: false, crashedAt: null, confirmation: null, overrides: {}, drilled: {} }),
  evolve(state, event) {
    switch (event.type) {
      case 'BooksOpened': {
        const { mode, broker, account, at, afterCrash } = event
        const crashedAt = afterCrash ? at : state.crashedAt
        return { ...state, identity: { mode, broker, account }, since: state.since ?? at, open: true, crashedAt }
      }
      case 'BooksClosed':
        return { ...state, open: false }
      case 'LiveConfirmed': {
        const { account, key, by, grounds, at } = event
        return { ...state, confirmation: { account, key, by, grounds, at } }
      }
      case 'LiveRevoked':
        return { ...state, confirmation: null }
      case 'ReadinessOverridden': {
        const { goal, by, reason, at } = event
        return { ...state, overrides: { ...state.overrides, [goal]: { by, reason, at } } }
      }
      case 'DrillRecorded': {
        const { drill, by, reason, at } = event
        return { ...state, drilled: { ...state.drilled, [drill]: { by, reason, at } } }
      }
    }
  },
}

/** What keeps these books from being opened in a mode; null: nothing. @param used whether anything was ever written into them. */
export function otherMode(state: BooksState, mode: BooksIdentity['mode'], used: boolean): string | null {
  // Books that do not say are from before they could: only the simulated market existed.
  const theirs = state.identity?.mode ?? (used ? 'sim' : mode)
  return theirs === mode ? null : `the books in this database are of ${theirs} trading, and the mode is ${mode}`
}

/** The first opening binds them; afterwards only the same mode, broker and account may. */
export function openBooks(state: BooksState, identity: BooksIdentity, at: string): Decision<BooksEvent> {
  const { identity: bound } = state
  if (bound !== null && bound.mode !== identity.mode) return refused('OTHER_MODE', otherMode(state, identity.mode, true) ?? '')
  if (bound !== null && (bound.account !== identity.account || bound.broker !== identity.broker))
    return refused(
      'OTHER_ACCOUNT',
      `the books in this database are of account ${bound.account} at ${bound.broker}, and the keys are of ${identity.account} at ${identity.broker}`,
    )
  return decided({ type: 'BooksOpened', ...identity, afterCrash: state.open, at })
}

export const closeBooks = (state: BooksState, at: string): Decision<BooksEvent> =>
  state.open ? decided({ type: 'BooksClosed', at }) : decided()

/** Whether somebody typed the phrase for this very account and key. */
export const isConfirmed = ({ confirmation }: BooksState, account: string, key: string): boolean =>
  confirmation !== null && confirmation.account === account && confirmation.key === key

export const revokeLive = (state: BooksState, by: string, at: string): Decision<BooksEvent> =>
  state.confirmation === null
    ? refused('NOT_CONFIRMED', 'live trading is not confirmed in these books')
    : decided({ type: 'LiveRevoked', by, at })

/** Fewer letters than this explain nothing to whoever reads it later. */
const leastReason = 10
const reasonProblem = (reason: string): string | null =>
  reason.trim().length < leastReason ? `a reason of at least ${leastReason} letters, which stays on the record` : null

export function overrideReadiness(goal: Goal, by: string, reason: string, at: string): Decision<BooksEvent> {
  const problem = reasonProblem(reason)
  return problem === null
    ? decided({ type: 'ReadinessOverridden', goal, by, reason: reason.trim(), at })
    : refused('REASON_REQUIRED', `this needs ${problem}`)
}

export function recordDrill(drill: Drill, by: string, reason: string, at: string): Decision<BooksEvent> {
  const problem = reasonProblem(reason)
  return problem === null
    ? decided({ type: 'DrillRecorded', drill, by, reason: reason.trim(), at })
    : refused('REASON_REQUIRED', `say what was done: ${problem}`)
}
