import { PermissionFlagsBits } from 'discord.js'
import { DiscordError, forbidden, invalidForm, unknown } from './errors.ts'
import { snowflake } from './ids.ts'
import { messageProblems } from './message-rules.ts'
import {
  allComponents,
  type EmulatedAttachment,
  type EmulatedChannel,
  type EmulatedMessage,
  type EmulatedUser,
  type MessagePayload,
  messageFlags,
  type RegisteredCommand,
  type UploadedFile,
} from './shapes.ts'

const person = (id: string, name: string, bot = false): EmulatedUser => ({
  id,
  username: name.toLowerCase().replaceAll(/[^a-z0-9_.]/g, '') || 'user',
  global_name: name,
  discriminator: '0',
  avatar: null,
  ...(bot ? { bot } : {}),
})

/** Repetitions of a nonce within this time bring back the first message. */
const nonceMs = 5 * 60_000
const pinRight = PermissionFlagsBits.PinMessages

export interface World {
  readonly token: string
  readonly guildId: string
  readonly channelId: string
  readonly applicationId: string
  readonly bot: EmulatedUser
  readonly channels: Map<string, EmulatedChannel>
  readonly messages: Map<string, EmulatedMessage>
  readonly uploads: Map<string, Uint8Array>
  /** Rights taken from the bot in its channel. */
  denied: bigint
  /** Whether the bot is a member of its server. */
  invited: boolean
  commands: readonly RegisteredCommand[]
  user(id: string, name: string): EmulatedUser
  channel(id: string): EmulatedChannel
  message(channel: string, id: string): EmulatedMessage
  newest(channel: string, limit: number): readonly EmulatedMessage[]
  post(channel: string, payload: MessagePayload, files: readonly UploadedFile[], onlyFor?: string | null): EmulatedMessage
  edit(message: EmulatedMessage, payload: MessagePayload, files: readonly UploadedFile[]): EmulatedMessage
  beginThread(channel: string, message: string, name: string): EmulatedChannel
  need(right: bigint): void
}

export function createWorld(): World {
  const [guildId, channelId, applicationId] = [snowflake(), snowflake(), snowflake()]
  const bot = person(snowflake(), 'Catalyst', true)
  const channels = new Map<string, EmulatedChannel>([
    [channelId, { id: channelId, guild_id: guildId, type: 0, name: 'trading', parent_id: null, archived: false }],
  ])
  const users = new Map<string, EmulatedUser>([[bot.id, bot]])
  const messages = new Map<string, EmulatedMessage>()

  const world: World = {
    token: `${Buffer.from(bot.id).toString('base64url')}.S3CR3T.${'a'.repeat(38)}`,
    guildId,
    channelId,
    applicationId,
    bot,
    channels,
    messages,
    uploads: new Map(),
    denied: 0n,
    invited: true,
    commands: [],
    user(id, name) {
      const known = users.get(id) ?? person(id, name)
      users.set(id, known)
      return known
    },
    channel(id) {
      const found = channels.get(id)
      if (!found) throw unknown(10003, 'Channel')
      world.need(PermissionFlagsBits.ViewChannel)
      return found
    },
    message(channel, id) {
      world.channel(channel)
      const found = messages.get(id)
      if (!found || found.channel_id !== channel || found.onlyFor !== null) throw unknown(10008, 'Message')
      return found
    },
    newest: (channel, limit) =>
      [...messages.values()]
        .filter((message) => message.channel_id === channel && message.onlyFor === null)
        .reverse()
        .slice(0, limit),
    post(channel, payload, files, onlyFor = null) {
      const place = world.channel(channel)
      if (onlyFor === null)
        world.need(place.parent_id === null ? PermissionFlagsBits.SendMessages : PermissionFlagsBits.SendMessagesInThreads)
      check(payload, files)
      const nonce = payload.nonce == null ? null : String(payload.nonce)
      const first = payload.enforce_nonce ? sameNonce(messages, channel, nonce) : undefined
      if (first) return first
      if (isEmpty(payload, files) && ((payload.flags ?? 0) & messageFlags.loading) === 0)
        throw new DiscordError(400, 50006, 'Cannot send an empty message')
      // A message wakes a thread that sleeps.
      place.archived = false
      const message: EmulatedMessage = {
        id: snowflake(),
        channel_id: channel,
        author: bot,
        content: (payload.content ?? '').trim(),
        embeds: payload.embeds ?? [],
        components: payload.components ?? [],
        attachments: stored(payload, files, []),
        flags: payload.flags ?? 0,
        pinned: false,
        nonce,
        timestamp: new Date().toISOString(),
        edited_timestamp: null,
        pinged: onlyFor === null ? pings(payload) : [],
        onlyFor,
        edits: 0,
      }
      messages.set(message.id, message)
      return message
    },
    edit(message, payload, files) {
      if (message.author.id !== bot.id) throw forbidden(50005, 'Cannot edit a message authored by another user')
      if (channels.get(message.channel_id)?.archived) throw new DiscordError(400, 50083, 'Thread is archived')
      const kept = payload.attachments === undefined ? message.attachments : keptOf(message, payload)
      check(
        payload,
        files,
        kept.map(({ filename }) => filename),
      )
      if (payload.content !== undefined) message.content = (payload.content ?? '').trim()
      if (payload.embeds !== undefined) message.embeds = payload.embeds ?? []
      if (payload.components !== undefined) message.components = payload.components ?? []
      message.attachments = stored(payload, files, kept)
      message.flags &= ~messageFlags.loading
      message.edited_timestamp = new Date().toISOString()
      message.edits += 1
      return message
    },
    beginThread(channel, id, name) {
      const message = world.message(channel, id)
      world.need(PermissionFlagsBits.CreatePublicThreads)
      if (channels.get(channel)?.parent_id !== null) throw new DiscordError(400, 50024, 'Cannot execute action on this channel type')
      if (channels.has(id)) throw new DiscordError(400, 160004, 'A thread has already been created for this message')
      if (name.trim() === '' || name.length > 100) throw invalidForm(['name: 1 to 100 characters'])
      const thread: EmulatedChannel = { id, guild_id: guildId, type: 11, name, parent_id: channel, archived: false }
      channels.set(id, thread)
      message.flags |= messageFlags.hasThread
      return thread
    },
    need(right) {
      if (!world.invited || (world.denied & PermissionFlagsBits.ViewChannel) !== 0n) throw forbidden(50001, 'Missing Access')
      if ((world.denied & right) !== 0n) throw forbidden(50013, right === pinRight ? 'Missing Permissions to pin' : 'Missing Permissions')
    },
  }

  function check(payload: MessagePayload, files: readonly UploadedFile[], kept: readonly string[] = []): void {
    const problems = messageProblems(payload, files, kept)
    if (problems.length > 0) throw invalidForm(problems)
  }
  return world
}

