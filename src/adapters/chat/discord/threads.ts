import { type REST, Routes, ThreadAutoArchiveDuration } from 'discord.js'
import type { Card } from '../../../ports/chat.ts'
import { type DiscordLog, readMessage } from './messages.ts'
import { codes, hasCode, problemOf } from './rest.ts'
import { visible } from './text.ts'

/** A message of this chat: `<channel id>/<message id>`. */
export interface Place {
  readonly channel: string
  readonly message: string
}
export function parseReference(reference: string): Place | null {
  const found = /^(\d{1,20})\/(\d{1,20})$/.exec(reference)
  return found?.[1] === undefined || found[2] === undefined ? null : { channel: found[1], message: found[2] }
}
export const referenceOf = ({ channel, message }: Place): string => `${channel}/${message}`

export interface Threads {
  /** Does something in the thread of a message: a thread has its message's id. Begins it, or opens it again, where it has to. */
  within<T>(parent: Place, card: Card, act: (channel: string) => Promise<T>): Promise<T>
}

export function createThreads(rest: REST, home: string, log: DiscordLog): Threads {
  /** @returns whether there is a thread now; false when its message is gone or the bot may not. */
  async function begin({ channel, message }: Place, card: Card): Promise<boolean> {
    try {
      const parent = await readMessage(rest, channel, message)
      const name =
        visible(parent.embeds[0]?.title ?? card.title)
          .replaceAll('\\', '')
          .slice(0, 100) || 'Trade'
      const body = { name, auto_archive_duration: ThreadAutoArchiveDuration.OneDay }
      await rest.post(Routes.threads(channel, message), { body })
      return true
    } catch (error) {
      if (hasCode(error, codes.threadExists)) return true
      if (!hasCode(error, codes.unknownMessage, codes.missingPermissions, codes.missingAccess)) throw error
      log.warn({ card: card.key, problem: problemOf(error) }, 'no thread could be begun; the message goes to the channel')
      return false
    }
  }

  return {
    async within(parent, card, act) {
      // What stands in a thread already has no thread of its own.
      if (parent.channel !== home) return awake(rest, parent.channel, act)
      try {
        return await awake(rest, parent.message, act)
      } catch (error) {
        if (!hasCode(error, codes.unknownChannel)) throw error
        return (await begin(parent, card)) ? awake(rest, parent.message, act) : act(home)
      }
    },
  }
}

/** An archived thread takes no messages and no edits. */
export async function awake<T>(rest: REST, channel: string, act: (channel: string) => Promise<T>): Promise<T> {
  try {
    return await act(channel)
  } catch (error) {
    if (!hasCode(error, codes.archivedThread)) throw error
    await rest.patch(Routes.channel(channel), { body: { archived: false } })
    return act(channel)
  }
}
