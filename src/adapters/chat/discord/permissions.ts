import { type APIGuildMember, type APIOverwrite, type APIRole, OverwriteType, PermissionFlagsBits } from 'discord.js'

/** What the bot needs in its channel, in Discord's own words. */
export const neededRights: readonly { readonly name: string; readonly bit: bigint }[] = [
  { name: 'View Channel', bit: PermissionFlagsBits.ViewChannel },
  { name: 'Send Messages', bit: PermissionFlagsBits.SendMessages },
  { name: 'Embed Links', bit: PermissionFlagsBits.EmbedLinks },
  { name: 'Attach Files', bit: PermissionFlagsBits.AttachFiles },
  { name: 'Read Message History', bit: PermissionFlagsBits.ReadMessageHistory },
  { name: 'Create Public Threads', bit: PermissionFlagsBits.CreatePublicThreads },
  { name: 'Send Messages in Threads', bit: PermissionFlagsBits.SendMessagesInThreads },
  { name: 'Pin Messages', bit: PermissionFlagsBits.PinMessages },
]

export interface RightsIn {
  readonly guildId: string
  readonly member: Pick<APIGuildMember, 'roles'> & { readonly user: { readonly id: string } }
  readonly roles: readonly Pick<APIRole, 'id' | 'permissions'>[]
  readonly overwrites: readonly APIOverwrite[]
}

/** The rights that are missing, as Discord works them out: roles add up, then the channel's exceptions. */
export function missingRights({ guildId, member, roles, overwrites }: RightsIn): readonly string[] {
  const own = new Set([guildId, ...member.roles])
  const base = roles.filter(({ id }) => own.has(id)).reduce((sum, { permissions }) => sum | BigInt(permissions), 0n)
  if ((base & PermissionFlagsBits.Administrator) !== 0n) return []
  const apply = (rights: bigint, exceptions: readonly APIOverwrite[]): bigint => {
    const bits = (what: 'allow' | 'deny') => exceptions.reduce((sum, exception) => sum | BigInt(exception[what]), 0n)
    return (rights & ~bits('deny')) | bits('allow')
  }
  const everyone = overwrites.filter(({ id }) => id === guildId)
  const ofRoles = overwrites.filter(({ id, type }) => type === OverwriteType.Role && id !== guildId && own.has(id))
  const ofMember = overwrites.filter(({ id, type }) => type === OverwriteType.Member && id === member.user.id)
  const rights = [everyone, ofRoles, ofMember].reduce(apply, base)
  return neededRights.filter(({ bit }) => (rights & bit) === 0n).map(({ name }) => name)
}
