import { readFile } from 'node:fs/promises'
import { identifyAlpaca } from './adapters/brokers/alpaca/identity.ts'
import { amendBooks, closeTheBooks, openTheBooks } from './app/books.ts'
import { confirmLive } from './app/confirm-live.ts'
import { occasion } from './app/context.ts'
import type { BotOptions, Cleanups } from './compose.ts'
import type { Books } from './compose-books.ts'
import { ConfigurationError } from './config/problems.ts'
import { type BooksEvent, type BooksIdentity, openBooks } from './domain/books.ts'
import { decided } from './domain/decision.ts'
import type { Clock } from './ports/clock.ts'

/** Whose money this process moves, asked before anything else is done with it. */
export interface Identified {
  readonly identity: BooksIdentity
  /** What has to be written down before trading: that somebody typed the phrase. */
  readonly events: readonly BooksEvent[]
}

const simulated: BooksIdentity = { mode: 'sim', broker: 'simulated', account: 'simulated' }

/** @throws ConfigurationError when the keys are not of this mode, the books of another account, or nobody confirmed real money. */
export async function identify(options: BotOptions, books: Books): Promise<Identified> {
  const { environment, log } = options
  const { mode, alpaca, launch } = environment
  if (mode === 'sim') return { identity: simulated, events: [] }
  if (alpaca === null || launch === null) throw new Error(`${mode} trading was never checked against the environment`)
  const answer = await identifyAlpaca(alpaca, mode)
  if (!answer.ok) throw new ConfigurationError([answer.problem])
  const { account, key, status, blocked } = answer.identity
  log.info({}, `${mode === 'live' ? 'LIVE: REAL MONEY, ' : ''}${mode} account ${account}, ${status}`)
  if (blocked.length > 0) log.warn({}, `Alpaca says of this account: ${blocked.join(', ')}; entries will be rejected`)
  const identity: BooksIdentity = { mode, broker: 'alpaca', account }
  refuseOtherAccount(await books.read.books(), identity)
  return { identity, events: mode === 'live' ? await confirmed(options, books, account, key) : [] }
}

/** Before anybody is asked for anything. */
function refuseOtherAccount(state: Awaited<ReturnType<Books['read']['books']>>, identity: BooksIdentity): void {
  const opened = openBooks(state, identity, '')
  if (!opened.ok) throw new ConfigurationError([`${opened.refusal.explain}: name another database, or set the keys of that account`])
}

async function confirmed(options: BotOptions, books: Books, account: string, key: string): Promise<readonly BooksEvent[]> {
  const { environment, start, ask = async () => null } = options
  const answer = await confirmLive(
    await books.read.books(),
    {
      account,
      key,
      phrase: environment.launch?.phrase ?? null,
      readiness: await readinessFrom(start.grounds?.readinessFile),
      override: start.grounds?.override ?? null,
      now: Date.now(),
    },
    ask,
  )
  if (!answer.ok) throw new ConfigurationError(answer.problems)
  return answer.events
}

async function readinessFrom(file: string | undefined): Promise<unknown> {
  if (file === undefined) return null
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new ConfigurationError([`--readiness ${file}: cannot be read (${error instanceof Error ? error.message : String(error)})`])
  }
}

/** Writes down that the books are in use, and at the end that they were closed in order. */
export async function bindBooks(books: Books, clock: Clock, { identity, events }: Identified, cleanups: Cleanups): Promise<void> {
  const context = { store: books.store, clock }
  const opened = await openTheBooks(context, identity)
  if (!opened.ok) throw new ConfigurationError([opened.refusal.explain])
  if (events.length > 0) await amendBooks(context, occasion(context, 'terminal:owner'), () => decided(...events))
  let lost = false
  void books.lost.then(() => {
    lost = true
  })
  // Whoever lost the lead has nothing to say in them any more.
  cleanups.push(async () => {
    if (!lost) await closeTheBooks(context)
  })
}
