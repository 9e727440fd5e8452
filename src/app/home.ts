import type { Actor, Card } from '../ports/chat.ts'
import type { App } from './app.ts'
import type { Command } from './command.ts'
import { occasion } from './context.ts'
import { runCommand } from './run-command.ts'

const shown = ['/health', '/inbox', '/positions', '/pnl today'] as const

/** The overview page: the answers of the commands that somebody would type first. A stranger gets one refusal instead. */
export async function homeCards({
  app,
  commands,
  actor,
}: {
  app: App
  commands: readonly Command[]
  actor: Actor
}): Promise<readonly Card[]> {
  if ((await app.roleOf(actor)) === null)
    return [await runCommand({ app, commands, actor, text: '/whoami', meta: occasion(app, actor.id) })]
  return Promise.all(shown.map((text) => runCommand({ app, commands, actor, text, meta: occasion(app, actor.id) })))
}
