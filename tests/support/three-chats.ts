import { type DiscordEmulator, startDiscordEmulator } from '../emulators/discord.ts'
import { type SlackEmulator, startSlack } from '../emulators/slack/emulator.ts'
import { plainBroker, startTestBot, type TestBot, type TestBotOptions } from './bot.ts'

/** People who may approve, on either platform. */
export const discordPeople = ['2001', '2002', '2003', '2004', '2005', '2006', '2007', '2008', '2009', '2010'] as const
export const slackPeople = ['U1', 'U2', 'U3', 'U4', 'U5', 'U6', 'U7', 'U8', 'U9', 'U10'] as const

export interface Platforms {
  readonly discord: DiscordEmulator
  readonly slack: SlackEmulator
  /** What the bot's environment says. */
  readonly environment: Readonly<Record<string, string>>
  /** Who may approve, for the settings. */
  readonly people: Readonly<Record<string, 'approver'>>
  close(): Promise<void>
}

/** How Slack reaches the bot. */
export type SlackMode = 'socket' | 'http'

/** Discord and Slack, as strict as the real ones, in this process. */
export async function startPlatforms(mode: SlackMode = 'socket'): Promise<Platforms> {
  const [discord, slack] = await Promise.all([startDiscordEmulator(), startSlack()])
  const access = slack.access(mode)
  return {
    discord,
    slack,
    environment: {
      DISCORD_TOKEN: discord.access.token,
      DISCORD_GUILD_ID: discord.access.guildId,
      DISCORD_CHANNEL_ID: discord.access.channelId,
      DISCORD_API_URL: discord.access.apiUrl,
      SLACK_BOT_TOKEN: access.botToken,
      SLACK_APP_TOKEN: access.appToken ?? '',
      SLACK_SIGNING_SECRET: access.signingSecret ?? '',
      SLACK_CHANNEL_ID: access.channelId,
      SLACK_API_URL: access.apiUrl ?? '',
    },
    people: Object.fromEntries([
      ...discordPeople.map((id) => [`discord:${id}`, 'approver' as const]),
      ...slackPeople.map((id) => [`slack:${id}`, 'approver' as const]),
    ]),
    async close() {
      await Promise.all([discord.stop(), slack.close()])
    },
  }
}

export interface ThreeChats extends Platforms {
  readonly bot: TestBot
  stop(): Promise<void>
}

/** A bot with Discord, Slack and the console live at once. */
export async function startThreeChats(options: TestBotOptions = {}, mode: SlackMode = 'socket'): Promise<ThreeChats> {
  const platforms = await startPlatforms(mode)
  const { discord, slack, environment, people } = platforms
  const bot = await startTestBot({ ...options, settings: { ...plainBroker, people, ...options.settings }, environment })
  if (mode === 'http') slack.postTo(new URL('/api/v1/slack/events', bot.url).href)
  await discord.until(() => discord.gateway.connections > 0 && (mode === 'http' || slack.socket.connected > 0), 20_000)
  return {
    ...platforms,
    bot,
    async stop() {
      await bot.stop()
      await platforms.close()
    },
  }
}

/** The copies of a proposal's card: what both platforms show that leads to its chain. */
export function copiesOf({ discord, slack }: Pick<Platforms, 'discord' | 'slack'>, proposalId: string) {
  const about = (message: object) => JSON.stringify(message).includes(`"why:${proposalId}"`)
  return {
    discord: discord.messages().filter(({ components }) => about(components)),
    slack: slack.messages().filter(({ blocks }) => about([...blocks])),
  }
}

/** All words that a person reads on a message of either platform. */
export const words = (message: object): string => JSON.stringify(message)
