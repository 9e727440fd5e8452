import { z } from 'zod'
import type { Role } from '../domain/people.ts'
import type { Actor, ArgumentSpec, Card, CommandSpec } from '../ports/chat.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { App } from './app.ts'

/**
 * What a person types: one definition for every chat. `args` is a zod object; its keys, in order, are the positional
 * arguments (`/trades AAPL`), and each may also be given by name (`flatten:true`). Each field carries
 * `.meta({ description })` for completion and help, and may name what it is one of: `.meta({ suggest: 'symbol' })` offers
 * those while somebody types. Optional arguments are optional in zod.
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

/** Every command as chats list it. */
export const commandSpecs = (commands: readonly Command[]): readonly CommandSpec[] =>
  commands.map(({ name, summary, args }) => ({
    name,
    summary,
    arguments: Object.entries(args.shape).map(([argument, type]) => argumentSpec(argument, type)),
  }))

const described = z.object({
  description: z.string().default(''),
  enum: z.array(z.string()).optional(),
  suggest: z.string().optional(),
  // One type or several: a switch also takes the words that mean yes and no.
  type: z.union([z.string(), z.array(z.string())]).default([]),
})

function argumentSpec(name: string, type: z.core.$ZodType): ArgumentSpec {
  const { description, enum: values, suggest, type: types } = described.parse(z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }))
  const kind = types.includes('boolean') ? 'switch' : types.includes('number') || types.includes('integer') ? 'number' : 'text'
  const required = !z.safeParse(type, undefined).success
  return { name, description, required, kind, values: values ?? null, suggests: suggest !== undefined }
}
