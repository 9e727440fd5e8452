/** Platform-free: what a message says. Each chat renders it its own way. Text is plain and untrusted; renderers escape it. */
export interface Card {
  /** What it is about; a card with the same key is edited, not posted again. `proposal:<id>`, `reply:<id>`, `notice:<id>`. */
  readonly key: string
  readonly kind: 'proposal' | 'reply' | 'notice'
  readonly tone: 'neutral' | 'good' | 'bad' | 'warning'
  readonly title: string
  /** Short paragraphs. */
  readonly lines: readonly string[]
  readonly facts: readonly Fact[]
  readonly table: CardTable | null
  readonly series: CardSeries | null
  readonly buttons: readonly CardButton[]
  /** Stands alone in a phone's notification: ticker, side, $ risk, expiry. */
  readonly pushText: string
  /** Trading mode as a banner. */
  readonly banner: 'SIM' | 'PAPER' | 'LIVE'
  /** The thing itself, for chats that draw it richer (the console): the HTTP shape of a proposal. */
  readonly data: unknown
}
export interface Fact {
  readonly label: string
  readonly value: string
  readonly emphasis?: boolean
}
/** Rows fit 34 monospace characters; the last row may be a total. */
export interface CardTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly total: readonly string[] | null
}
/** A line for pictures: equity over time. */
export interface CardSeries {
  readonly name: string
  readonly points: readonly { readonly at: string; readonly value: string }[]
}
export interface CardButton {
  /** Opaque; a button handler's name and a target: `approve:<proposal id>:<version>`. At most 100 characters. */
  readonly id: string
  readonly label: string
  readonly style: 'primary' | 'danger' | 'plain'
}

/** Who did something, where. `id` is immutable: `console:local`, `discord:<user id>`. */
export interface Actor {
  readonly id: string
  readonly name: string
  readonly via: string
}

/** What a chat hands in: a typed command or a pressed button. The answer is private to the asker. */
export interface ChatInbound {
  command(actor: Actor, text: string): Promise<Card>
  press(actor: Actor, buttonId: string): Promise<Card>
}

/** A place where people are. Delivering the same (card key, sequence) twice must not show twice. */
export interface Chat {
  readonly name: string
  start(inbound: ChatInbound): Promise<void>
  stop(): Promise<void>
  /** Whether messages can reach people right now. */
  connected(): boolean
  /** Posts the card, or edits the one with the same key. @throws to be tried again later. */
  deliver(
    card: Card,
    message: { readonly sequence: number; readonly reference: string | null; readonly mention: readonly string[] },
  ): Promise<{ readonly reference: string }>
}
