import type { MessageEvent } from '../domain/loudness.ts'

/** Platform-free: what a message says. Each chat renders it its own way. Text is plain and untrusted; renderers escape it. */
export interface Card {
  /** What it is about; a card with the same key is edited, not posted again. `proposal:<id>`, `reply:<id>`, `notice:<id>`, `status:line`. */
  readonly key: string
  /** status: the one line that stays pinned. */
  readonly kind: 'proposal' | 'reply' | 'notice' | 'status'
  readonly tone: 'neutral' | 'good' | 'bad' | 'warning'
  readonly title: string
  /** Short paragraphs. */
  readonly lines: readonly string[]
  readonly facts: readonly Fact[]
  readonly table: CardTable | null
  readonly series: CardSeries | null
  readonly buttons: readonly CardButton[]
  /** What is asked for less often: a menu called More, five entries at most. */
  readonly menu: readonly CardButton[]
  /** Stands alone in a phone's notification: ticker, side, $ risk, expiry. */
  readonly pushText: string
  /** Trading mode as a banner. */
  readonly banner: 'SIM' | 'PAPER' | 'LIVE'
  /** Comes after the card, never before: drawing takes its time. */
  readonly picture: CardPicture | null
  /** Key of the card in whose thread this belongs; null: the channel itself. */
  readonly thread: string | null
  /** What it tells of; says how loud it is. */
  readonly event: CardEvent
  /** The thing itself, for chats that draw it richer (the console): the HTTP shape of a proposal. */
  readonly data: unknown
}
export type CardEvent = MessageEvent

/** The banner as words say it: real money is louder than the rest. Fits a phone's line beside a short id. */
export const bannerWords: { readonly [K in Card['banner']]: string } = {
  SIM: 'SIM',
  PAPER: 'PAPER',
  LIVE: '🔴 LIVE · REAL MONEY',
}
/** Before what rings a phone: nobody may take real money for a game there. Empty for what is none. */
export const bannerPush: { readonly [K in Card['banner']]: string } = { SIM: '', PAPER: '', LIVE: '🔴 LIVE ' }

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
/** What is to be drawn, in the words of the picture's maker, and what it shows in words. */
export interface CardPicture {
  /** `candles:<proposal id>:<version>`, `candles:<symbol>`, `equity:<period>`: at most 80 characters. Equal names show the same for a while. */
  readonly name: string
  readonly alt: string
}

/** Questions that a button asks before it acts: a modal. At most five fields. */
export interface Form {
  /** The button's own id; it comes back with the answers. */
  readonly id: string
  /** At most 24 characters. */
  readonly title: string
  /** At most 24 characters. */
  readonly submit: string
  readonly fields: readonly FormField[]
}
export interface FormField {
  readonly name: string
  /** At most 45 characters. */
  readonly label: string
  readonly long: boolean
  readonly required: boolean
  readonly value: string
  /** At most 100 characters. */
  readonly hint: string
  readonly maxLength: number
}
export interface Choice {
  /** At most 75 characters. */
  readonly label: string
  readonly value: string
}

/** A typed command as platforms list it. */
export interface CommandSpec {
  readonly name: string
  readonly summary: string
  readonly arguments: readonly ArgumentSpec[]
}
export interface ArgumentSpec {
  readonly name: string
  readonly description: string
  readonly required: boolean
  readonly kind: 'text' | 'number' | 'switch'
  /** The only values there are; null: anything. */
  readonly values: readonly string[] | null
  /** Whether `suggest` has something to offer. */
  readonly suggests: boolean
}

/** Who did something, where. `id` is immutable: `console:local`, `discord:<user id>`. */
export interface Actor {
  readonly id: string
  readonly name: string
  readonly via: string
}

/**
 * What stops things must always work: it is never limited, and it is done even when the one who asked cannot be told that it was taken.
 * @param action what was typed, or a button's id.
 */
export const stopsTrading = (action: string): boolean => /^\/?(kill|pause|flatten)\b/i.test(action.trim())

/** What a chat hands in. The answer is private to the asker. Nothing here throws: what goes wrong is a card, too. */
export interface ChatInbound {
  /** What somebody typed, as text: `/trades AAPL limit:20`. */
  command(actor: Actor, text: string): Promise<Card>
  /** The same with arguments already apart, by name. */
  invoke(actor: Actor, name: string, values: Readonly<Record<string, unknown>>): Promise<Card>
  press(actor: Actor, buttonId: string): Promise<Card>
  /** Whether pressing asks questions first. Known without looking anything up: a modal has to open at once. */
  asks(buttonId: string): boolean
  /** The questions; a card says why there are none (not allowed, decided meanwhile). */
  form(actor: Actor, buttonId: string): Promise<{ readonly form: Form } | { readonly card: Card }>
  /** The answers to a form. */
  submit(actor: Actor, buttonId: string, values: Readonly<Record<string, string>>): Promise<Card>
  /** What an argument of a command may be, best first, 25 at most; nothing for those who may not see it. */
  suggest(actor: Actor, command: string, argument: string, typed: string): Promise<readonly Choice[]>
  /** An overview for a page of one's own: inbox, positions, P&L, trading state. */
  home(actor: Actor): Promise<readonly Card[]>
  /** Somebody acted from a place that is not ours (another workspace, server or channel): refused, and on the record. */
  foreign(actor: Actor, place: string, action: string): Promise<Card>
  /** The picture of a card as a PNG; null when it cannot be drawn. */
  picture(picture: CardPicture): Promise<Uint8Array | null>
}

export interface Delivery {
  /** Ascending per chat; also an idempotency key. */
  readonly sequence: number
  /** Where the card stands here, when it was posted before. */
  readonly reference: string | null
  /** An earlier attempt may have posted it: look for it before posting. */
  readonly uncertain: boolean
  /** Where the card stands in whose thread this belongs; null: post to the channel. */
  readonly thread: string | null
  /** People to mention, by immutable id; each chat mentions its own. */
  readonly mention: readonly string[]
  /** Whether a phone may ring. */
  readonly loud: boolean
}

/** A message that a chat did not take. */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered'
  /** When the chat asked to be left alone until (real milliseconds from now); null: whenever. */
  readonly retryAfterMs: number | null
  constructor(message: string, retryAfterMs: number | null = null) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** A place where people are. Delivering the same (card key, sequence) twice must not show twice. */
export interface Chat {
  readonly name: string
  start(inbound: ChatInbound): Promise<void>
  /** Takes nothing more in, finishes what is under way, and closes. */
  stop(): Promise<void>
  /** Whether there is a connection. A message that failed does not change it: only trying again can tell. */
  connected(): boolean
  /** Posts the card, or edits the one with the same key. @throws NotDelivered (or anything) to be tried again later. */
  deliver(card: Card, delivery: Delivery): Promise<{ readonly reference: string }>
  /** A few words beside the bot's name: the trading state. */
  presence?(words: string): Promise<void>
}
