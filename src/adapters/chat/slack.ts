import { SocketModeReceiver } from '@slack/bolt'
import type { SlackAccess } from '../../config/environment.ts'
import { type Chat, type ChatInbound, type CommandSpec, NotDelivered } from '../../ports/chat.ts'
import { createAnswers } from './slack/answers.ts'
import { clientOptions, webClient } from './slack/client.ts'
import { keepConnected, watchMessages } from './slack/connection.ts'
import { withinTime } from './slack/deadline.ts'
import { createTroubles } from './slack/failures.ts'
import { Intake } from './slack/intake.ts'
import { listen } from './slack/interactions.ts'
import { boltLogger, type SlackLog } from './slack/log.ts'
import { slackCommands } from './slack/manifest.ts'
import { createPoster, type Poster } from './slack/poster.ts'
import { type SignedAnswer, type SignedHeaders, SignedReceiver } from './slack/signed-receiver.ts'

export { diagnoseSlack } from './slack/diagnose.ts'
export { slackManifest } from './slack/manifest.ts'

export interface SlackOptions {
  readonly access: SlackAccess
  readonly commands: readonly CommandSpec[]
  readonly log: SlackLog
}
export interface SlackChat extends Chat {
  /** A request of Slack's over HTTP; answered within three seconds. In Socket Mode there are none: 404. */
  receive(headers: SignedHeaders, rawBody: string): Promise<SignedAnswer>
}

/** Real milliseconds that work under way may take once the bot is told to stop. */
const drainMs = 5_000
/** The client calls a silent connection dead after this; a busy main loop must not look like one. */
const pongWithinMs = 15_000

/** Slack as a chat: Socket Mode with an app token, else requests that Slack signs. @throws with neither of them. */
export function createSlackChat({ access, commands, log }: SlackOptions): SlackChat {
  const client = webClient(access.botToken, access, log)
  const troubles = createTroubles(log)
  const receiver = receiverFor(access, log)
  let self: { readonly team: string; readonly bot: string; readonly user: string } | null = null
  let poster: Poster | null = null
  const intake = new Intake(
    {
      receiver,
      // Our own words for who we are: the client asks once, and a failure of that would end the process.
      authorize: async () => ({
        botToken: access.botToken,
        ...(self !== null && { botId: self.bot, botUserId: self.user, teamId: self.team }),
      }),
      clientOptions: clientOptions(access, log),
      logger: boltLogger(log),
      convoStore: false,
    },
    log,
  )
  intake.error(async (error) => log.error({ chat: 'slack', error: error.original ?? error }, 'something from Slack could not be handled'))

  async function identify(): Promise<void> {
    if (self !== null) return
    const { team_id: team, bot_id: bot, user_id: user } = await client.auth.test()
    if (team === undefined || bot === undefined || user === undefined) throw new Error('SLACK_BOT_TOKEN is not the token of a bot')
    self = { team, bot, user }
    // Whoever taps before we know which workspace is ours would be taken for a stranger.
    if (receiver instanceof SignedReceiver) await receiver.start()
  }
  const socket = receiver instanceof SocketModeReceiver ? receiver.client : null
  const connection = keepConnected({ socket, identify, log })

  return {
    name: 'slack',
    async start(inbound: ChatInbound) {
      const channel = access.channelId
      const picture = inbound.picture.bind(inbound)
      poster = createPoster({ client, channel, botId: () => self?.bot ?? null, picture, troubles, log })
      const answer = createAnswers({ client, channel, picture, troubles })
      listen(intake, { client, inbound, channel, team: () => self?.team ?? null, answer, troubles, log })
      await connection.start()
      const prefixed = slackCommands(commands).prefixed.map(({ name }) => name)
      if (prefixed.length > 0)
        log.info({ chat: 'slack', prefixed }, 'Slack has its own commands of these names: type /catalyst before them')
    },
    async stop() {
      if (receiver instanceof SignedReceiver) await receiver.stop()
      await withinTime(intake.close(), drainMs).catch(() => log.warn({ chat: 'slack' }, 'stopped while something was under way'))
      await withinTime(poster?.settled() ?? Promise.resolve(), drainMs).catch(() => undefined)
      await connection.stop()
    },
    connected: () => connection.up(),
    async deliver(card, delivery) {
      if (poster === null) throw new NotDelivered('Slack was not started')
      return poster.deliver(card, delivery)
    },
    async receive(headers, rawBody) {
      return receiver instanceof SignedReceiver ? receiver.receive(headers, rawBody) : { status: 404, body: 'Socket Mode is in use.' }
    },
  }
}

function receiverFor(access: SlackAccess, log: SlackLog): SocketModeReceiver | SignedReceiver {
  if (access.appToken === null) {
    if (access.signingSecret === null) throw new Error('Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (signed HTTP)')
    return new SignedReceiver(access.signingSecret, log)
  }
  const receiver = new SocketModeReceiver({
    appToken: access.appToken,
    logger: boltLogger(log),
    autoReconnectEnabled: false,
    clientPingTimeout: pongWithinMs,
    installerOptions: { clientOptions: clientOptions(access, log) },
    customPropertiesExtractor: ({ envelope_id: envelopeId }: { envelope_id?: unknown }) => ({ envelopeId }),
  })
  watchMessages(receiver.client, log)
  return receiver
}