const isEmpty = ({ content, embeds, components }: MessagePayload, files: readonly UploadedFile[]): boolean =>
  (content ?? '').trim() === '' && (embeds ?? []).length === 0 && files.length === 0 && allComponents(components ?? []).length === 0

const sameNonce = (messages: ReadonlyMap<string, EmulatedMessage>, channel: string, nonce: string | null): EmulatedMessage | undefined =>
  [...messages.values()].find(
    (m) => nonce !== null && m.nonce === nonce && m.channel_id === channel && Date.now() - Date.parse(m.timestamp) < nonceMs,
  )

const keptOf = (message: EmulatedMessage, { attachments }: MessagePayload): readonly EmulatedAttachment[] =>
  message.attachments.filter(({ id }) => (attachments ?? []).some((wanted) => String(wanted.id) === id))

function stored(
  { attachments }: MessagePayload,
  files: readonly UploadedFile[],
  kept: readonly EmulatedAttachment[],
): readonly EmulatedAttachment[] {
  const added = files.map(({ index, name, size, type }) => {
    const id = snowflake()
    const url = `https://cdn.discordapp.com/attachments/${id}/${name}`
    const description = (attachments ?? []).find((wanted) => String(wanted.id) === String(index))?.description ?? null
    return { id, filename: name, description, size, content_type: type, url, proxy_url: url }
  })
  return [...kept, ...added]
}

/** Who hears of a new message: whom it names, as far as it may. Without a word about mentions everybody may be named. */
function pings({ content, allowed_mentions: allowed, flags }: MessagePayload): readonly string[] {
  if (((flags ?? 0) & messageFlags.suppressNotifications) !== 0) return []
  const text = (content ?? '').replaceAll(/\\[@<]/g, '')
  const parse = allowed?.parse ?? (allowed ? [] : ['users', 'roles', 'everyone'])
  const named = [...text.matchAll(/<@!?(\d+)>/g)].flatMap(([, id]) => id ?? [])
  const users = named.filter((id) => parse.includes('users') || (allowed?.users ?? []).includes(id))
  const everyone = parse.includes('everyone') && /@(everyone|here)/.test(text) ? ['everyone'] : []
  return [...new Set([...users, ...everyone])]
}
