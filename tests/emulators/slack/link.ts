import { createHmac, randomUUID } from 'node:crypto'
import type { Json } from './block-rules.ts'
import { limits } from './limits.ts'
import type { Workspace } from './workspace.ts'

export type Kind = 'interactive' | 'slash_commands' | 'events_api'
export interface Ack {
  /** Real ms from sending to being acknowledged. */
  readonly afterMs: number
  readonly payload: Json
}
/** How what people do reaches the app. @throws when it is not acknowledged in time. */
export interface Link {
  deliver(kind: Kind, payload: Json, options?: { readonly acceptsPayload?: boolean }): Promise<Ack>
}

/** Signed HTTP: every delivery is a request of its own to the app's address. */
export function httpLink(workspace: Workspace, address: string, losesAck: () => boolean): Link {
  async function attempt(kind: Kind, payload: Json, retry: number): Promise<Response> {
    const { body, type } = encoded(kind, payload)
    const timestamp = String(Math.floor(Date.now() / 1000))
    return fetch(address, {
      method: 'POST',
      body,
      headers: { ...signed(workspace.settings.signingSecret, timestamp, body), 'content-type': type, ...retryHeaders(retry) },
      signal: AbortSignal.timeout(limits.ackMs),
    })
  }
  return {
    async deliver(kind, payload) {
      const started = performance.now()
      // Slack tries only events again.
      const attempts = kind === 'events_api' ? 3 : 1
      for (let retry = 0; ; retry += 1) {
        try {
          const response = await attempt(kind, payload, retry)
          const text = await response.text()
          if (losesAck()) {
            await attempt(kind, payload, retry + 1)
          } else if (response.status !== 200) throw new Error(`answered with ${response.status}`)
          const ack = { afterMs: performance.now() - started, payload: text.startsWith('{') ? (JSON.parse(text) as Json) : {} }
          workspace.acks.push({ kind, ...ack })
          return ack
        } catch (error) {
          if (retry + 1 < attempts) continue
          workspace.violation(`${kind}: not acknowledged: ${error}`)
          throw error
        }
      }
    },
  }
}

export const signed = (secret: string, timestamp: string, body: string) => ({
  'x-slack-request-timestamp': timestamp,
  'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
})

const retryHeaders = (retry: number): Readonly<Record<string, string>> =>
  retry === 0 ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' }

export function encoded(kind: Kind, payload: Json): { readonly body: string; readonly type: string } {
  if (kind === 'events_api') return { body: JSON.stringify(payload), type: 'application/json' }
  const fields = kind === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Readonly<Record<string, string>>)
  return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' }
}

export const envelopeId = (): string => randomUUID()
