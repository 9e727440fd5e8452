import { type APIApplicationCommandOptionChoice, type Interaction, InteractionResponseType } from 'discord.js'
import type { DiscordAccess } from '../../../config/environment.ts'
import { type Card, type ChatInbound, type CommandSpec, stopsTrading } from '../../../ports/chat.ts'
import type { Answers } from './answer.ts'
import { argumentName } from './commands.ts'
import { modalOf } from './components.ts'
import { actionOf, actorOf, answersOf, foreignPlace, pressedId } from './interaction.ts'
import type { DiscordLog } from './messages.ts'
import { type MessageBody, ownWords } from './render.ts'
import { visible } from './text.ts'

export interface InteractionParts {
  readonly access: DiscordAccess
  readonly commands: readonly CommandSpec[]
  readonly inbound: ChatInbound
  readonly answers: Answers
  readonly log: DiscordLog
}

/** Questions and suggestions are their own answer: Discord waits three seconds for them. */
const lookUpMs = 2_000
const mostRemembered = 2_000

/** Everything that people do on Discord. Nothing here rejects: whatever goes wrong is told to the one who asked. */
export function createInteractions({ access, commands, inbound, answers, log }: InteractionParts) {
  /** Discord may send one twice. */
  const seen = new Set<string>()
  const before = (id: string): boolean => {
    if (seen.has(id)) return true
    seen.add(id)
    for (const oldest of seen) {
      if (seen.size <= mostRemembered) break
      seen.delete(oldest)
    }
    return false
  }

  /** Taken first, then worked on. What stops trading does not wait for that, and is done even when Discord never hears of it. */
  async function later(interaction: Interaction, work: () => Promise<Card>): Promise<void> {
    const begun = stopsTrading(actionOf(interaction)) ? safely(work) : null
    if (await answers.defer(interaction)) await answers.edit(interaction, await (begun ?? safely(work)))
    else await begun
  }

  async function safely(work: () => Promise<Card>): Promise<Card | MessageBody> {
    try {
      return await work()
    } catch (error) {
      log.error({ problem: error instanceof Error ? error.message : String(error) }, 'something pressed or typed on Discord failed')
      return ownWords('That did not work', 'It is in the log.')
    }
  }

  /** Opening the questions is the answer, so they have to be there in time. */
  async function ask(interaction: Interaction, buttonId: string): Promise<void> {
    const slow = { card: ownWords('That took too long', 'Nothing was done. Please press again.') }
    const form = inbound
      .form(actorOf(interaction), buttonId)
      .catch(async (error: unknown) => ({ card: await safely(() => Promise.reject(error)) }))
    const found = await within(form, slow)
    if ('card' in found) return answers.say(interaction, found.card)
    await answers.ack(interaction, { type: InteractionResponseType.Modal, data: modalOf(found.form) })
  }

  async function suggest(interaction: Interaction): Promise<void> {
    if (!interaction.isAutocomplete()) return
    const { name, value } = interaction.options.getFocused(true)
    const command = commands.find((spec) => spec.name === interaction.commandName)
    const wanted = foreignPlace(interaction, access) === null && command !== undefined
    const found = wanted
      ? within(inbound.suggest(actorOf(interaction), command.name, argumentName(command, name), String(value)), []).catch(() => [])
      : []
    const choices = (await found).flatMap(({ label, value: chosen }): APIApplicationCommandOptionChoice<string>[] =>
      chosen === '' || chosen.length > 100 ? [] : [{ name: visible(label).slice(0, 100) || chosen, value: chosen }],
    )
    await answers.ack(interaction, {
      type: InteractionResponseType.ApplicationCommandAutocompleteResult,
      data: { choices: choices.slice(0, 25) },
    })
  }

  async function invoke(interaction: Interaction): Promise<void> {
    if (!interaction.isChatInputCommand()) return
    const command = commands.find((spec) => spec.name === interaction.commandName)
    const values = Object.fromEntries(
      interaction.options.data.map(({ name, value }) => [command ? argumentName(command, name) : name, value]),
    )
    await later(interaction, () => inbound.invoke(actorOf(interaction), interaction.commandName, values))
  }

  async function handle(interaction: Interaction): Promise<void> {
    if (interaction.isAutocomplete()) return suggest(interaction)
    const actor = actorOf(interaction)
    const place = foreignPlace(interaction, access)
    if (place !== null) return later(interaction, () => inbound.foreign(actor, place, actionOf(interaction)))
    if (interaction.isChatInputCommand()) return invoke(interaction)
    if (interaction.isModalSubmit()) return later(interaction, () => inbound.submit(actor, interaction.customId, answersOf(interaction)))
    const buttonId = pressedId(interaction)
    if (buttonId === null) return answers.say(interaction, ownWords('Nothing happens here', '/help lists what there is.'))
    if (inbound.asks(buttonId)) return ask(interaction, buttonId)
    return later(interaction, () => inbound.press(actor, buttonId))
  }

  return {
    async handle(interaction: Interaction): Promise<void> {
      if (before(interaction.id)) return
      try {
        await handle(interaction)
      } catch (error) {
        log.error({ problem: error instanceof Error ? error.message : String(error) }, 'an interaction failed')
      }
    },
    /** While the chat closes. */
    refuse: (interaction: Interaction): Promise<void> =>
      answers.say(interaction, ownWords('The bot is restarting', 'Nothing was done. Please try again in a minute.')),
  }
}

async function within<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((done) => {
    timer = setTimeout(() => done(otherwise), lookUpMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
