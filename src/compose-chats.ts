import type { Command } from './app/command.ts'
import { commandSpecs } from './app/command.ts'
import type { Operations } from './app/operations.ts'
import type { BotOptions, Cleanups } from './compose.ts'
import type { Chat, ChatInbound } from './ports/chat.ts'
import type { KeyValueStore } from './ports/key-value.ts'

export interface ChatParts {
  readonly options: Pick<BotOptions, 'environment' | 'log' | 'wrap'>
  readonly commands: readonly Command[]
  readonly keyValue: KeyValueStore
  readonly inbound: ChatInbound
  /** They add themselves. */
  readonly chats: Chat[]
  readonly cleanups: Cleanups
  /** A platform refused us for good. */
  readonly onFatal: (reason: string) => void
}

/**
 * The chats outside of this process, as far as the environment names them. Their clients are large, and loaded only when they are wanted.
 * @returns what takes Slack's signed requests, and what connects, once the books agree.
 */
export async function buildChats(parts: ChatParts): Promise<{ readonly slackEvents: Operations['slackEvents']; connect(): Promise<void> }> {
  const { environment, log } = parts.options
  const specs = commandSpecs(parts.commands)
  const added: Chat[] = []
  const add = (chat: Chat): void => {
    added.push(chat)
    parts.chats.push(parts.options.wrap?.chat?.(chat) ?? chat)
  }
  let slackEvents: Operations['slackEvents'] = null
  if (environment.discord) {
    const { createDiscordChat } = await import('./adapters/chat/discord.ts')
    add(createDiscordChat({ access: environment.discord, commands: specs, remembered: parts.keyValue, log, onFatal: parts.onFatal }))
  }
  if (environment.slack) {
    const { createSlackChat } = await import('./adapters/chat/slack.ts')
    const slack = createSlackChat({ access: environment.slack, commands: specs, log })
    if (environment.slack.appToken === null) slackEvents = slack.receive
    add(slack)
  }
  return {
    slackEvents,
    async connect() {
      parts.cleanups.push(async () => {
        await Promise.all(added.map((chat) => chat.stop()))
      })
      await Promise.all(added.map((chat) => chat.start(parts.inbound)))
    },
  }
}
