import { webApi } from '@slack/bolt'
import type { SlackAccess } from '../../../config/environment.ts'
import { boltLogger, type SlackLog } from './log.ts'

const timeoutMs = 10_000

/**
 * No retries: the client would repeat a post that was answered with 5xx after it was shown, and one 429 would hold up its whole queue.
 * What must be tried again waits in the outbox.
 */
export const clientOptions = (access: Pick<SlackAccess, 'apiUrl'>, log: SlackLog): webApi.WebClientOptions => ({
  ...(access.apiUrl !== null && { slackApiUrl: access.apiUrl }),
  timeout: timeoutMs,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  logger: boltLogger(log),
  fetch: impatient,
})

/** Without a limit of its own an answer to a response_url could take for ever. */
const impatient: typeof fetch = (url, init) => fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(timeoutMs) })

export const webClient = (token: string, access: Pick<SlackAccess, 'apiUrl'>, log: SlackLog): webApi.WebClient =>
  new webApi.WebClient(token, clientOptions(access, log))
