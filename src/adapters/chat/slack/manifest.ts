import type { CommandSpec } from '../../../ports/chat.ts'
import { clipped, visible } from './text.ts'

export interface ManifestOptions {
  readonly socketMode: boolean
  /** Where Slack reaches this bot, ending in /api/v1/slack/events; null in Socket Mode. */
  readonly requestUrl: string | null
}

/**
 * Slack's own commands win over an app's of the same name, so these are reached as `/catalyst <name>` only.
 * From Slack's list of built-in commands, with those that old clients still know.
 */
const slackOwn: ReadonlySet<string> = new Set(
  (
    'active apps archive away call canvas collapse dm dnd expand feed feedback help huddle invite invite_people join keys kick leave me ' +
    'msg mute open prefs remind remove rename search shortcuts shrug star status topic who'
  ).split(' '),
)
const most = { commands: 50, name: 32, description: 2_000, hint: 1_000 }

/** Bot scopes, each with what needs it. */
export const botScopes: Readonly<Record<string, string>> = {
  commands: 'slash commands',
  'chat:write': 'posting and editing cards',
  'files:write': 'sending charts',
  'pins:write': 'pinning the status line',
  'channels:history': 'not posting twice after a lost answer',
  'groups:history': 'the same in a private channel',
  'channels:read': 'checking that the bot is in its channel',
  'groups:read': 'the same in a private channel',
}

const fits = ({ name }: CommandSpec): boolean =>
  !slackOwn.has(name) && /^[a-z0-9_-]+$/.test(name) && name.length < most.name && name !== 'catalyst'

/** Commands that Slack can be typed as they are, and those that need `/catalyst` before them. */
export function slackCommands(commands: readonly CommandSpec[]): {
  readonly plain: readonly CommandSpec[]
  readonly prefixed: readonly CommandSpec[]
} {
  const plain = commands.filter(fits).slice(0, most.commands - 1)
  return { plain, prefixed: commands.filter((command) => !plain.includes(command)) }
}

/** What https://api.slack.com/apps takes under "From a manifest". */
export function slackManifest(commands: readonly CommandSpec[], { socketMode, requestUrl }: ManifestOptions) {
  const address = socketMode || requestUrl === null ? {} : { request_url: requestUrl }
  const url = socketMode || requestUrl === null ? {} : { url: requestUrl }
  const slash = (command: string, description: string, hint: string) => ({
    command: `/${command}`,
    description: clipped(visible(description), most.description) || command,
    ...(hint !== '' && { usage_hint: clipped(hint, most.hint) }),
    should_escape: false,
    ...url,
  })
  return {
    _metadata: { major_version: 1, minor_version: 1 },
    display_information: {
      name: 'Catalyst',
      description: 'Approve or reject trades from your phone, and stop everything with one command.',
      background_color: '#14213d',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: false, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'catalyst', always_online: true },
      slash_commands: [
        slash('catalyst', 'Any command: /catalyst help lists them', 'positions | pnl | kill | …'),
        ...slackCommands(commands).plain.map((command) => slash(command.name, command.summary, usage(command))),
      ],
    },
    oauth_config: { scopes: { bot: Object.keys(botScopes) } },
    settings: {
      event_subscriptions: { ...address, bot_events: ['app_home_opened'] },
      interactivity: { is_enabled: true, ...address },
      org_deploy_enabled: false,
      socket_mode_enabled: socketMode,
      token_rotation_enabled: false,
    },
  }
}

const usage = (command: CommandSpec): string =>
  command.arguments
    .map(({ name, required, values }) => (required ? `<${values?.join('|') ?? name}>` : `[${values?.join('|') ?? name}]`))
    .join(' ')
