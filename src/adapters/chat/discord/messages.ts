import { type APIMessage, type RawFile, type REST, Routes } from 'discord.js'
import type { MessageBody } from './render.ts'
import { isInvalidForm, problemOf } from './rest.ts'

export interface DiscordLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Tries the richest form first, and the next one only when Discord does not take the form. @throws what Discord says to the last. */
export async function inAnyForm<T>(forms: readonly MessageBody[], log: DiscordLog, send: (body: MessageBody) => Promise<T>): Promise<T> {
  let refused: unknown
  for (const body of forms) {
    try {
      return await send(body)
    } catch (error) {
      if (!isInvalidForm(error)) throw error
      refused = error
      log.warn({ problem: problemOf(error) }, 'Discord did not take the form of a message; a plainer one follows')
    }
  }
  throw refused
}

/** The picture of a card as a file beside it. */
export interface Attached {
  readonly name: string
  readonly alt: string
  readonly png: Uint8Array
}
const longestAlt = 1024
export const fileOf = ({ name, png }: Attached): RawFile => ({ name, data: png, contentType: 'image/png' })
/** Replaces whatever was attached before. */
export const attachmentOf = ({ name, alt }: Attached) => ({ id: '0', filename: name, description: alt.slice(0, longestAlt) })

export const readMessage = async (rest: REST, channel: string, message: string): Promise<APIMessage> =>
  (await rest.get(Routes.channelMessage(channel, message))) as APIMessage

/** Newest first. */
export const newestMessages = async (rest: REST, channel: string): Promise<readonly APIMessage[]> =>
  (await rest.get(Routes.channelMessages(channel), { query: new URLSearchParams({ limit: '100' }) })) as readonly APIMessage[]

/** Whether a message shows what was sent: a repeated nonce brings back the message of the first sending instead. */
export function shows(message: APIMessage, body: MessageBody): boolean {
  const words = (embeds: MessageBody['embeds']) =>
    embeds.map(({ title, description, color, footer }) => [title, description, color, footer?.text])
  const ids = (components: readonly object[] | undefined) => JSON.stringify(components ?? []).match(/"(custom_id|value)":"[^"]*"/g)
  return (
    message.content.trim() === body.content.trim() &&
    JSON.stringify(words(message.embeds)) === JSON.stringify(words(body.embeds)) &&
    String(ids(message.components)) === String(ids(body.components))
  )
}
