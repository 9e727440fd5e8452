import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { diagnoseSlack, slackManifest } from '../../../../src/adapters/chat/slack.ts'
import { commandSpecs } from '../../../../src/app/command.ts'
import { commands as commandKind, loadPlugins } from '../../../../src/plugins.ts'
import type { CommandSpec } from '../../../../src/ports/chat.ts'
import { startSlack } from '../../../emulators/slack/emulator.ts'
import type { SlackSettings } from '../../../emulators/slack/workspace.ts'
import { commands } from './given.ts'

/** Slack's manifest reference, as far as this app goes. */
const https = z.url({ protocol: /^https$/ })
const manifestShape = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(1), minor_version: z.literal(1) }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().max(140),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.literal(true),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: z.string().regex(/^[a-z0-9._-]{1,80}$/), always_online: z.boolean() }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
          description: z.string().min(1).max(2_000),
          usage_hint: z.string().min(1).max(1_000).optional(),
          should_escape: z.boolean(),
          url: https.optional(),
        }),
      )
      .max(50)
      .refine((list) => new Set(list.map(({ command }) => command)).size === list.length, 'commands are unique'),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string().regex(/^[a-z:.]+$/)).min(1) }) }),
  settings: z
    .strictObject({
      event_subscriptions: z.strictObject({ request_url: https.optional(), bot_events: z.array(z.string()) }),
      interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: https.optional() }),
      org_deploy_enabled: z.boolean(),
      socket_mode_enabled: z.boolean(),
      token_rotation_enabled: z.boolean(),
    })
    .refine(
      (s) => s.socket_mode_enabled || (s.interactivity.request_url && s.event_subscriptions.request_url),
      'without Socket Mode there are addresses',
    ),
})

const socket = { socketMode: true, requestUrl: null }

describe('the manifest', () => {
  test('is one that Slack takes, with the commands of this program', async () => {
    const manifest = manifestShape.parse(slackManifest(commandSpecs(await loadPlugins(commandKind)), socket))
    const names = manifest.features.slash_commands.map(({ command }) => command)
    expect(names).toEqual(expect.arrayContaining(['/catalyst', '/positions', '/pnl', '/kill', '/flatten']))
    expect(names).not.toContain('/help')
    expect(manifest.features.slash_commands.every(({ url }) => url === undefined)).toBe(true)
  })

  test('over signed HTTP names the address everywhere', () => {
    const requestUrl = 'https://bot.example.com/api/v1/slack/events'
    const manifest = manifestShape.parse(slackManifest(commands, { socketMode: false, requestUrl }))
    expect(JSON.stringify(manifest).split(requestUrl)).toHaveLength(manifest.features.slash_commands.length + 3)
  })

  test('leaves out what Slack has itself, and what Slack cannot take', () => {
    const odd = ['status', 'mute', 'open', 'catalyst', 'Ünicode', 'x'.repeat(40), 'fine'].map((name) => ({
      name,
      summary: '',
      arguments: [],
    }))
    const manifest = manifestShape.parse(slackManifest(odd, socket))
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(['/catalyst', '/fine'])
  })

  test('says how a command is typed', () => {
    const mode: CommandSpec = {
      name: 'mode',
      summary: 'Who decides',
      arguments: [
        { name: 'mode', description: '', required: true, kind: 'text', values: ['supervised', 'autonomous'], suggests: false },
        { name: 'note', description: '', required: false, kind: 'text', values: null, suggests: false },
      ],
    }
    expect(slackManifest([mode], socket).features.slash_commands[1]).toMatchObject({ usage_hint: '<supervised|autonomous> [note]' })
  })

  test('stays within fifty commands', () => {
    const many = Array.from({ length: 80 }, (_, i) => ({ name: `c${i}`, summary: 's', arguments: [] }))
    expect(manifestShape.parse(slackManifest(many, socket)).features.slash_commands).toHaveLength(50)
  })
})

describe('the diagnosis', () => {
  async function diagnosis(settings: Partial<SlackSettings> = {}, change = {}) {
    const slack = await startSlack(settings)
    const findings = await diagnoseSlack({ ...slack.access('socket'), ...change }, commands)
    await slack.close()
    expect(JSON.stringify(findings)).not.toMatch(/(xoxb|xapp)-(wrong|emulated)/)
    return { problems: findings.filter(({ good }) => !good).map(({ text }) => text), findings, slack }
  }

  test('finds nothing where all is well, and changes nothing', async () => {
    const { problems, findings, slack } = await diagnosis()
    expect(problems).toEqual([])
    expect(findings.map(({ text }) => text).join('\n')).toMatch(
      /catalyst in Desk[\s\S]*#trading[\s\S]*Socket Mode works[\s\S]*help, mute, status/,
    )
    expect(slack.workspace.requests.map(({ method }) => method)).toEqual(['auth.test', 'conversations.info', 'apps.connections.open'])
  })

  test.each<[string, Partial<SlackSettings>, object, RegExp]>([
    ['a wrong bot token', {}, { botToken: 'xoxb-wrong' }, /invalid_auth; copy the Bot User OAuth Token/],
    ['a wrong app token', {}, { appToken: 'xapp-wrong' }, /App-Level Tokens make one with connections:write/],
    [
      'a missing scope',
      { scopes: ['commands', 'channels:read', 'chat:write'] },
      {},
      /files:write \(sending charts\), pins:write .*reinstall/,
    ],
    ['another channel', {}, { channelId: 'C0NOWHERE' }, /channel_not_found; check SLACK_CHANNEL_ID/],
    ['a channel that the bot is not in', { member: false }, {}, /not in #trading: type \/invite @Catalyst there/],
    ['no way in', {}, { appToken: null, signingSecret: null }, /neither SLACK_APP_TOKEN/],
    ['no Slack at all', {}, { apiUrl: 'http://127.0.0.1:1/api/' }, /did not answer auth\.test/],
  ])('says what to do about %s', async (_, settings, change, expected) => {
    expect((await diagnosis(settings, change)).problems.join('\n')).toMatch(expected)
  })
})
