import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { askAlpaca } from './ask.ts'

/** Where to ask, and with which keys. A null address is the mode's own. */
export interface AlpacaKeys {
  readonly keyId: string
  readonly secretKey: string
  readonly tradingUrl: string | null
}

export const tradingAddresses = { paper: 'https://paper-api.alpaca.markets', live: 'https://api.alpaca.markets' } as const

/** The account as Alpaca names it, as far as somebody else may know it. */
export interface AlpacaIdentity {
  /** `…1234 (9f86d081)`: the end of its number, and a fingerprint of the whole. */
  readonly account: string
  /** Fingerprint of the key's id. */
  readonly key: string
  readonly status: string
  /** What Alpaca has blocked, in words. */
  readonly blocked: readonly string[]
  readonly shorting: boolean
}
export type Identified = { readonly ok: true; readonly identity: AlpacaIdentity } | { readonly ok: false; readonly problem: string }

const document = z.object({
  account_number: z.string().min(1),
  status: z.string().default('unknown'),
  trading_blocked: z.boolean().default(false),
  account_blocked: z.boolean().default(false),
  trade_suspended_by_user: z.boolean().default(false),
  shorting_enabled: z.boolean().default(false),
})

const fingerprint = (value: string): string => createHash('sha256').update(`catalyst ${value}`).digest('hex').slice(0, 8)

const attempts = 3

/**
 * Asks Alpaca whose keys these are: a key's prefix is a habit of theirs, the account's number is a fact.
 * Numbers of paper accounts begin with PA. Never throws; no answer within three tries is a problem, too.
 */
export async function identifyAlpaca(keys: AlpacaKeys, mode: 'paper' | 'live', pauseMs = 1_000): Promise<Identified> {
  const base = keys.tradingUrl ?? tradingAddresses[mode]
  let problem = ''
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const answer = await askAlpaca(`${base}/v2/account`, keys)
    if (answer.outcome === 'answered') return judge(answer.body, mode, keys)
    if (answer.outcome === 'refused') return { ok: false, problem: refusedWords(answer.status, base, mode) }
    problem = answer.problem
    if (attempt < attempts) await sleep(pauseMs * 2 ** (attempt - 1))
  }
  return { ok: false, problem: `Alpaca does not answer at ${new URL(base).host}: ${problem}` }
}

function refusedWords(status: number, base: string, mode: 'paper' | 'live'): string {
  const other = mode === 'paper' ? 'live' : 'paper'
  return `Alpaca refuses the keys at ${new URL(base).host} (status ${status}): they are mistyped, revoked, or of a ${other} account`
}

function judge(body: unknown, mode: 'paper' | 'live', { keyId }: AlpacaKeys): Identified {
  const parsed = document.safeParse(body)
  if (!parsed.success) return { ok: false, problem: 'Alpaca answers, but not with an account: is the address right?' }
  const { account_number: number, status, shorting_enabled: shorting, ...blocks } = parsed.data
  const theirs = /^PA/i.test(number) ? 'paper' : 'live'
  if (theirs !== mode) return { ok: false, problem: `the keys belong to a ${theirs} account, but the mode is ${mode}` }
  const blocked = Object.entries(blocks).flatMap(([name, is]) => (is ? name.replaceAll('_', ' ') : []))
  return {
    ok: true,
    identity: { account: `…${number.slice(-4)} (${fingerprint(number)})`, key: fingerprint(keyId), status, blocked, shorting },
  }
}
