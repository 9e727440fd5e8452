import { PermissionFlagsBits } from 'discord.js'
import { DiscordError, invalidForm, unknown } from './errors.ts'
import { snowflake } from './ids.ts'
import type { CallbackBody, Interactions } from './interactions.ts'
import { commandProblems } from './other-rules.ts'
import { type EmulatedMessage, type MessagePayload, messageFlags, type RegisteredCommand, type UploadedFile } from './shapes.ts'
import { channelView, guildView, memberView, messageView } from './views.ts'
import type { World } from './world.ts'

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly files: readonly UploadedFile[]
}
export interface Route {
  readonly method: string
  readonly path: RegExp
  /** Undefined: 204. */
  readonly run: (exchange: Exchange, parameters: readonly string[]) => unknown
}
export interface RouteParts {
  readonly world: World
  readonly interactions: Interactions
  readonly gatewayUrl: () => string
  readonly dispatch: (event: string, data: unknown) => void
}

const route = (method: string, path: string, run: Route['run']): Route => ({
  method,
  path: new RegExp(`^${path.replaceAll(':id', '(\\d+)').replaceAll(':token', '([^/]+)')}$`),
  run,
})

export const createRoutes = (parts: RouteParts): readonly Route[] => [
  ...serverRoutes(parts),
  ...messageRoutes(parts),
  ...interactionRoutes(parts),
]

function serverRoutes({ world, gatewayUrl }: RouteParts): readonly Route[] {
  const own = (guild: string | undefined): void => {
    if (guild !== world.guildId || !world.invited) throw unknown(10004, 'Guild')
  }
  return [
    route('GET', '/gateway/bot', () => ({
      url: gatewayUrl(),
      shards: 1,
      session_start_limit: { total: 1000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 },
    })),
    route('GET', '/users/@me', () => world.bot),
    route('GET', '/applications/@me', () => ({ id: world.applicationId, name: 'Catalyst', description: '', bot: world.bot, flags: 0 })),
    route('GET', '/guilds/:id', (_, [guild]) => {
      own(guild)
      return guildView(world)
    }),
    route('GET', '/guilds/:id/members/:id', (_, [guild]) => {
      own(guild)
      return memberView(world)
    }),
    route('GET', '/applications/:id/guilds/:id/commands', (_, [, guild]) => {
      if (guild !== world.guildId || !world.invited) throw new DiscordError(403, 50001, 'Missing Access')
      return world.commands
    }),
    route('PUT', '/applications/:id/guilds/:id/commands', ({ body }, [application, guild]) => {
      if (guild !== world.guildId || !world.invited || application !== world.applicationId)
        throw new DiscordError(403, 50001, 'Missing Access')
      const wanted = body as readonly Omit<RegisteredCommand, 'id'>[]
      const problems = commandProblems(wanted)
      if (problems.length > 0) throw invalidForm(problems)
      world.commands = wanted.map((command) => ({ ...command, id: snowflake() }))
      return world.commands
    }),
  ]
}

function messageRoutes({ world, dispatch }: RouteParts): readonly Route[] {
  const view = (message: EmulatedMessage) => messageView(world, message)
  return [
    route('GET', '/channels/:id', (_, [channel = '']) => channelView(world, world.channel(channel))),
    route('PATCH', '/channels/:id', ({ body }, [id = '']) => {
      const channel = world.channel(id)
      channel.archived = (body as { readonly archived?: boolean }).archived ?? channel.archived
      return channelView(world, channel)
    }),
    route('GET', '/channels/:id/messages', ({ query }, [channel = '']) => {
      world.channel(channel)
      if ((world.denied & PermissionFlagsBits.ReadMessageHistory) !== 0n) return []
      return world.newest(channel, Number(query.get('limit') ?? 50)).map(view)
    }),
    route('POST', '/channels/:id/messages', ({ body, files }, [channel = '']) => view(world.post(channel, body as MessagePayload, files))),
    route('GET', '/channels/:id/messages/:id', (_, [channel = '', id = '']) => view(world.message(channel, id))),
    route('PATCH', '/channels/:id/messages/:id', ({ body, files }, [channel = '', id = '']) =>
      view(world.edit(world.message(channel, id), body as MessagePayload, files)),
    ),
    route('PUT', '/channels/:id/messages/pins/:id', (_, [channel = '', id = '']) => {
      const message = world.message(channel, id)
      world.need(PermissionFlagsBits.PinMessages)
      message.pinned = true
    }),
    route('POST', '/channels/:id/messages/:id/threads', ({ body }, [channel = '', id = '']) => {
      const thread = channelView(world, world.beginThread(channel, id, (body as { readonly name: string }).name))
      dispatch('THREAD_CREATE', { ...thread, newly_created: true })
      return thread
    }),
  ]
}

function interactionRoutes({ world, interactions }: RouteParts): readonly Route[] {
  const original = (application = '', token = ''): { readonly message: EmulatedMessage; readonly answered: () => void } => {
    const interaction = interactions.byToken(application, token)
    if (interaction.original === null || !world.messages.has(interaction.original.id)) throw unknown(10008, 'Message')
    return {
      message: interaction.original,
      answered() {
        interaction.answered = true
      },
    }
  }
  return [
    route('POST', '/interactions/:id/:token/callback', ({ body, files, query }, [id = '', token = '']) => {
      const { original: message } = interactions.acknowledge(id, token, body as CallbackBody, files)
      if (query.get('with_response') !== 'true') return undefined
      return { interaction: { id, type: 0 }, ...(message ? { resource: { type: 4, message: messageView(world, message) } } : {}) }
    }),
    route('GET', '/webhooks/:id/:token/messages/@original', (_, [application, token]) =>
      messageView(world, original(application, token).message),
    ),
    route('PATCH', '/webhooks/:id/:token/messages/@original', ({ body, files }, [application, token]) => {
      const { message, answered } = original(application, token)
      const edited = world.edit(message, body as MessagePayload, files)
      answered()
      return messageView(world, edited)
    }),
    route('POST', '/webhooks/:id/:token', ({ body, files }, [application = '', token = '']) => {
      const { userId, channelId } = interactions.byToken(application, token)
      const payload = body as MessagePayload
      const onlyFor = ((payload.flags ?? 0) & messageFlags.ephemeral) !== 0 ? userId : null
      return messageView(world, world.post(channelId, payload, files, onlyFor))
    }),
  ]
}
