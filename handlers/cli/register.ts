import { z } from 'zod'
import { defineCli, exitCodes } from '../../src/app/cli.ts'

export const cli = defineCli({
  name: 'register',
  summary: "tell Discord the bot's commands, or print the manifest that makes a Slack app",
  arguments: [{ syntax: '<platform>', description: 'discord or slack' }],
  options: [
    {
      syntax: '--url <address>',
      description: 'Slack over signed HTTP: where it reaches this bot, https://bot.example; without: Socket Mode',
    },
  ],
  input: z.object({
    platform: z.enum(['discord', 'slack'], { error: 'must be discord or slack' }),
    url: z.url({ protocol: /^https$/, error: 'must start with https://' }).optional(),
  }),
  async run({ input, deps }) {
    if (input.platform === 'slack') {
      deps.print(JSON.stringify(await deps.chats.slackManifest(input.url ?? null), null, 2))
      return exitCodes.ok
    }
    const { text } = await deps.chats.registerDiscord(deps.environment())
    deps.print(`✓ ${text}`)
    return exitCodes.ok
  },
})
