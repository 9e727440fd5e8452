import { type Interaction, MessageFlags } from 'discord.js'
import type { DiscordAccess } from '../../../config/environment.ts'
import type { Actor } from '../../../ports/chat.ts'

/** Somebody, by the id that never changes; names are for reading only. */
export function actorOf({ user, member }: Interaction): Actor {
  const nick = member !== null && 'displayName' in member ? member.displayName : null
  return { id: `discord:${user.id}`, name: nick ?? user.displayName, via: 'discord' }
}

/** Where it came from when that is not ours; null when it is. Threads of our channel are ours. */
export function foreignPlace({ guildId, channelId, channel }: Interaction, access: DiscordAccess): string | null {
  if (guildId === null) return 'direct message'
  if (guildId !== access.guildId) return `server ${guildId}`
  if (channelId === access.channelId) return null
  return channel?.isThread() && channel.parentId === access.channelId ? null : `channel ${channelId}`
}

/** The private answer of ours that it was pressed on, by message id: that one changes, instead of another being added. */
export function ownAnswer(interaction: Interaction): string | null {
  const on = interaction.isMessageComponent() || interaction.isModalSubmit() ? interaction.message : null
  return on?.flags.has(MessageFlags.Ephemeral) ? on.id : null
}

/** The id behind a button or an entry of a menu. */
export function pressedId(interaction: Interaction): string | null {
  if (interaction.isButton()) return interaction.customId
  return interaction.isStringSelectMenu() ? (interaction.values[0] ?? null) : null
}

/** For the record: what was tried. */
export function actionOf(interaction: Interaction): string {
  if (interaction.isCommand() || interaction.isAutocomplete()) return `/${interaction.commandName}`
  return interaction.isModalSubmit() ? interaction.customId : (pressedId(interaction) ?? 'something unknown')
}

export const answersOf = (interaction: Interaction): Readonly<Record<string, string>> =>
  interaction.isModalSubmit()
    ? Object.fromEntries(
        interaction.fields.fields.map((field, name) => [name, 'value' in field && typeof field.value === 'string' ? field.value : '']),
      )
    : {}
