import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFaults, type Faults } from './discord/faults.ts'
import { createGateway, type EmulatedGateway } from './discord/gateway.ts'
import { createHandler, type InvalidRequest, type RecordedRequest } from './discord/http.ts'
import { createInteractions, type EmulatedInteraction } from './discord/interactions.ts'
import { discordSpecification } from './discord/openapi.ts'
import { createPerson, type Person } from './discord/people.ts'
import { createRateLimits, type RateLimits } from './discord/rate-limits.ts'
import { createRoutes } from './discord/routes.ts'
import type { EmulatedChannel, EmulatedMessage, RegisteredCommand } from './discord/shapes.ts'
import { messageView } from './discord/views.ts'
import { createWorld, type World } from './discord/world.ts'

export interface DiscordEmulatorOptions {
  /** Speeds up the platform's own deadlines: 2 halves them. */
  readonly clockFactor?: number
  readonly rateLimits?: RateLimits
  /** For faults that happen with a probability. */
  readonly random?: () => number
}
export interface DiscordEmulator {
  /** What the bot's environment says. */
  readonly access: { readonly token: string; readonly guildId: string; readonly channelId: string; readonly apiUrl: string }
  readonly applicationId: string
  readonly world: World
  readonly faults: Faults
  readonly gateway: EmulatedGateway
  readonly requests: readonly RecordedRequest[]
  /** How many requests were held against the official description, and what was wrong; `official` false: it was not there. */
  readonly validation: { readonly official: boolean; readonly checked: number; readonly invalid: readonly InvalidRequest[] }
  readonly commands: readonly RegisteredCommand[]
  user(id: string, name: string): Person
  /** What everybody sees, oldest first. */
  messages(channel?: string): readonly EmulatedMessage[]
  /** Private answers. */
  visibleTo(user: string): readonly EmulatedMessage[]
  threads(): readonly EmulatedChannel[]
  /** Somebody with the right to do so deletes a message. */
  remove(messageId: string): void
  /** Discord sends the same interaction once more. */
  redeliver(interaction: EmulatedInteraction): void
  /** A payload as no client would send it. */
  forge(payload: object): void
  /** Resolves true once it holds, false after `ms`. */
  until(holds: () => boolean, ms?: number): Promise<boolean>
  stop(): Promise<void>
}

/** Discord's REST and gateway in this process, as strict as the real ones. */
export async function startDiscordEmulator(options: DiscordEmulatorOptions = {}): Promise<DiscordEmulator> {
  const { clockFactor = 1, rateLimits = { limit: 1_000, windowMs: 1_000 }, random = Math.random } = options
  const world = createWorld()
  const waiting = new Set<() => void>()
  const changed = (): void => {
    for (const look of [...waiting]) look()
  }
  const ackMs = (): number => 3_000 / clockFactor
  const interactions = createInteractions(world, () => ({ ackMs: ackMs(), tokenMs: 900_000 / clockFactor }), changed)
  const faults = createFaults(random)
  const [requests, invalid]: [RecordedRequest[], InvalidRequest[]] = [[], []]
  const specification = discordSpecification()
  let checked = 0
  const onChecked = (): void => {
    checked += 1
  }
  const server = createServer()
  const port = (): number => (server.address() as AddressInfo).port
  const gatewayUrl = (): string => `ws://127.0.0.1:${port()}`
  const gateway = createGateway(server, world, gatewayUrl)
  const dispatch = (event: string, data: unknown): void => gateway.dispatch(event, data)
  const routes = createRoutes({ world, interactions, gatewayUrl, dispatch })
  const allowance = createRateLimits(() => rateLimits)
  const { token, guildId, channelId, applicationId, uploads } = world
  server.on(
    'request',
    createHandler({ token, routes, faults, allowance, specification, requests, invalid, uploads, onChecked, onChange: changed }),
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))

  const until = (holds: () => boolean, ms = 10_000): Promise<boolean> =>
    new Promise((resolve) => {
      const settle = (held: boolean): void => {
        waiting.delete(look)
        clearInterval(poll)
        clearTimeout(late)
        resolve(held)
      }
      const look = (): void => {
        if (holds()) settle(true)
      }
      const poll = setInterval(look, 20)
      const late = setTimeout(() => settle(holds()), ms)
      waiting.add(look)
      look()
    })
  const seenBy = (who: string | null) => [...world.messages.values()].filter(({ onlyFor }) => onlyFor === who)

  return {
    access: { token, guildId, channelId, apiUrl: `http://127.0.0.1:${port()}/api` },
    applicationId,
    world,
    faults,
    gateway,
    requests,
    validation: {
      official: specification !== null,
      get checked() {
        return checked
      },
      invalid,
    },
    get commands() {
      return world.commands
    },
    user: (id, name) => createPerson({ world, interactions, dispatch, until, ackMs }, id, name),
    messages: (channel = channelId) => seenBy(null).filter(({ channel_id }) => channel_id === channel),
    visibleTo: (user) => seenBy(user),
    threads: () => [...world.channels.values()].filter(({ type }) => type === 11),
    remove(id) {
      const message = world.messages.get(id)
      world.messages.delete(id)
      if (message) dispatch('MESSAGE_DELETE', { id, channel_id: message.channel_id, guild_id: guildId })
    },
    redeliver(interaction) {
      const { on } = interaction
      dispatch('INTERACTION_CREATE', { ...interaction.payload, ...(on ? { message: messageView(world, on) } : {}) })
    },
    forge: (payload) => dispatch('INTERACTION_CREATE', payload),
    until,
    async stop() {
      gateway.stop()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
