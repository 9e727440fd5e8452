import { ActivityType, Client, Events, GatewayIntentBits, type Interaction, Options, Partials, Status } from 'discord.js'
import type { DiscordAccess } from '../../../config/environment.ts'
import type { DiscordLog } from './messages.ts'
import { problemOf, restOptions } from './rest.ts'

export interface GatewayParts {
  readonly access: DiscordAccess
  readonly log: DiscordLog
  readonly onInteraction: (interaction: Interaction) => void
  /** Ready for the first time, or anew with a session of its own. */
  readonly onReady: () => void
  /** Will never work again without somebody's help. */
  readonly onFatal: (reason: string) => void
}
export interface Gateway {
  /** Resolves once connected, or after a while: it goes on trying. @throws Error when Discord refuses us for good. */
  start(): Promise<void>
  stop(): Promise<void>
  ready(): boolean
  presence(words: string): void
}

const patienceMs = 15_000
const longestRetryMs = 60_000
/** A closing handshake that nobody answers must not hold up the process. */
const closeMs = 2_000
/** Discord's own: after these codes discord.js gives up, and the process would live on deaf. */
const fatalCodes: Readonly<Record<number, string>> = {
  4004: 'it does not know the token: copy it again (Bot → Reset Token) into DISCORD_TOKEN',
  4010: 'the shard is invalid',
  4011: 'the bot is in too many servers for one connection',
  4012: 'this version of its gateway is gone: update the program',
  4013: 'the intents are invalid',
  4014: 'the bot may not use an intent: it needs none that has to be switched on, so look under Bot → Privileged Gateway Intents',
}
const invalidToken = 'Discord refuses DISCORD_TOKEN: copy the token again (Bot → Reset Token)'

export function createGateway(parts: GatewayParts): Gateway {
  const { access, log } = parts
  let client: Client | null = null
  let words = ''
  let stopped = false
  let fatal: string | null = null

  function show(): void {
    if (words !== '') client?.user?.setPresence({ activities: [{ type: ActivityType.Custom, name: words.slice(0, 128) }] })
  }

  function open(onFatal: (reason: string) => void): Client {
    const opened = newClient(access)
    guard(opened, log)
    opened.on(Events.InteractionCreate, (interaction) => parts.onInteraction(interaction))
    // Every reconnect that could not resume begins a session without a presence.
    opened.on(Events.ShardReady, () => {
      show()
      parts.onReady()
    })
    opened.on(Events.ShardDisconnect, ({ code }) => {
      const reason = fatalCodes[code]
      if (reason === undefined || stopped) return
      fatal = `Discord closed the connection for good (${code}): ${reason}`
      onFatal(fatal)
    })
    // Without a listener these would end the process.
    opened.on(Events.Error, (error) => log.error({ problem: problemOf(error) }, 'discord.js reported an error'))
    opened.on(Events.ShardError, (error) => log.warn({ problem: problemOf(error) }, 'the connection to Discord has trouble'))
    opened.on(Events.Warn, (problem) => log.warn({ problem }, 'discord.js warns'))
    opened.on(Events.ShardReconnecting, () => log.info({}, 'the connection to Discord broke; reconnecting'))
    opened.on(Events.ShardResume, (_, replayed) => {
      log.info({ replayed }, 'the connection to Discord is back')
      show()
    })
    return opened
  }

  /** Tries until it is connected. @throws Error when nothing but a person can help. */
  async function connect(onFatal: (reason: string) => void): Promise<void> {
    for (let wait = 1_000; !stopped; wait = Math.min(longestRetryMs, wait * 2)) {
      client = open(onFatal)
      try {
        await client.login(access.token)
        return
      } catch (error) {
        if (stopped) return
        if (fatal === null && isInvalidToken(error)) {
          fatal = invalidToken
          onFatal(fatal)
        }
        if (fatal !== null) throw new Error(fatal)
        log.warn({ problem: problemOf(error), retryInMs: wait }, 'Discord could not be reached; trying again')
        await pause(wait)
      }
    }
  }

  const ready = (): boolean =>
    !stopped && fatal === null && client?.isReady() === true && client.ws.shards.every(({ status }) => status === Status.Ready)

  return {
    async start() {
      let started = false
      const connecting = connect((reason) => (started ? parts.onFatal(reason) : undefined))
      const first = await Promise.race([connecting.then(() => 'connected' as const), patience()])
      started = true
      if (first === 'waiting') {
        log.warn({}, 'Discord takes its time; messages wait until it answers')
        // What is fatal from here on is told through onFatal.
        connecting.catch(() => undefined)
      }
    },
    async stop() {
      stopped = true
      await Promise.race([client?.destroy(), pause(closeMs)])
    },
    ready,
    presence(said) {
      if (said === words) return
      words = said
      // While it reconnects, discord.js would wait for a new session that a resumed one never is.
      if (ready()) show()
    },
  }
}

/** A payload that discord.js cannot read makes it throw where nobody catches it: that would end the process. */
function guard({ ws }: Client, log: DiscordLog): void {
  const handle: unknown = Reflect.get(ws, 'handlePacket')
  if (typeof handle !== 'function') throw new Error('this version of discord.js handles packets in another way')
  Reflect.set(ws, 'handlePacket', (...packet: unknown[]): unknown => {
    try {
      return Reflect.apply(handle, ws, packet)
    } catch (error) {
      log.error({ problem: problemOf(error) }, 'something from Discord could not be read')
      return true
    }
  })
}

const isInvalidToken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'TokenInvalid'

const pause = (ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ms).unref()
  })
const patience = async (): Promise<'waiting'> => {
  await pause(patienceMs)
  return 'waiting'
}

/** One shard that hears of nothing but our own server's channels and of interactions, and keeps little in memory. */
const newClient = (access: DiscordAccess): Client =>
  new Client({
    intents: [GatewayIntentBits.Guilds],
    // Whoever presses a button in an archived thread names a channel that is not in memory: it comes with the press.
    partials: [Partials.Channel],
    allowedMentions: { parse: [] },
    rest: { ...restOptions(access), retries: 1 },
    // A server that is out of order must not keep interactions waiting until they have expired.
    waitGuildTimeout: 1_000,
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      UserManager: 200,
      GuildMemberManager: { maxSize: 200, keepOverLimit: (member) => member.id === member.client.user.id },
      PresenceManager: 0,
      ReactionManager: 0,
    }),
  })
