import type { RespondFn, webApi } from '@slack/bolt'
import type { Card, ChatInbound } from '../../../ports/chat.ts'
import type { Troubles } from './failures.ts'
import { type Content, inSomeWay, inWords, type Ways } from './messages.ts'
import { onceKnown, upload } from './pictures.ts'
import { renderCard } from './render.ts'

/** Where a private answer goes. */
export interface Asker {
  readonly user: string
  /** Works five times within half an hour. */
  readonly respond: RespondFn | null
  /** Pressed on an answer of ours: that one changes, instead of a second one below it. */
  readonly replace: boolean
  /** ts of the thread that it was asked in. */
  readonly thread: string | null
}
export interface AnswerOptions {
  readonly client: webApi.WebClient
  readonly channel: string
  readonly picture: ChatInbound['picture']
  readonly troubles: Troubles
}
export type Answer = (asker: Asker, card: Card) => Promise<void>

/** Private answers; a picture comes after its card. Nothing here throws: there is nobody left to tell. */
export function createAnswers({ client, channel, picture, troubles }: AnswerOptions): Answer {
  async function send(asker: Asker, ways: Ways): Promise<void> {
    const { respond, replace, thread, user } = asker
    if (respond !== null) {
      try {
        const place = replace ? { replace_original: true } : { replace_original: false, ...(thread !== null && { thread_ts: thread }) }
        await inSomeWay(ways, ({ text, blocks }) => respond({ response_type: 'ephemeral', text, blocks, ...place }))
        return
      } catch {
        // Used up, too late, or Slack has trouble there: the other way is open still.
      }
    }
    const place = { channel, user, ...(thread !== null && { thread_ts: thread }) }
    await inSomeWay(ways, ({ text, blocks }) =>
      client.chat.postEphemeral({ ...place, text, ...(blocks.length > 0 && { blocks }), parse: 'none', link_names: false }),
    )
  }

  async function sendPicture(asker: Asker, card: Card): Promise<void> {
    if (card.picture === null) return
    const png = await picture(card.picture)
    if (png === null) return
    const image = { fileId: await upload(client, card.picture, png), alt: card.picture.alt }
    // An answer to a command cannot be edited: its picture is a second one.
    const content = asker.replace ? renderCard(card, { image }) : alone(card, image)
    await onceKnown(async () => {
      const { text, blocks } = content
      if (asker.respond !== null && asker.replace) await asker.respond({ response_type: 'ephemeral', text, blocks, replace_original: true })
      else
        await client.chat.postEphemeral({
          channel,
          user: asker.user,
          text,
          blocks,
          ...(asker.thread !== null && { thread_ts: asker.thread }),
        })
    })
  }

  return async (asker, card) => {
    try {
      const rendered = renderCard(card)
      await send(asker, [rendered, inWords(rendered)])
    } catch (error) {
      troubles.note('chat.postEphemeral', error)
      return
    }
    await sendPicture(asker, card).catch((error) => troubles.note('a picture', error))
  }
}

function alone(card: Card, image: { readonly fileId: string; readonly alt: string }): Content {
  const { text, blocks } = renderCard(card, { image })
  return { text, blocks: blocks.filter(({ type }) => type === 'header' || type === 'image') }
}
