import {
  type APIApplication,
  type APIGuild,
  type APIGuildMember,
  type APIGuildTextChannel,
  type APIUser,
  ChannelType,
  OAuth2Scopes,
  type REST,
  Routes,
} from 'discord.js'
import type { DiscordAccess } from '../../../config/environment.ts'
import type { CommandSpec } from '../../../ports/chat.ts'
import type { KeyValueStore } from '../../../ports/key-value.ts'
import { isRemembered, missingCommands } from './commands.ts'
import { missingRights, neededRights } from './permissions.ts'
import { closeRest, createRest, problemOf } from './rest.ts'

interface Finding {
  readonly good: boolean
  readonly text: string
}
const good = (text: string): Finding => ({ good: true, text })
const bad = (text: string): Finding => ({ good: false, text })

/** The link that brings the bot into a server with all that it needs. @param applicationId from the developer portal, General Information. */
export function discordInvite(applicationId: string): string {
  const permissions = neededRights.reduce((sum, { bit }) => sum | bit, 0n)
  const scope = `${OAuth2Scopes.Bot}%20${OAuth2Scopes.ApplicationsCommands}`
  return `https://discord.com/oauth2/authorize?client_id=${encodeURIComponent(applicationId)}&scope=${scope}&permissions=${permissions}`
}

/**
 * What works and what does not, each with what to do about it. Shows no token. Never rejects.
 * @param remembered null while the books cannot be opened: then nobody looks whether the commands are those of this version.
 */
export async function diagnoseDiscord(
  access: DiscordAccess,
  commands: readonly CommandSpec[],
  remembered: KeyValueStore | null,
): Promise<readonly Finding[]> {
  const rest = createRest({ access })
  try {
    return await examine(rest, access, commands, remembered)
  } catch (error) {
    return [bad(problemOf(error))]
  } finally {
    closeRest(rest)
  }
}

async function examine(
  rest: REST,
  access: DiscordAccess,
  commands: readonly CommandSpec[],
  remembered: KeyValueStore | null,
): Promise<readonly Finding[]> {
  const { guildId } = access
  const me = await look<APIUser>(rest, Routes.user('@me'))
  if ('problem' in me) return [bad(`Discord token: ${me.problem}. Copy it again (developer portal, Bot, Reset Token) into DISCORD_TOKEN`)]
  const application = await look<APIApplication>(rest, Routes.currentApplication())
  if ('problem' in application) return [bad(`Discord application: ${application.problem}`)]
  const { id } = application.found
  const findings = [good(`Discord token: valid, the bot is ${me.found.username}`)]
  const guild = await look<APIGuild>(rest, Routes.guild(guildId))
  if ('problem' in guild)
    return [
      ...findings,
      bad(`Discord server ${guildId}: ${guild.problem}. Check DISCORD_GUILD_ID, or invite the bot: ${discordInvite(id)}`),
    ]
  findings.push(good(`Discord server: ${guild.found.name}`))
  findings.push(...(await examineChannel(rest, access, guild.found, me.found)))
  findings.push(await examineCommands(rest, { application: id, guildId, commands, remembered }))
  return findings
}

async function examineChannel(
  rest: REST,
  { guildId, channelId }: DiscordAccess,
  guild: APIGuild,
  me: APIUser,
): Promise<readonly Finding[]> {
  const channel = await look<APIGuildTextChannel<ChannelType.GuildText>>(rest, Routes.channel(channelId))
  if ('problem' in channel)
    return [bad(`Discord channel ${channelId}: ${channel.problem}. Check DISCORD_CHANNEL_ID, and give the bot View Channel there`)]
  const { name, type, guild_id, permission_overwrites: overwrites = [] } = channel.found
  if (guild_id !== guildId) return [bad(`Discord channel ${channelId} is not in server ${guildId}: copy both ids from the same server`)]
  if (type !== ChannelType.GuildText) return [bad(`Discord channel #${name} is no text channel: choose one in DISCORD_CHANNEL_ID`)]
  const member = await look<APIGuildMember>(rest, Routes.guildMember(guildId, me.id))
  if ('problem' in member) return [bad(`Discord rights: ${member.problem}`)]
  const missing = missingRights({
    guildId,
    member: { roles: member.found.roles, user: me },
    roles: guild.roles,
    overwrites,
  })
  const rights =
    missing.length === 0
      ? good('Discord rights: all there')
      : bad(`Discord rights: ${missing.join(', ')} missing. In the settings of #${name}, Permissions, allow the bot's role these`)
  return [good(`Discord channel: #${name}`), rights]
}

interface CommandsToExamine {
  readonly application: string
  readonly guildId: string
  readonly commands: readonly CommandSpec[]
  readonly remembered: KeyValueStore | null
}

async function examineCommands(rest: REST, { application, guildId, commands, remembered }: CommandsToExamine): Promise<Finding> {
  try {
    const missing = await missingCommands(rest, application, guildId, commands)
    if (missing.length === 0)
      return remembered === null || (await isRemembered(remembered, application, guildId, commands))
        ? good(`Discord commands: all ${commands.length} registered`)
        : bad('Discord commands: registered by another version. Run: catalyst register')
    const some = missing.slice(0, 5).map((name) => `/${name}`)
    return bad(`Discord commands: ${missing.length} of ${commands.length} not registered (${some.join(', ')}). Run: catalyst register`)
  } catch (error) {
    return bad(
      `Discord commands: ${problemOf(error)}. Invite the bot again with the scope applications.commands: ${discordInvite(application)}`,
    )
  }
}

async function look<T>(rest: REST, path: `/${string}`): Promise<{ readonly found: T } | { readonly problem: string }> {
  try {
    return { found: (await rest.get(path)) as T }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}
