import type { IncomingHttpHeaders } from 'node:http'
import { type Answer, problem } from '../../app/route.ts'

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** True for addresses that only this machine can reach. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

/**
 * Refuses requests that a browser was tricked into sending. Null: may pass.
 * A name that a stranger's DNS points at this machine (rebinding) is not among the allowed ones, so it gets nowhere.
 */
export function guard(method: string, headers: IncomingHttpHeaders, allowedHosts: readonly string[]): Answer | null {
  const host = headers.host?.toLowerCase() ?? ''
  const name = host.replace(/:\d+$/, '')
  const allowed = loopbackNames.has(name) || allowedHosts.some((a) => a.toLowerCase() === host || a.toLowerCase() === name)
  if (!allowed) return problem(421, 'Misdirected request', 'This host name is not served here. Add it to ALLOWED_HOSTS if it is yours.')
  if (method === 'GET' || method === 'HEAD') return null
  if (headers.origin !== undefined && hostOf(headers.origin) !== host)
    return problem(403, 'Foreign origin', 'Writes are accepted from this page only, not from another site.')
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return problem(403, 'Foreign origin', 'Writes are accepted from this page only, not from another site.')
  return null
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null
}

export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
