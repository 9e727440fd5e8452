import type { webApi } from '@slack/bolt'
import { type Card, type ChatInbound, type Delivery, NotDelivered } from '../../../ports/chat.ts'
import { failureOf, type Troubles } from './failures.ts'
import type { SlackLog } from './log.ts'
import { edit, find, inWords, isGone, post, type Ways } from './messages.ts'
import { onceKnown, upload } from './pictures.ts'
import { renderCard } from './render.ts'
import { createStandings, placeOf, type Standing } from './standing.ts'

export interface PosterOptions {
  readonly client: webApi.WebClient
  readonly channel: string
  /** Null while we do not know who we are. */
  readonly botId: () => string | null
  readonly picture: ChatInbound['picture']
  readonly troubles: Troubles
  readonly log: SlackLog
}
export interface Poster {
  deliver(card: Card, delivery: Delivery): Promise<{ readonly reference: string }>
  /** Until no picture is under way. */
  settled(): Promise<unknown>
}

/** The cards of the channel: posted once, edited from then on. */
export function createPoster({ client, channel, botId, picture, troubles, log }: PosterOptions): Poster {
  const standings = createStandings()
  const drawing = new Set<Promise<void>>()
  /** Epoch ms, real: what Slack asked for concerns everything that is posted. */
  let quietUntil = 0

  async function deliverNow(card: Card, delivery: Delivery): Promise<{ readonly reference: string }> {
    const before = standings.get(card.key)
    // Shown already, or overtaken by something newer.
    if (before?.reference != null && before.sequence >= delivery.sequence) return { reference: before.reference }
    const quiet = quietUntil - Date.now()
    if (quiet > 0) throw new NotDelivered('Slack asked for quiet', quiet)
    const mention = mentioned(delivery)
    const blank: Standing = { card, mention, reference: null, sequence: 0, uncertain: false, image: null, drawing: null }
    const standing = standings.put(card.key, Object.assign(before ?? blank, { card, mention }))
    const reference = await place(standing, delivery)
    Object.assign(standing, { reference, sequence: delivery.sequence, uncertain: false })
    draw(standing)
    return { reference }
  }

  async function place(standing: Standing, delivery: Delivery): Promise<string> {
    const { card } = standing
    const thread = placeOf(delivery.thread)?.ts ?? null
    const known = delivery.reference ?? standing.reference
    const reference = known ?? (delivery.uncertain || standing.uncertain ? await look(card.key, thread) : null)
    const stamp = { key: card.key, sequence: delivery.sequence }
    const ways = waysOf(standing)
    const at = placeOf(reference)
    if (at !== null && reference !== null) {
      try {
        await edit(client, at, ways, stamp)
        return reference
      } catch (error) {
        // Somebody deleted it.
        if (!isGone(error)) throw refusedBy('chat.update', error)
        standing.reference = null
      }
    }
    const ts = await postOnce(standing, ways, stamp, thread)
    if (card.kind === 'status') await pin(ts)
    return `${channel}/${ts}`
  }

  async function postOnce(standing: Standing, ways: Ways, stamp: { key: string; sequence: number }, thread: string | null) {
    try {
      return await post(client, { channel, thread }, ways, stamp)
    } catch (error) {
      if (thread !== null && isGone(error)) return postOnce(standing, ways, stamp, null)
      // It may stand there all the same: the next attempt looks first.
      standing.uncertain = failureOf(error).kind === 'unknown'
      throw refusedBy('chat.postMessage', error)
    }
  }

  async function look(key: string, thread: string | null): Promise<string | null> {
    const own = botId()
    if (own === null) throw new NotDelivered('Slack has not said yet who this bot is')
    try {
      const ts =
        (thread === null ? null : await find(client, { channel, thread }, key, own)) ??
        (await find(client, { channel, thread: null }, key, own))
      return ts === null ? null : `${channel}/${ts}`
    } catch (error) {
      // Without a look it could be posted twice.
      throw refusedBy('conversations.history', error)
    }
  }

  async function pin(timestamp: string): Promise<void> {
    try {
      await client.pins.add({ channel, timestamp })
    } catch (error) {
      if (failureOf(error).code !== 'already_pinned') troubles.note('pins.add', error)
    }
  }

  function refusedBy(method: string, error: unknown): NotDelivered {
    const told = troubles.notDelivered(method, error)
    if (told.retryAfterMs !== null) quietUntil = Math.max(quietUntil, Date.now() + told.retryAfterMs)
    return told
  }

  /** The card never waits for its picture: that comes after, by an edit of whatever the card says by then. */
  function draw(standing: Standing): void {
    const wanted = standing.card.picture
    if (wanted === null || standing.image?.name === wanted.name || standing.drawing === wanted.name) return
    standing.drawing = wanted.name
    const work = show(standing, wanted)
      .catch((error) => log.warn({ chat: 'slack', card: standing.card.key, code: failureOf(error).code }, 'a picture could not be shown'))
      .finally(() => {
        drawing.delete(work)
        if (standing.drawing === wanted.name) standing.drawing = null
      })
    drawing.add(work)
  }

  async function show(standing: Standing, wanted: NonNullable<Card['picture']>): Promise<void> {
    const png = await picture(wanted)
    if (png === null || standing.drawing !== wanted.name) return
    const image = { name: wanted.name, alt: wanted.alt, fileId: await upload(client, wanted, png) }
    await onceKnown(() =>
      standings.alone(standing.card.key, async () => {
        const now = standings.get(standing.card.key) ?? standing
        const at = placeOf(now.reference)
        if (at === null || now.drawing !== wanted.name) return
        // In one way only: a card without its picture is better than one without its buttons.
        const stamp = { key: now.card.key, sequence: now.sequence }
        await edit(client, at, [renderCard(now.card, { mention: now.mention, image })], stamp)
        now.image = image
      }),
    )
  }

  /** A picture that Slack no longer knows must not cost the buttons. */
  function waysOf({ card, mention, image }: Standing): Ways {
    const bare = renderCard(card, { mention })
    return image === null ? [bare, inWords(bare)] : [renderCard(card, { mention, image }), bare, inWords(bare)]
  }

  return {
    deliver: (card, delivery) => standings.alone(card.key, () => deliverNow(card, delivery)),
    settled: () => Promise.allSettled(drawing),
  }
}

/** Each chat mentions its own people; a message that is not to ring in the channel mentions nobody. */
function mentioned({ mention, loud, thread }: Delivery): readonly string[] {
  if (!loud && thread === null) return []
  return mention.flatMap((id) => /^slack:([UW][A-Z0-9]{1,30})$/.exec(id)?.[1] ?? [])
}
