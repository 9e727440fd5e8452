import { readSpecification, type Specification } from '../openapi.ts'

export type { Specification }

/** Discord's own description of its API. Null: it is not there, and requests are held against the rules written by hand alone. */
export const discordSpecification = (): Specification | null =>
  readSpecification('discord', {
    formats: { snowflake: /^(0|[1-9]\d{0,19})$/ },
    early: [
      ['/channels/{channel_id}/messages', 'post'],
      ['/channels/{channel_id}/messages/{message_id}', 'patch'],
      ['/channels/{channel_id}/messages/{message_id}/threads', 'post'],
      ['/interactions/{interaction_id}/{interaction_token}/callback', 'post'],
      ['/webhooks/{webhook_id}/{webhook_token}/messages/@original', 'patch'],
      ['/applications/{application_id}/guilds/{guild_id}/commands', 'put'],
    ],
  })
