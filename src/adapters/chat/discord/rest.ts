import { DiscordAPIError, HTTPError, RateLimitError, REST } from 'discord.js'
import type { DiscordAccess } from '../../../config/environment.ts'
import { NotDelivered } from '../../../ports/chat.ts'

/** Longer pauses that Discord asks for are left to the outbox; shorter ones discord.js waits out in its queue. */
const longestPauseMs = 3_000
const timeoutMs = 10_000

export interface RestParts {
  readonly access: DiscordAccess
  /** Discord took the token back: nothing will work any more. */
  readonly onRefusedToken?: () => void
}

/** REST without retries: a post that failed after it took effect must not be sent again by a library. */
export function createRest({ access, onRefusedToken }: RestParts): REST {
  const rest = new REST({
    ...restOptions(access),
    retries: 0,
    timeout: timeoutMs,
    rejectOnRateLimit: ({ retryAfter, timeToReset }) => Math.max(retryAfter, timeToReset) > longestPauseMs,
  }).setToken(access.token)
  rest.on('response', ({ route }, { status }) => {
    if (status === 401 && !route.startsWith('/webhooks') && !route.startsWith('/interactions')) onRefusedToken?.()
  })
  return rest
}

/** `api` is the base without version. */
export const restOptions = ({ apiUrl }: DiscordAccess): { readonly api?: string } =>
  apiUrl === null ? {} : { api: apiUrl.replace(/\/+$/, '') }

/** Its timers would otherwise go on for ever. */
export function closeRest(rest: REST): void {
  rest.clearHashSweeper()
  rest.clearHandlerSweeper()
}

/** Discord's own numbers for what goes wrong. */
export const codes = {
  unknownChannel: 10003,
  unknownMessage: 10008,
  unknownInteraction: 10062,
  alreadyAcknowledged: 40060,
  missingAccess: 50001,
  missingPermissions: 50013,
  archivedThread: 50083,
  threadExists: 160004,
} as const

export const hasCode = (error: unknown, ...wanted: readonly number[]): boolean =>
  error instanceof DiscordAPIError && wanted.includes(Number(error.code))

/** Whether Discord said no to what was asked, rather than being out of order. */
export const isRefusal = (error: unknown): boolean => error instanceof DiscordAPIError

/** Whether it was the form of the request that Discord did not take. */
export const isInvalidForm = (error: unknown): boolean =>
  error instanceof DiscordAPIError &&
  error.status === 400 &&
  !hasCode(error, codes.archivedThread, codes.alreadyAcknowledged, codes.threadExists)

/** In words. Never the error itself: its address and headers carry tokens. */
export function problemOf(error: unknown): string {
  if (error instanceof DiscordAPIError) return `Discord refused it: ${error.message.replaceAll('\n', '; ')} (${error.code})${advice(error)}`
  if (error instanceof HTTPError) return `Discord answered ${error.status}`
  if (error instanceof RateLimitError) return `Discord asks to wait ${Math.ceil(pauseOf(error) / 1000)} s`
  if (!(error instanceof Error)) return 'Discord could not be reached'
  if (error.name === 'AbortError') return `Discord did not answer within ${timeoutMs / 1000} s`
  // What the network says has a code; the rest is of our own making.
  return 'code' in error ? `Discord could not be reached: ${error.message}` : error.message
}

function advice(error: DiscordAPIError): string {
  if (hasCode(error, codes.missingAccess)) return ': the bot cannot see that channel; give it View Channel'
  if (hasCode(error, codes.missingPermissions)) return ': the bot lacks a right in that channel; catalyst doctor tells which'
  if (hasCode(error, codes.unknownChannel)) return ': DISCORD_CHANNEL_ID is no channel that the bot can reach'
  return ''
}

const pauseOf = ({ retryAfter, timeToReset, sublimitTimeout }: RateLimitError): number => Math.max(retryAfter, timeToReset, sublimitTimeout)

export const pauseAskedFor = (error: unknown): number | null => (error instanceof RateLimitError ? pauseOf(error) : null)

export const notDelivered = (error: unknown): NotDelivered =>
  error instanceof NotDelivered ? error : new NotDelivered(problemOf(error), pauseAskedFor(error))
