import type { ChatInbound } from '../ports/chat.ts'
import type { Live } from './live.ts'

/** What the HTTP surface needs besides the use cases: facts about this process that main alone knows. */
export interface Operations {
  readonly version: string
  readonly database: 'embedded' | 'postgres'
  /** Prometheus' text format. */
  metrics(): Promise<string>
  brokerConnected(): boolean
  chats(): readonly { readonly name: string; readonly connected: boolean }[]
  /** The one-time code while there is no owner; null afterwards. */
  claimCode(): Promise<string | null>
  /** Secret of the signed webhook; null when it is not configured. */
  readonly webhookSecret: string | null
  /** What Slack sends over signed HTTP, with its headers and unparsed body; null where that is not in use. */
  readonly slackEvents: SlackEvents | null
  /** Typed commands and pressed buttons, the same for every chat. */
  readonly inbound: ChatInbound
  readonly live: Live
}

export type SlackEvents = (
  headers: Readonly<Record<string, string | undefined>>,
  rawBody: string,
) => Promise<{ readonly status: number; readonly body: string | object }>
