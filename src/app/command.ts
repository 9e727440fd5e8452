import type { z } from 'zod'
import type { Role } from '../domain/people.ts'
import type { Actor, Card } from '../ports/chat.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { App } from './app.ts'

/**
 * What a person types: one definition for every chat. `args` is a zod object; its keys, in order, are the positional
 * arguments (`/trades AAPL`), and each may also be given by name (`flatten:true`). Each field carries
 * `.meta({ description })` for completion and help. Optional arguments are optional in zod.
 */
export interface Command<Args extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly summary: string
  /** Null: open to everybody, known or not. */
  readonly role: Role | null
  readonly args: Args
  run(call: CommandCall<z.output<Args>>): Promise<Card>
}
export interface CommandCall<Args> {
  readonly app: App
  readonly actor: Actor
  readonly args: Args
  readonly meta: EventMeta
  /** All commands, for /help. */
  readonly commands: readonly Command[]
}
export const defineCommand = <Args extends z.ZodObject>(command: Command<Args>): Command<Args> => command
