import { createHash } from 'node:crypto'
import { type APIMessage, type APIUser, MessageFlags, type REST, Routes } from 'discord.js'
import type { Card, Delivery } from '../../../ports/chat.ts'
import { type Attached, attachmentOf, type DiscordLog, fileOf, inAnyForm, newestMessages, shows } from './messages.ts'
import type { Pictures } from './pictures.ts'
import { cardReference, type MessageBody, plainCard, type RenderOptions, renderCard } from './render.ts'
import { codes, hasCode, notDelivered, problemOf } from './rest.ts'
import { awake, createThreads, type Place, parseReference, referenceOf } from './threads.ts'

export interface DeliverParts {
  readonly rest: REST
  readonly channelId: string
  readonly pictures: Pictures
  readonly log: DiscordLog
  /** Lets a picture that is being drawn finish before the chat closes. */
  readonly track: (work: Promise<void>) => void
  readonly now: () => number
}

/** Puts cards into the channel, and keeps them true there. */
export function createDeliver({ rest, channelId, pictures, log, track, now }: DeliverParts) {
  const threads = createThreads(rest, channelId, log)
  const unpinned = new Set<string>()
  let me: Promise<APIUser> | null = null

  async function edit(card: Card, place: Place, options: RenderOptions): Promise<APIMessage> {
    const reference = referenceOf(place)
    const turn = pictures.begin(reference)
    const { image, attachments } = pictures.kept(reference, card)
    const message = await awake(rest, place.channel, () =>
      inAnyForm(forms(card, { ...options, image }), log, (body) =>
        rest.patch(Routes.channelMessage(place.channel, place.message), { body: { ...body, attachments } }),
      ),
    )
    follow(card, place, turn, options)
    return message as APIMessage
  }

  /** The picture comes when it is drawn; nobody waits for it. */
  function follow(card: Card, place: Place, turn: number, options: RenderOptions): void {
    const put = async (picture: Attached): Promise<string | null> => {
      const { embeds } = renderCard(card, { ...options, image: picture.name })
      const body = { embeds, attachments: [attachmentOf(picture)] }
      const path = Routes.channelMessage(place.channel, place.message)
      const message = (await rest.patch(path, { body, files: [fileOf(picture)] })) as APIMessage
      return message.attachments[0]?.id ?? null
    }
    track(pictures.attach(card, referenceOf(place), turn, put))
  }

  /** @param nonce the same for every attempt: within minutes Discord answers a repetition with the first message. */
  async function post(card: Card, channel: string, loud: boolean, nonce: string, options: RenderOptions): Promise<Place> {
    const flags = loud ? {} : { flags: MessageFlags.SuppressNotifications }
    const { message, body } = await inAnyForm(forms(card, options), log, async (body) => {
      const posted = await rest.post(Routes.channelMessages(channel), { body: { ...body, ...flags, nonce, enforce_nonce: true } })
      return { message: posted as APIMessage, body }
    })
    const place = { channel: message.channel_id, message: message.id }
    if (!shows(message, body)) await edit(card, place, options)
    else follow(card, place, pictures.begin(referenceOf(place)), options)
    return place
  }

  /** The message of an earlier attempt, which nobody wrote down. */
  async function find(card: Card, channel: string): Promise<Place | null> {
    me ??= rest.get(Routes.user('@me')) as Promise<APIUser>
    const own = await me.catch((error: unknown) => {
      me = null
      throw error
    })
    const mark = cardReference(card.key)
    const found = (await newestMessages(rest, channel)).find(
      ({ author, embeds, content }) =>
        author.id === own.id && (content.endsWith(mark) || embeds.some(({ footer }) => footer?.text.endsWith(mark))),
    )
    return found ? { channel, message: found.id } : null
  }

  async function pin(card: Card, { channel, message }: Place): Promise<void> {
    try {
      await rest.put(Routes.channelMessagesPin(channel, message))
      unpinned.delete(card.key)
    } catch (error) {
      // Without the right it stays unpinned; anything else is tried again with the next state of the card.
      if (!hasCode(error, codes.missingPermissions, codes.missingAccess)) unpinned.add(card.key)
      log.warn({ card: card.key, problem: problemOf(error) }, 'a message could not be pinned')
    }
  }

  async function editAt(card: Card, place: Place, options: RenderOptions): Promise<Place | null> {
    try {
      await edit(card, place, options)
      return place
    } catch (error) {
      // Somebody deleted it, or the thread it stood in.
      if (hasCode(error, codes.unknownMessage, codes.unknownChannel)) return null
      throw error
    }
  }

  async function anew(card: Card, delivery: Delivery, gone: Place | null, options: RenderOptions): Promise<Place> {
    const nonce = createHash('sha256')
      .update(`${card.key} ${gone?.message ?? ''}`)
      .digest('hex')
      .slice(0, 24)
    const into = async (channel: string): Promise<Place> => {
      const before = delivery.uncertain ? await find(card, channel) : null
      return (before && (await editAt(card, before, options))) ?? post(card, channel, delivery.loud, nonce, options)
    }
    const parent = delivery.thread === null ? null : parseReference(delivery.thread)
    const place = await (parent ? threads.within(parent, card, into) : into(channelId))
    if (card.kind === 'status') await pin(card, place)
    return place
  }

  return async (card: Card, delivery: Delivery): Promise<{ readonly reference: string }> => {
    const options = { mention: delivery.mention, now: now() }
    try {
      const stands = delivery.reference === null ? null : parseReference(delivery.reference)
      const edited = stands && (await editAt(card, stands, options))
      if (edited && unpinned.has(card.key)) await pin(card, edited)
      return { reference: referenceOf(edited ?? (await anew(card, delivery, stands, options))) }
    } catch (error) {
      throw notDelivered(error)
    }
  }
}

/** From the rich form down to bare text. */
const forms = (card: Card, options: RenderOptions): readonly MessageBody[] => [
  renderCard(card, options),
  plainCard(card, options, true),
  plainCard(card, options, false),
]
