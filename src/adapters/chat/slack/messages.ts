import type { webApi } from '@slack/bolt'
import { z } from 'zod'
import { failureOf } from './failures.ts'
import type { Rendered } from './render.ts'
import type { Place } from './standing.ts'

export interface Stamp {
  readonly key: string
  readonly sequence: number
}

const eventType = 'catalyst_card'
/** Slack's words for blocks it does not take. */
const blocksRefused: readonly string[] = ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'block_mismatch']
/** Slack's words for a message that cannot be edited any more. */
const gone: readonly string[] = ['message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found']
const pageSize = 100
const mostPages = 5

const metadata = ({ key, sequence }: Stamp) => ({ event_type: eventType, event_payload: { key, sequence } })

export const isGone = (error: unknown): boolean => gone.includes(failureOf(error).code)
export const refusesBlocks = (error: unknown): boolean => blocksRefused.includes(failureOf(error).code)

/** The same message in several ways, the best first. */
export type Ways = readonly [Content, ...Content[]]
export type Content = Pick<Rendered, 'text' | 'blocks'>
export const inWords = ({ plain }: Rendered): Content => ({ text: plain, blocks: [] })

/** Sends the first way whose blocks Slack takes. */
export async function inSomeWay<T>([best, ...others]: Ways, send: (content: Content) => Promise<T>): Promise<T> {
  try {
    return await send(best)
  } catch (error) {
    const [next, ...rest] = others
    if (next === undefined || !refusesBlocks(error)) throw error
    return inSomeWay([next, ...rest], send)
  }
}

/** @returns the ts of the new message. */
export async function post(
  client: webApi.WebClient,
  place: { readonly channel: string; readonly thread: string | null },
  ways: Ways,
  stamp: Stamp,
): Promise<string> {
  const answer = await inSomeWay(ways, ({ text, blocks }) =>
    client.chat.postMessage({
      channel: place.channel,
      text,
      ...(blocks.length > 0 && { blocks }),
      ...(place.thread !== null && { thread_ts: place.thread }),
      metadata: metadata(stamp),
      parse: 'none',
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
    }),
  )
  if (answer.ts === undefined) throw new Error('Slack took a message and did not say which it is')
  return answer.ts
}

/** Empty blocks take away those that were there. */
export async function edit(client: webApi.WebClient, place: Place, ways: Ways, stamp: Stamp): Promise<void> {
  await inSomeWay(ways, ({ text, blocks }) =>
    client.chat.update({ ...place, text, blocks, metadata: metadata(stamp), parse: 'none', link_names: false }),
  )
}

const message = z.object({
  ts: z.string(),
  bot_id: z.string().optional(),
  metadata: z.object({ event_type: z.literal(eventType), event_payload: z.object({ key: z.string() }) }),
})

/** Looks through the newest messages for one of ours that carries this key. Anybody may stamp a message; only our own counts. */
export async function find(
  client: webApi.WebClient,
  place: { readonly channel: string; readonly thread: string | null },
  key: string,
  botId: string,
): Promise<string | null> {
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const asked = { channel: place.channel, include_all_metadata: true, limit: pageSize, ...(cursor !== undefined && { cursor }) }
    const answer =
      place.thread === null ? await client.conversations.history(asked) : await client.conversations.replies({ ...asked, ts: place.thread })
    for (const candidate of answer.messages ?? []) {
      const known = message.safeParse(candidate)
      if (known.success && known.data.bot_id === botId && known.data.metadata.event_payload.key === key) return known.data.ts
    }
    cursor = answer.response_metadata?.next_cursor
    if (!cursor) return null
  }
  return null
}
