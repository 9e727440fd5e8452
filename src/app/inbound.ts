import { randomUUID } from 'node:crypto'
import type { Actor, Card, ChatInbound } from '../ports/chat.ts'
import type { App } from './app.ts'
import { authorize } from './authorize.ts'
import { type Button, parseButtonId } from './button.ts'
import { reply } from './card.ts'
import type { Command } from './command.ts'
import { occasion } from './context.ts'
import { runCommand } from './run-command.ts'

export interface InboundParts {
  readonly app: App
  readonly commands: readonly Command[]
  readonly buttons: readonly Button[]
}

/** What every chat hands in, through one gate. It always answers with a card and never throws. */
export function createInbound({ app, commands, buttons }: InboundParts): ChatInbound {
  return {
    command: (actor, text) => runCommand({ app, commands, actor, text, meta: occasion(app, actor.id) }),
    press: (actor, buttonId) => press(app, buttons, actor, buttonId),
  }
}

async function press(app: App, buttons: readonly Button[], actor: Actor, buttonId: string): Promise<Card> {
  const meta = occasion(app, actor.id, randomUUID())
  const asked = { app, meta }
  const parsed = parseButtonId(buttonId)
  const button = parsed && buttons.find(({ name }) => name === parsed.name)
  if (!parsed || !button)
    return reply(asked, { tone: 'warning', title: 'This button does nothing any more', lines: ['/inbox lists what is open.'] })
  const forbidden = await authorize(app, actor, button.role, button.name)
  if (forbidden) return reply(asked, { tone: 'bad', title: 'Not allowed', lines: [forbidden.explain] })
  try {
    return await button.run({ app, actor, target: parsed.target, meta })
  } catch (error) {
    app.log.error({ button: button.name, actor: actor.id, correlationId: meta.correlationId, error }, 'a button failed')
    return reply(asked, { tone: 'bad', title: 'That did not work', lines: [`It is in the log as ${meta.correlationId}.`] })
  }
}
