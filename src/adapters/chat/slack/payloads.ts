import { z } from 'zod'
import type { Actor } from '../../../ports/chat.ts'

/** What Slack sends, as far as it is used. It came over a signed or authenticated way; what is inside is somebody's doing. */
const id = z.string().min(1).max(64)
const user = z.object({ id, name: z.string().optional(), username: z.string().optional(), team_id: id.optional() })
const team = z.object({ id }).nullish()

export const pressBody = z.object({
  type: z.literal('block_actions'),
  user,
  team,
  channel: z.object({ id }).optional(),
  container: z.object({ type: z.string().optional(), is_ephemeral: z.boolean().optional(), thread_ts: z.string().optional() }).optional(),
  view: z.object({ id, type: z.string() }).optional(),
  trigger_id: z.string(),
  actions: z.array(z.object({ value: z.string().optional(), selected_option: z.object({ value: z.string() }).nullish() })).min(1),
})
export type PressBody = z.output<typeof pressBody>

export const commandBody = z.object({
  command: z.string().max(80),
  text: z.string().default(''),
  user_id: id,
  user_name: z.string().optional(),
  team_id: id,
  channel_id: id,
})

const typedValue = z.object({ value: z.string().nullish() })
export const submitBody = z.object({
  type: z.literal('view_submission'),
  user,
  team,
  view: z.object({
    callback_id: z.string(),
    private_metadata: z.string().max(3_000),
    app_installed_team_id: id.nullish(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), typedValue)) }),
  }),
})

export const homeBody = z.object({
  team_id: id,
  event: z.object({ type: z.literal('app_home_opened'), user: id, tab: z.string().optional() }),
})

/** The button's id. */
export const pressedId = ({ actions: [first] }: PressBody): string => (first?.value ?? first?.selected_option?.value ?? '').slice(0, 2_000)

/** The id decides; names are for people and change. */
export const actor = (userId: string, name?: string): Actor => ({
  id: `slack:${userId}`,
  name: (name ?? userId).slice(0, 80),
  via: 'slack',
})
export const actorOf = ({ id: userId, name, username }: z.output<typeof user>): Actor => actor(userId, name ?? username)
export const teamOf = (body: { readonly team?: z.output<typeof team>; readonly user: z.output<typeof user> }): string | null =>
  body.team?.id ?? body.user.team_id ?? null
