import { type App, isValidSlackRequest, type Receiver } from '@slack/bolt'
import { z } from 'zod'
import type { SlackLog } from './log.ts'

export interface SignedAnswer {
  readonly status: number
  readonly body: string | object
}
export type SignedHeaders = Readonly<Record<string, string | undefined>>
type Body = Record<string, unknown>

/** Real milliseconds; Slack waits three seconds. */
const answerWithinMs = 2_500
/** Seconds that Slack's clock may be ahead of this one's; the library refuses only what is older. */
const aheadSeconds = 300

/** Bolt fed by somebody else's HTTP server: requests that Slack signed. */
export class SignedReceiver implements Receiver {
  private readonly secret: string
  private readonly log: SlackLog
  private app: App | null = null
  private open = false

  constructor(signingSecret: string, log: SlackLog) {
    this.secret = signingSecret
    this.log = log
  }

  init(app: App): void {
    this.app = app
  }
  async start(): Promise<void> {
    this.open = true
  }
  async stop(): Promise<void> {
    this.open = false
  }

  async receive(headers: SignedHeaders, rawBody: string): Promise<SignedAnswer> {
    if (!this.genuine(headers, rawBody)) return { status: 401, body: 'The signature is wrong or older than five minutes.' }
    const body = parsed(rawBody)
    if (body === null) return { status: 400, body: 'Neither JSON nor a form.' }
    if (body['type'] === 'url_verification') return { status: 200, body: { challenge: String(body['challenge'] ?? '').slice(0, 500) } }
    if (body['ssl_check'] === '1') return { status: 200, body: '' }
    // Slack tries events again later, when this or the next process listens.
    if (!this.open || this.app === null) return { status: 503, body: 'Not now.' }
    return this.answer(this.app, headers, body)
  }

  private genuine(headers: SignedHeaders, body: string): boolean {
    const timestamp = Number(headers['x-slack-request-timestamp'] ?? Number.NaN)
    const signature = headers['x-slack-signature'] ?? ''
    if (!Number.isInteger(timestamp) || timestamp > Date.now() / 1000 + aheadSeconds) return false
    return isValidSlackRequest({
      signingSecret: this.secret,
      body,
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp },
    })
  }

  private answer(app: App, headers: SignedHeaders, body: Body): Promise<SignedAnswer> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.log.warn({ chat: 'slack' }, 'Slack was answered before something it sent was understood')
        resolve({ status: 200, body: '' })
      }, answerWithinMs)
      const ack = async (answer?: unknown) => {
        clearTimeout(late)
        resolve({ status: 200, body: typeof answer === 'object' && answer !== null ? answer : typeof answer === 'string' ? answer : '' })
      }
      const retry = headers['x-slack-retry-num']
      app
        .processEvent({
          body,
          ack,
          ...(retry !== undefined && { retryNum: Number(retry), retryReason: headers['x-slack-retry-reason'] ?? '' }),
        })
        .then(
          () => {
            clearTimeout(late)
            resolve({ status: 503, body: 'Not now.' })
          },
          (error) => {
            clearTimeout(late)
            this.log.error({ chat: 'slack', error }, 'something from Slack could not be handled')
            resolve({ status: 500, body: '' })
          },
        )
    })
  }
}

const object = z.record(z.string(), z.unknown())

/** JSON, or a form whose `payload` is JSON, or a form by itself (slash commands). */
function parsed(rawBody: string): Body | null {
  const form = rawBody.startsWith('{') ? null : new URLSearchParams(rawBody)
  const payload = form?.get('payload')
  if (form !== null && payload == null) return form.size === 0 ? null : Object.fromEntries(form)
  try {
    return object.parse(JSON.parse(payload ?? rawBody))
  } catch {
    return null
  }
}
