import {
  type APIInteractionResponse,
  type APIMessage,
  type Interaction,
  InteractionResponseType,
  MessageFlags,
  type RawFile,
  type REST,
  Routes,
} from 'discord.js'
import type { Card } from '../../../ports/chat.ts'
import { ownAnswer } from './interaction.ts'
import { attachmentOf, type DiscordLog, fileOf, inAnyForm } from './messages.ts'
import type { Pictures } from './pictures.ts'
import { type MessageBody, plainCard, renderCard } from './render.ts'
import { codes, hasCode, isInvalidForm, isRefusal, pauseAskedFor, problemOf } from './rest.ts'

/** Discord gives up on an answer after three seconds. */
const ackWithinMs = 2_800
const ackTryMs = 1_500
const editTries = 4
const longestPauseMs = 15_000

export interface AnswerParts {
  readonly rest: REST
  readonly pictures: Pictures
  readonly log: DiscordLog
  readonly now: () => number
}

/** How an interaction is taken, and answered later. */
export interface Answers {
  /** Takes an interaction. @returns false when it is not ours to act on: it expired, or somebody took it already. */
  ack(interaction: Interaction, response: APIInteractionResponse): Promise<boolean>
  /** "Thinking…", for the asker alone, or nothing to see when an answer of ours is going to change. */
  defer(interaction: Interaction): Promise<boolean>
  /** Takes it with the answer at once. */
  say(interaction: Interaction, answer: Card | MessageBody): Promise<void>
  /** Fills in what was deferred. Never rejects. */
  edit(interaction: Interaction, answer: Card | MessageBody): Promise<void>
}

export function createAnswers({ rest, pictures, log, now }: AnswerParts): Answers {
  /**
   * A failed attempt may have arrived all the same; the next one then hears that it is taken, and by whom but us.
   * @throws DiscordAPIError when Discord does not take the form: it can be taken with another one.
   */
  async function ack(interaction: Interaction, body: APIInteractionResponse): Promise<boolean> {
    const path = Routes.interactionCallback(interaction.id, interaction.token)
    const until = Date.now() + ackWithinMs
    for (let tries = 1; ; tries++) {
      try {
        await rest.post(path, { body, auth: false, signal: AbortSignal.timeout(ackTryMs) })
        return true
      } catch (error) {
        if (hasCode(error, codes.alreadyAcknowledged) && tries > 1) return true
        if (isInvalidForm(error)) throw error
        if (!isRefusal(error) && Date.now() < until) {
          await pause(50 * tries)
          continue
        }
        log.warn({ interaction: interaction.id, tries, problem: problemOf(error) }, 'an interaction could not be taken')
        return false
      }
    }
  }

  const forms = (answer: Card | MessageBody): readonly MessageBody[] => {
    if (!('key' in answer)) return [answer]
    const options = { now: now() }
    return [renderCard(answer, options), plainCard(answer, options, true), plainCard(answer, options, false)]
  }

  /** To the message of the interaction. The same twice does no harm, so it is tried again. */
  async function patch(interaction: Interaction, body: object, files: RawFile[] = []): Promise<APIMessage> {
    const path = Routes.webhookMessage(interaction.applicationId, interaction.token)
    for (let tries = 1; ; tries++) {
      try {
        return (await rest.patch(path, { body, files, auth: false })) as APIMessage
      } catch (error) {
        if (isRefusal(error) || tries === editTries) throw error
        const wait = pauseAskedFor(error) ?? 150 * 2 ** tries
        if (wait > longestPauseMs) throw error
        await pause(wait)
      }
    }
  }

  async function follow(interaction: Interaction, card: Card, { id }: APIMessage): Promise<void> {
    await pictures.attach(card, id, pictures.begin(id), async (picture) => {
      const { embeds } = renderCard(card, { now: now(), image: picture.name })
      await patch(interaction, { embeds, attachments: [attachmentOf(picture)] }, [fileOf(picture)])
      // Not kept: whoever presses Refresh wants to see a new one.
      return null
    })
  }

  const fill = async (interaction: Interaction, answer: Card | MessageBody): Promise<void> => {
    try {
      const changed = ownAnswer(interaction)
      if (changed !== null) pictures.begin(changed)
      const message = await inAnyForm(forms(answer), log, (body) => patch(interaction, { ...body, attachments: [] }))
      if ('key' in answer) await follow(interaction, answer, message)
    } catch (error) {
      log.warn({ interaction: interaction.id, problem: problemOf(error) }, 'an answer did not reach the one who asked')
    }
  }

  async function take(interaction: Interaction, response: APIInteractionResponse): Promise<boolean> {
    try {
      return await ack(interaction, response)
    } catch (error) {
      log.error({ interaction: interaction.id, problem: problemOf(error) }, 'Discord did not take an answer; nothing was done')
      return false
    }
  }

  return {
    ack: take,
    defer: (interaction) =>
      take(
        interaction,
        ownAnswer(interaction) !== null
          ? { type: InteractionResponseType.DeferredMessageUpdate }
          : { type: InteractionResponseType.DeferredChannelMessageWithSource, data: { flags: MessageFlags.Ephemeral } },
      ),
    async say(interaction, answer) {
      // A word of our own must not take the place of an answer with its buttons.
      const inPlace = 'key' in answer && ownAnswer(interaction) !== null
      try {
        await inAnyForm(forms(answer), log, (body) =>
          ack(
            interaction,
            inPlace
              ? { type: InteractionResponseType.UpdateMessage, data: body }
              : { type: InteractionResponseType.ChannelMessageWithSource, data: { ...body, flags: MessageFlags.Ephemeral } },
          ),
        )
      } catch (error) {
        log.warn({ interaction: interaction.id, problem: problemOf(error) }, 'an answer did not reach the one who asked')
      }
    },
    edit: fill,
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ms)
  })
