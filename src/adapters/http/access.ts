import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { SignIn } from '../../app/route.ts'
import type { Actor } from '../../ports/chat.ts'

export const owner: Actor = { id: 'http:owner', name: 'owner', via: 'http' }
export const local: Actor = { id: 'console:local', name: 'the console', via: 'console' }
export const nobody: Actor = { id: 'http:anonymous', name: 'anonymous', via: 'http' }

export const cookieName = 'catalyst_session'
const mostWrong = 10
const windowMs = 60_000
const mostAddresses = 10_000

/** Who is asking. `limited`: too many wrong tokens came from this address; nothing is compared for a while. */
export type Identity = { readonly actor: Actor } | { readonly refused: 'wrong_token' | 'limited' }

export interface Access {
  /** @param session the cookie's value. */
  identify(address: string, authorization: string | undefined, session: string | undefined): Identity
  /** @param toCookie makes the Set-Cookie header of a session. */
  signIn(address: string, token: string, toCookie: (session: string) => string): SignIn
}

/** @param trusted who a request without a token comes from when no token is set: the person at this machine, or nobody. */
export function createAccess(token: string | null, trusted: Actor): Access {
  const wrong = new Map<string, { count: number; until: number }>()
  // Derived, so that a stolen cookie jar does not hold the token itself, and a new token ends old sessions.
  const session = token === null ? null : createHmac('sha256', token).update('catalyst console session').digest('hex')

  const isLimited = (address: string): boolean => {
    const seen = wrong.get(address)
    return seen !== undefined && seen.until > Date.now() && seen.count >= mostWrong
  }
  const countWrong = (address: string): void => {
    const seen = wrong.get(address)
    if (seen && seen.until > Date.now()) seen.count += 1
    else {
      if (wrong.size >= mostAddresses) wrong.clear()
      wrong.set(address, { count: 1, until: Date.now() + windowMs })
    }
  }
  const compare = (address: string, given: string): 'right' | 'wrong_token' | 'limited' => {
    // The right token is refused too while limited: otherwise the limit would not slow a guesser down.
    if (isLimited(address)) return 'limited'
    if (token !== null && equal(given, token)) return 'right'
    countWrong(address)
    return 'wrong_token'
  }

  return {
    identify(address, authorization, given) {
      if (token === null) return { actor: trusted }
      // A cookie is 256 random-looking bits: no guessing to limit, and an outdated one must not count against its owner.
      if (session !== null && given !== undefined && equal(given, session)) return { actor: owner }
      const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
      if (bearer === undefined) return { actor: nobody }
      const verdict = compare(address, bearer)
      return verdict === 'right' ? { actor: owner } : { refused: verdict }
    },
    signIn(address, given, toCookie) {
      if (session === null) return { outcome: 'not_needed' }
      const verdict = compare(address, given)
      if (verdict !== 'right') return { outcome: verdict }
      return { outcome: 'signed_in', cookie: toCookie(session) }
    },
  }
}

/** Takes the same time whatever differs, the length included. */
function equal(a: string, b: string): boolean {
  const digest = (s: string) => createHash('sha256').update(s).digest()
  return timingSafeEqual(digest(a), digest(b))
}
