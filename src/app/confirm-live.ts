import { z } from 'zod'
import { livePhrase } from '../config/mode.ts'
import type { BooksEvent, BooksState } from '../domain/books.ts'
import { isConfirmed, type LiveConfirmation, overrideReadiness } from '../domain/books.ts'
import type { Decision } from '../domain/decision.ts'
import { readinessWords } from './cards/readiness.ts'

/** Asks the person at the terminal; null: there is none. */
export type Ask = (question: string) => Promise<string | null>

export interface LiveRequest {
  /** The account as the books name it, and a fingerprint of the key's id. */
  readonly account: string
  readonly key: string
  /** `--phrase`, checked before; null: not given. */
  readonly phrase: string | null
  /** What the readiness file holds; null: none was given. */
  readonly readiness: unknown
  /** `--override`; null: not given. */
  readonly override: string | null
  /** Epoch milliseconds. */
  readonly now: number
}

const line = z.object({ met: z.boolean(), what: z.string(), actual: z.string(), needed: z.string() })
/** What `catalyst readiness --save` writes. */
export const readinessFile = z.object({
  kind: z.literal('catalyst readiness'),
  mode: z.enum(['sim', 'paper', 'live']),
  account: z.string(),
  at: z.iso.datetime(),
  live: z.array(line).min(1),
})
export type ReadinessFile = z.infer<typeof readinessFile>

const oldestDays = 30

/** Whoever starts the program has its `.env`, and with it everything that an owner has. */
const terminal = 'terminal:owner'

export type Confirmed =
  | { readonly ok: true; readonly events: readonly BooksEvent[] }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Real money wants the phrase typed, and a paper record or a reason: once per account and key, and remembered until it is revoked,
 * so that a machine that restarts at night does not leave positions unattended.
 */
export async function confirmLive(books: BooksState, request: LiveRequest, ask: Ask): Promise<Confirmed> {
  if (isConfirmed(books, request.account, request.key)) return { ok: true, events: [] }
  const phrase = request.phrase ?? (await ask(`Real money on account ${request.account}. Type ${livePhrase} to go on: `))
  if (phrase === null)
    return refuse(
      'live trading on this account was never confirmed, and there is nobody to ask: start it once in a terminal, or with --phrase',
    )
  if (phrase.trim() !== livePhrase) return refuse(`that was not ${livePhrase}: nothing is started`)
  const at = new Date(request.now).toISOString()
  const open = openLines(request)
  if (open.length === 0) return granted(request, at, 'the readiness shown by the paper books', [])
  const reason = request.override ?? (await ask(`${open.join('\n')}\nNot ready. Type why you go live all the same, or nothing to stop: `))
  if (reason === null || reason.trim() === '') return refuse(...open, 'or say why all the same, with --override <reason>')
  const overridden: Decision<BooksEvent> = overrideReadiness('live', terminal, reason, at)
  if (!overridden.ok) return refuse(overridden.refusal.explain)
  return granted(request, at, `not ready, and overridden: ${reason.trim()}`, overridden.events)
}

function granted({ account, key }: LiveRequest, at: string, grounds: string, before: readonly BooksEvent[]): Confirmed {
  const confirmation: LiveConfirmation = { account, key, by: terminal, grounds, at }
  return { ok: true, events: [...before, { type: 'LiveConfirmed', ...confirmation }] }
}

const refuse = (...problems: readonly string[]): Confirmed => ({ ok: false, problems })

/** What keeps the paper record from speaking for real money. */
function openLines({ readiness, now }: LiveRequest): readonly string[] {
  if (readiness === null)
    return ['no paper record is shown: `catalyst readiness --save <file>` on the paper books writes it, --readiness <file> shows it']
  const parsed = readinessFile.safeParse(readiness)
  if (!parsed.success) return ['the readiness file is none: let `catalyst readiness --save <file>` write it']
  const { mode, at, live } = parsed.data
  const age = Math.floor((now - Date.parse(at)) / 86_400_000)
  return [
    ...(mode === 'paper' ? [] : [`the readiness file is of ${mode} books, not of paper`]),
    ...(age > oldestDays || age < 0 ? [`the readiness file is ${age} days old: at most ${oldestDays}`] : []),
    ...live.filter(({ met }) => !met).map(readinessWords),
  ]
}
