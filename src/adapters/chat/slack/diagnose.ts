import { webApi } from '@slack/bolt'
import type { SlackAccess } from '../../../config/environment.ts'
import type { CommandSpec } from '../../../ports/chat.ts'
import { clientOptions, webClient } from './client.ts'
import { explain, failureOf } from './failures.ts'
import { botScopes, slackCommands } from './manifest.ts'

export interface Finding {
  readonly good: boolean
  readonly text: string
}
const good = (text: string): Finding => ({ good: true, text })
const bad = (text: string): Finding => ({ good: false, text })
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Asks Slack whether everything is set up; what is not says what to do. Posts nothing and shows no token. */
export async function diagnoseSlack(access: SlackAccess, commands: readonly CommandSpec[]): Promise<readonly Finding[]> {
  const client = webClient(access.botToken, access, silent)
  const token = await tokenFindings(client)
  const reachable = token.some((finding) => finding.good)
  return [...token, ...(reachable ? [await channelFinding(client, access.channelId)] : []), await wayIn(access), commandFinding(commands)]
}

async function tokenFindings(client: webApi.WebClient): Promise<readonly Finding[]> {
  try {
    const { team, user, response_metadata: metadata } = await client.auth.test()
    const scopes = metadata?.scopes ?? []
    const missing = Object.entries(botScopes).filter(([scope]) => !scopes.includes(scope))
    const told = missing.map(([scope, need]) => `${scope} (${need})`).join(', ')
    return [
      good(`Slack knows the bot token: ${user ?? 'the bot'} in ${team ?? 'a workspace'}`),
      missing.length === 0
        ? good('every scope is granted')
        : bad(
            `scopes are missing: ${told}; paste the manifest of \`catalyst register\` into the app again and reinstall it to the workspace`,
          ),
    ]
  } catch (error) {
    return [bad(explain('auth.test', failureOf(error)))]
  }
}

async function channelFinding(client: webApi.WebClient, channel: string): Promise<Finding> {
  try {
    const { channel: info } = await client.conversations.info({ channel })
    const name = info?.name === undefined ? channel : `#${info.name}`
    if (info?.is_archived === true) return bad(`${name} is archived: unarchive it, or set SLACK_CHANNEL_ID to another one`)
    if (info?.is_member !== true) return bad(`the bot is not in ${name}: type /invite @Catalyst there`)
    return good(`the bot is in ${name}`)
  } catch (error) {
    return bad(explain('conversations.info', failureOf(error)))
  }
}

async function wayIn({ appToken, apiUrl, signingSecret }: SlackAccess): Promise<Finding> {
  if (appToken === null)
    return signingSecret === null
      ? bad('neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (signed HTTP) is set')
      : good('signed HTTP: Slack must reach this bot at /api/v1/slack/events, and ALLOWED_HOSTS must hold the host name it uses')
  try {
    await new webApi.WebClient(appToken, clientOptions({ apiUrl }, silent)).apps.connections.open({})
    return good('Socket Mode works')
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind !== 'refused') return bad(explain('apps.connections.open', failure))
    const why = `Slack refused apps.connections.open: ${failure.code}`
    return bad(
      `${why}; under Basic Information → App-Level Tokens make one with connections:write, and put it into SLACK_APP_TOKEN (xapp-…)`,
    )
  }
}

function commandFinding(commands: readonly CommandSpec[]): Finding {
  const { plain, prefixed } = slackCommands(commands)
  const own = prefixed.map(({ name }) => name).join(', ')
  return good(
    `the manifest lists ${plain.length + 1} commands${own === '' ? '' : `; as /catalyst <name> only, because Slack has its own: ${own}`}`,
  )
}
