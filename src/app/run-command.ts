import type { Actor, Card } from '../ports/chat.ts'
import type { EventMeta } from '../ports/event-store.ts'
import type { App } from './app.ts'
import { authorize } from './authorize.ts'
import { reply } from './card.ts'
import type { Command } from './command.ts'
import { type ParsedCommand, parseCommand, parseValues, usage } from './parse-command.ts'

interface Caller {
  readonly app: App
  readonly commands: readonly Command[]
  readonly actor: Actor
  readonly meta: EventMeta
}

/** Parses, authorizes and runs what somebody typed. Always answers: a mistake or a defect becomes a card, too. */
export const runCommand = ({ text, ...caller }: Caller & { readonly text: string }): Promise<Card> =>
  run(caller, () => parseCommand(caller.commands, text))

/** The same for arguments that came apart already. */
export const invokeCommand = ({
  name,
  values,
  ...caller
}: Caller & { readonly name: string; readonly values: Readonly<Record<string, unknown>> }): Promise<Card> =>
  run(caller, () => parseValues(caller.commands, name, values))

async function run({ app, commands, actor, meta }: Caller, parse: () => ParsedCommand): Promise<Card> {
  const no = (title: string, lines: readonly string[]): Card => reply({ app, meta }, { tone: 'bad', title, lines })
  try {
    const parsed = parse()
    // Strangers learn that they are strangers before they learn what a command takes.
    const command = parsed.command
    const forbidden = command && (await authorize(app, actor, command.role, `/${command.name}`))
    if (forbidden) return no('Not allowed', [forbidden.explain])
    if (!parsed.ok) return no('Not understood', command ? [...parsed.problems, `Usage: ${usage(command)}`] : parsed.problems)
    if (parsed.command.role !== null) app.names.note(actor)
    return await parsed.command.run({ app, actor, args: parsed.args, meta, commands })
  } catch (error) {
    app.log.error({ err: error, correlationId: meta.correlationId, actor: actor.id }, 'a command broke')
    return no('That broke', [`Nothing more is known here; the log tells more under ${meta.correlationId}.`])
  }
}
