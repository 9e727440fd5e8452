import type { Ack, EmulatedInteraction, InteractionKind, Interactions } from './interactions.ts'
import { allComponents, type Component, type EmulatedMessage, type Modal } from './shapes.ts'
import { channelView, memberRights, messageView } from './views.ts'
import type { World } from './world.ts'

/** What somebody did, and what came of it. */
export interface Doing {
  readonly interaction: EmulatedInteraction
  /** How the bot took it; null: it did not in time, and the person sees "This interaction failed". */
  taken(): Promise<Ack | null>
  /** The message that answers, once it is filled in. @throws Error when there is none in time. */
  answer(): Promise<EmulatedMessage>
  /** The questions that opened. */
  modal(): Promise<Modal>
}
/** Another place than the bot's own: to see that it refuses. */
export interface From {
  readonly guildId?: string | null
  readonly channelId?: string
}
export type Values = Readonly<Record<string, string | number | boolean>>

export interface Person {
  readonly id: string
  tap(messageId: string, customId: string, from?: From): Doing
  choose(messageId: string, customId: string, value: string, from?: From): Doing
  /** Answers the questions that a press opened. */
  submit(asked: Doing, values: Readonly<Record<string, string>>): Promise<Doing>
  command(name: string, values?: Values, from?: From): Doing
  autocomplete(name: string, option: string, typed: string, from?: From): Doing
}

export interface PeopleParts {
  readonly world: World
  readonly interactions: Interactions
  readonly dispatch: (event: string, data: unknown) => void
  /** Resolves true once something holds, false when time is up. */
  readonly until: (holds: () => boolean, ms?: number) => Promise<boolean>
  readonly ackMs: () => number
}

const optionTypes = { string: 3, boolean: 5, number: 10 } as const
const answerMs = 20_000

export function createPerson({ world, interactions, dispatch, until, ackMs }: PeopleParts, id: string, name: string): Person {
  const user = world.user(id, name)

  function act(kind: InteractionKind, data: object, from: From, on: EmulatedMessage | null): Doing {
    const channelId = from.channelId ?? on?.channel_id ?? world.channelId
    const interaction = interactions.create({ kind, userId: id, channelId, on }, data, placeOf(from, channelId, on))
    dispatch('INTERACTION_CREATE', interaction.payload)
    return doing(interaction)
  }

  function placeOf({ guildId = world.guildId }: From, channelId: string, on: EmulatedMessage | null): object {
    const known = world.channels.get(channelId) ?? {
      id: channelId,
      guild_id: guildId ?? '',
      type: 0,
      name: 'elsewhere',
      parent_id: null,
      archived: false,
    }
    const channel = guildId === null ? { id: channelId, type: 1, recipients: [], last_message_id: null } : channelView(world, known)
    const member = { user, roles: [], joined_at: '2024-01-01T00:00:00.000Z', deaf: false, mute: false, flags: 0, permissions: memberRights }
    return {
      ...(guildId === null ? { user } : { guild_id: guildId, guild: { id: guildId, locale: 'en-US', features: [] }, member }),
      channel_id: channelId,
      channel,
      ...(on === null ? {} : { message: messageView(world, on) }),
      locale: 'en-US',
      app_permissions: memberRights,
      entitlements: [],
      authorizing_integration_owners: { 0: world.guildId },
      context: guildId === null ? 1 : 0,
      attachment_size_limit: 10_485_760,
    }
  }

  function doing(interaction: EmulatedInteraction): Doing {
    const taken = async (): Promise<Ack | null> => {
      await until(() => interaction.ack !== null, ackMs() + 200)
      return interaction.ack
    }
    return {
      interaction,
      taken,
      async answer() {
        if ((await taken()) === null) throw new Error('this interaction failed: it was not taken in time')
        await until(() => interaction.answered, answerMs)
        if (!interaction.answered || interaction.original === null) throw new Error('the answer was never filled in')
        return interaction.original
      },
      async modal() {
        const modal = (await taken())?.modal
        if (!modal) throw new Error('no questions opened')
        return modal
      },
    }
  }

  /** What this person sees under a message; a press on anything else cannot happen. */
  function visible(messageId: string, customId: string): { readonly message: EmulatedMessage; readonly component: Component } {
    const message = world.messages.get(messageId)
    const component = message && allComponents(message.components).find((c) => c.custom_id === customId)
    if (!message || !component || (message.onlyFor !== null && message.onlyFor !== id))
      throw new Error(`${name} sees no ${customId} under message ${messageId}`)
    return { message, component }
  }

  return {
    id,
    tap(messageId, customId, from = {}) {
      const { message } = visible(messageId, customId)
      return act('component', { custom_id: customId, component_type: 2, id: 1 }, from, message)
    },
    choose(messageId, customId, value, from = {}) {
      const { message, component } = visible(messageId, customId)
      if (!component.options?.some((option) => option.value === value)) throw new Error(`the menu has no ${value}`)
      return act('component', { custom_id: customId, component_type: 3, id: 1, values: [value] }, from, message)
    },
    async submit(asked, values) {
      const { custom_id, components } = await asked.modal()
      return act('modal', { custom_id, components: components.map((outer) => filledIn(outer, values)) }, {}, asked.interaction.on)
    },
    command(commandName, values = {}, from = {}) {
      return act('command', { ...commandOf(commandName), options: optionsOf(values) }, from, null)
    },
    autocomplete(commandName, option, typed, from = {}) {
      const options = [{ name: option, type: 3, value: typed, focused: true }]
      return act('autocomplete', { ...commandOf(commandName), options }, from, null)
    },
  }

  function commandOf(commandName: string): object {
    const found = world.commands.find((command) => command.name === commandName)
    if (!found) throw new Error(`/${commandName} is not registered`)
    return { id: found.id, name: found.name, type: 1, guild_id: world.guildId }
  }
}

const optionsOf = (values: Values): readonly object[] =>
  Object.entries(values).map(([name, value]) => ({ name, value, type: optionTypes[typeof value as keyof typeof optionTypes] }))

/** @throws Error when an answer is longer or shorter than the client lets anybody type. */
function filledIn(outer: Component, values: Readonly<Record<string, string>>): object {
  const input = outer.component ?? outer.components?.[0]
  const value = values[input?.custom_id ?? ''] ?? input?.value ?? ''
  if (input?.required !== false && value === '') throw new Error(`${input?.custom_id} has to be answered`)
  if (value.length > (input?.max_length ?? 4000)) throw new Error(`${input?.custom_id} is too long`)
  const said = { type: 4, id: 2, custom_id: input?.custom_id, value }
  return outer.component ? { type: 18, id: 1, component: said } : { type: 1, id: 1, components: [said] }
}
