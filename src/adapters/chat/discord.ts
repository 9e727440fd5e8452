import type { Interaction } from 'discord.js'
import type { DiscordAccess } from '../../config/environment.ts'
import type { Chat, ChatInbound, CommandSpec } from '../../ports/chat.ts'
import type { KeyValueStore } from '../../ports/key-value.ts'
import { createAnswers } from './discord/answer.ts'
import { registerCommands } from './discord/commands.ts'
import { createDeliver } from './discord/deliver.ts'
import { createGateway } from './discord/gateway.ts'
import { createInteractions } from './discord/interactions.ts'
import type { DiscordLog } from './discord/messages.ts'
import { createPictures } from './discord/pictures.ts'
import { closeRest, createRest, problemOf } from './discord/rest.ts'

export { registerDiscordCommands } from './discord/commands.ts'
export { diagnoseDiscord, discordInvite } from './discord/diagnose.ts'

export interface DiscordOptions {
  readonly access: DiscordAccess
  readonly commands: readonly CommandSpec[]
  /** Where the hash of the registered commands is kept. */
  readonly remembered: KeyValueStore
  readonly log: DiscordLog
  /** Discord refused us for good: the process should end, so that somebody looks. */
  readonly onFatal?: (reason: string) => void
}

/** How long `stop` waits for what is under way. */
const drainMs = 5_000

/** A Discord server's channel, its threads, and private answers there. */
export function createDiscordChat({ access, commands, remembered, log, onFatal = () => undefined }: DiscordOptions): Chat {
  const underWay = new Set<Promise<void>>()
  let inbound: ChatInbound | null = null
  let interactions: ReturnType<typeof createInteractions> | null = null
  let stopping = false
  let registered = false
  let fatal = false

  /** Once: the first reason is the one that counts. */
  function end(reason: string): void {
    if (fatal || stopping) return
    fatal = true
    log.error({ reason }, 'Discord is lost')
    onFatal(reason)
  }
  function track(work: Promise<void>): void {
    const watched = work.catch((error: unknown) => log.error({ problem: problemOf(error) }, 'work for Discord failed'))
    underWay.add(watched)
    void watched.then(() => underWay.delete(watched))
  }

  const now = (): number => Date.now()
  const rest = createRest({ access, onRefusedToken: () => end('Discord refuses DISCORD_TOKEN: copy the token again (Bot → Reset Token)') })
  const pictures = createPictures(async (picture) => (stopping ? null : ((await inbound?.picture(picture)) ?? null)), log)
  const answers = createAnswers({ rest, pictures, log, now })
  const deliver = createDeliver({ rest, channelId: access.channelId, pictures, log, track, now })

  function take(interaction: Interaction): void {
    if (interactions !== null) track(stopping ? interactions.refuse(interaction) : interactions.handle(interaction))
  }
  async function register(): Promise<void> {
    try {
      const outcome = await registerCommands(rest, access, commands, remembered)
      registered = true
      log.info({ commands: commands.length, outcome }, 'commands on Discord')
    } catch (error) {
      // Buttons work without them, and the doctor says what to do.
      log.error({ problem: error instanceof Error ? error.message : '' }, 'commands are not listed on Discord')
    }
  }
  function onReady(): void {
    if (!registered) track(register())
  }
  const gateway = createGateway({ access, log, onInteraction: take, onReady, onFatal: end })

  let stopped: Promise<void> | null = null
  async function stop(): Promise<void> {
    stopping = true
    await Promise.race([Promise.all(underWay), deadline(drainMs)])
    await gateway.stop()
    closeRest(rest)
  }

  return {
    name: 'discord',
    async start(given) {
      inbound = given
      interactions = createInteractions({ access, commands, inbound: given, answers, log })
      await gateway.start()
    },
    stop() {
      stopped ??= stop()
      return stopped
    },
    connected: () => !fatal && gateway.ready(),
    deliver,
    async presence(words) {
      gateway.presence(words)
    },
  }
}

const deadline = (ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ms).unref()
  })
