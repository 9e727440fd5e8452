import { randomBytes } from 'node:crypto'
import type { Json } from './block-rules.ts'
import { limits } from './limits.ts'

export interface Message {
  readonly channel: string
  readonly ts: string
  readonly threadTs: string | null
  readonly byBot: boolean
  text: string
  blocks: readonly Json[]
  metadata: Json | null
  /** How often it was edited. */
  edits: number
  pinned: boolean
}
export interface Ephemeral {
  readonly channel: string
  readonly ts: string
  readonly user: string
  readonly threadTs: string | null
  text: string
  blocks: readonly Json[]
  /** How often it was replaced. */
  replaced: number
}
export interface View {
  readonly id: string
  readonly user: string
  hash: string
  content: Json
  open: boolean
}
export interface StoredFile {
  readonly id: string
  readonly filename: string
  readonly length: number
  readonly altText: string
  bytes: Buffer | null
  /** Epoch ms from which a message may show it; null: not completed. */
  knownFrom: number | null
}
export interface ResponseUrl {
  readonly user: string
  readonly channel: string
  readonly origin: Message | Ephemeral | null
  readonly issuedAt: number
  uses: number
}
export interface Recorded {
  readonly method: string
  readonly body: Json
  readonly at: number
  status: number
  error: string | null
}
export interface Acknowledged {
  readonly kind: string
  readonly afterMs: number
  readonly payload: Json
}

export interface SlackSettings {
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  readonly team: string
  readonly botId: string
  readonly botUser: string
  readonly channel: string
  readonly scopes: readonly string[]
  readonly member: boolean
  /** Whether posts and edits are counted and refused with 429 as Slack does. */
  readonly rates: boolean
  /** Real ms that Slack looks at a file before it may be shown. */
  readonly fileDelayMs: number
}

/** All that the emulated Slack remembers, and all that it saw. */
export class Workspace {
  readonly settings: SlackSettings
  readonly messages: Message[] = []
  readonly ephemerals: Ephemeral[] = []
  readonly views: View[] = []
  readonly homes = new Map<string, View>()
  readonly files = new Map<string, StoredFile>()
  readonly responseUrls = new Map<string, ResponseUrl>()
  readonly requests: Recorded[] = []
  readonly acks: Acknowledged[] = []
  /** What a client should not have done. */
  readonly violations: string[] = []
  checked = 0
  /** Where this Slack is reached; known once it listens. */
  url = ''
  private readonly triggers = new Map<string, { readonly user: string; readonly issuedAt: number; used: boolean }>()
  private clock = 0

  constructor(settings: SlackSettings) {
    this.settings = settings
  }

  /** Unique and ascending, like Slack's: seconds with six places. */
  ts(): string {
    this.clock = Math.max(this.clock + 1, Date.now() * 1000)
    return `${Math.floor(this.clock / 1_000_000)}.${String(this.clock % 1_000_000).padStart(6, '0')}`
  }
  id(letter: string): string {
    return `${letter}${randomBytes(5).toString('hex').toUpperCase()}`
  }

  trigger(user: string): string {
    const id = `${Date.now()}.${randomBytes(8).toString('hex')}`
    this.triggers.set(id, { user, issuedAt: Date.now(), used: false })
    return id
  }
  /** @returns whose it was, or the error that Slack answers. */
  spendTrigger(id: string): { readonly user: string } | string {
    const trigger = this.triggers.get(id)
    if (!trigger) return 'invalid_trigger_id'
    if (trigger.used) return 'exchanged_trigger_id'
    if (Date.now() - trigger.issuedAt > limits.triggerMs) return 'expired_trigger_id'
    trigger.used = true
    return trigger
  }

  responseUrl(user: string, channel: string, origin: ResponseUrl['origin']): string {
    const token = randomBytes(12).toString('hex')
    this.responseUrls.set(token, { user, channel, origin, issuedAt: Date.now(), uses: 0 })
    return `${this.url}/response/${token}`
  }

  readonly known = {
    file: (id: string): boolean => {
      const from = this.files.get(id)?.knownFrom ?? null
      return from !== null && from <= Date.now()
    },
  }

  violation(what: string): void {
    this.violations.push(what)
  }
}
