import type { ChatTools, Finding } from './app/cli.ts'
import { commandSpecs } from './app/command.ts'
import { commands, loadPlugins } from './plugins.ts'
import type { KeyValueStore } from './ports/key-value.ts'

/** Where Slack's signed requests come in. */
const slackPath = '/api/v1/slack/events'

const specs = async () => commandSpecs(await loadPlugins(commands))

/** A running bot may hold the books, so nothing is looked up there and nothing is kept: registering twice does no harm. */
const nothing: KeyValueStore = { load: async () => new Map(), save: async () => undefined }

/** The clients are large: each is loaded only when its chat is asked for. */
export const chatTools: ChatTools = {
  async diagnose({ discord, slack }) {
    const findings: Finding[] = []
    if (discord) {
      const { diagnoseDiscord } = await import('./adapters/chat/discord.ts')
      findings.push(...(await diagnoseDiscord(discord, await specs(), null)))
    }
    if (slack) {
      const { diagnoseSlack } = await import('./adapters/chat/slack.ts')
      findings.push(...(await diagnoseSlack(slack, await specs())))
    }
    return findings
  },
  async registerDiscord({ discord }) {
    if (!discord) throw new Error('Discord is not configured: set DISCORD_TOKEN, DISCORD_GUILD_ID and DISCORD_CHANNEL_ID in .env')
    const { registerDiscordCommands } = await import('./adapters/chat/discord.ts')
    const known = await specs()
    await registerDiscordCommands(discord, known, nothing)
    return { good: true, text: `Discord: ${known.length} commands registered in server ${discord.guildId}` }
  },
  async slackManifest(address) {
    const { slackManifest } = await import('./adapters/chat/slack.ts')
    const requestUrl = address === null ? null : new URL(slackPath, address).href
    return slackManifest(await specs(), { socketMode: address === null, requestUrl })
  },
}
