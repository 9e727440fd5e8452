import type { Role } from '../domain/people.ts'
import type { Actor, Card, Form } from '../ports/chat.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { App } from './app.ts'
import type { Command } from './command.ts'

/** What a pressed button does. Its id on a card is `<name>:<target>`; the answer is private to who pressed. */
export interface Button {
  readonly name: string
  /** Null: open to everybody. */
  readonly role: Role | null
  /** Asks before it acts. A card instead of questions says why there is nothing to ask. Looks nothing up outside of the books. */
  form?(call: ButtonCall): Promise<Omit<Form, 'id'> | Card>
  run(call: ButtonCall): Promise<Card>
}
export interface ButtonCall {
  readonly app: App
  readonly actor: Actor
  /** Everything after the first colon; came back through a chat, so it is hostile until parsed. */
  readonly target: string
  /** The answers to its form by field; hostile, too. Empty without a form. */
  readonly values: Readonly<Record<string, string>>
  readonly meta: EventMeta
  /** All commands, for buttons that ask again what a command answers. */
  readonly commands: readonly Command[]
}
export const defineButton = (button: Button): Button => button

/** @returns null for what cannot be the id of any button. */
export function parseButtonId(id: string): { readonly name: string; readonly target: string } | null {
  const found = /^([a-z][a-z-]{0,30})(?::([\w:.-]{0,80}))?$/.exec(id)
  return found?.[1] === undefined ? null : { name: found[1], target: found[2] ?? '' }
}

/** `<proposal id>:<version>`, as approving buttons carry it; null when it is not. */
export function parseProposalTarget(target: string): { readonly id: string; readonly version: number } | null {
  const found = /^([\w.-]{1,64}):([1-9]\d{0,5})$/.exec(target)
  return found?.[1] === undefined ? null : { id: found[1], version: Number(found[2]) }
}
