import { webApi } from '@slack/bolt'
import { NotDelivered } from '../../../ports/chat.ts'
import type { SlackLog } from './log.ts'

/** What a failed call means. `unknown`: it may have happened all the same. */
export type Failure =
  | { readonly kind: 'limited'; readonly code: 'ratelimited'; readonly retryAfterMs: number }
  | { readonly kind: 'unknown'; readonly code: string }
  | { readonly kind: 'refused'; readonly code: string; readonly needed: string | null }

/** Slack says of these that part of the work may be done. */
const halfDone: readonly string[] = ['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable']
const defaultWaitSeconds = 30

export function failureOf(error: unknown): Failure {
  if (error instanceof webApi.WebAPIRateLimitedError) return limited(error.retryAfter)
  if (error instanceof webApi.WebAPIHTTPError) return { kind: 'unknown', code: `http_${error.statusCode}` }
  if (!(error instanceof webApi.WebAPIPlatformError)) return { kind: 'unknown', code: 'no_answer' }
  const { error: code, response_metadata: metadata } = error.data
  const needed = Object.entries(error.data).find(([name]) => name === 'needed')?.[1]
  if (code === 'ratelimited') return limited(metadata?.retryAfter ?? defaultWaitSeconds)
  // Something that is not Slack's JSON answered: a proxy, most likely.
  if (!/^\w{1,60}$/.test(code)) return { kind: 'unknown', code: 'no_slack_answer' }
  if (halfDone.includes(code)) return { kind: 'unknown', code }
  return { kind: 'refused', code, needed: typeof needed === 'string' ? needed.slice(0, 200) : null }
}
const limited = (seconds: number): Failure => ({ kind: 'limited', code: 'ratelimited', retryAfterMs: seconds * 1000 })

const fromManifest = 'paste the manifest of `catalyst register` into the app again and reinstall it to the workspace'
const newToken = 'copy the Bot User OAuth Token (xoxb-…) of the app into SLACK_BOT_TOKEN again'
const advice: Readonly<Record<string, string>> = {
  missing_scope: fromManifest,
  not_in_channel: 'invite the bot: type /invite @Catalyst in the channel',
  channel_not_found: 'check SLACK_CHANNEL_ID, and invite the bot if the channel is private: /invite @Catalyst',
  is_archived: 'unarchive the channel, or set SLACK_CHANNEL_ID to another one',
  invalid_auth: newToken,
  not_authed: newToken,
  account_inactive: newToken,
  token_revoked: newToken,
  token_expired: newToken,
  restricted_action: 'a workspace setting keeps the bot from posting there: ask an admin, or use another channel',
}

/** One sentence of what went wrong and what to do. It never holds a token. */
export function explain(method: string, failure: Failure): string {
  if (failure.kind === 'limited') return `Slack asks for ${failure.retryAfterMs / 1000} s of quiet before the next ${method}`
  if (failure.kind === 'unknown') return `Slack did not answer ${method} as expected (${failure.code})`
  const scope = failure.needed === null ? '' : ` (${failure.needed})`
  const help = advice[failure.code]
  return `Slack refused ${method}: ${failure.code}${scope}${help === undefined ? '' : `; ${help}`}`
}

export interface Troubles {
  /** Tells the log, once for each cause: a missing scope would otherwise fill it. */
  note(method: string, error: unknown): Failure
  /** The same as what a message's sender understands. */
  notDelivered(method: string, error: unknown): NotDelivered
}

export function createTroubles(log: SlackLog): Troubles {
  const told = new Set<string>()
  function note(method: string, error: unknown): Failure {
    const failure = failureOf(error)
    const cause = failure.kind === 'refused' ? `${failure.code} ${failure.needed} ${method}` : null
    if (cause !== null && !told.has(cause)) {
      told.add(cause)
      log.warn({ chat: 'slack', method, code: failure.code }, explain(method, failure))
    }
    return failure
  }
  return {
    note,
    notDelivered(method, error) {
      const failure = note(method, error)
      return new NotDelivered(explain(method, failure), failure.kind === 'limited' ? failure.retryAfterMs : null)
    },
  }
}
