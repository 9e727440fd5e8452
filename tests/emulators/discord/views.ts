import { PermissionFlagsBits } from 'discord.js'
import type { EmulatedChannel, EmulatedMessage } from './shapes.ts'
import type { World } from './world.ts'

/** Everything but administrator. */
const allRights = Object.values(PermissionFlagsBits).reduce((sum, bit) => sum | bit, 0n) & ~PermissionFlagsBits.Administrator

export const messageView = (world: World, { onlyFor: _, pinged, edits: __, ...message }: EmulatedMessage) => ({
  ...message,
  type: 0,
  tts: false,
  mention_everyone: pinged.includes('everyone'),
  mentions: pinged.filter((id) => id !== 'everyone').map((id) => world.user(id, 'Somebody')),
  mention_roles: [],
  ...(world.channels.has(message.id) ? { thread: channelView(world, world.channel(message.id)) } : {}),
})

export const channelView = (world: World, { id, guild_id, type, name, parent_id, archived }: EmulatedChannel) => ({
  id,
  guild_id,
  type,
  name,
  parent_id,
  position: 0,
  nsfw: false,
  ...(type === 11
    ? {
        owner_id: world.bot.id,
        message_count: 0,
        member_count: 1,
        thread_metadata: { archived, auto_archive_duration: 1440, archive_timestamp: new Date().toISOString(), locked: false },
      }
    : { permission_overwrites: [{ id: world.bot.id, type: 1, allow: '0', deny: String(world.denied) }] }),
})

export const guildView = (world: World) => ({
  id: world.guildId,
  name: 'Desk',
  icon: null,
  owner_id: '100000000000000001',
  roles: [
    {
      id: world.guildId,
      name: '@everyone',
      permissions: String(allRights),
      position: 0,
      color: 0,
      hoist: false,
      managed: false,
      mentionable: false,
    },
  ],
  emojis: [],
  features: [],
  members: [memberView(world)],
  member_count: 2,
  preferred_locale: 'en-US',
})

export const memberView = (world: World) => ({
  user: world.bot,
  roles: [],
  joined_at: '2024-01-01T00:00:00.000Z',
  deaf: false,
  mute: false,
  flags: 0,
})

export const memberRights = String(allRights)
