import type { ChatInbound } from '../ports/chat.ts'
import type { Live } from './live.ts'

/** What the HTTP surface needs besides the use cases: facts about this process that main alone knows. */
export interface Operations {
  readonly version: string
  readonly database: 'embedded' | 'postgres'
  /** Prometheus' text format. */
  metrics(): Promise<string>
  brokerConnected(): boolean
  /** Of the line to the exchange; null where there is none, as in the simulator. */
  exchange(): ExchangeLine | null
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

/** How the line to the outside exchange is doing. */
export interface ExchangeLine {
  /** Requests of this account in the last minute: how many it may make, has made, and has left. */
  readonly budget: { readonly limit: number; readonly used: number; readonly left: number }
  /** Whether prices come in by themselves just now. */
  readonly marketStream: boolean
  /** How many symbols' prices do. */
  readonly streamedSymbols: number
}

export type SlackEvents = (
  headers: Readonly<Record<string, string | undefined>>,
  rawBody: string,
) => Promise<{ readonly status: number; readonly body: string | object }>
