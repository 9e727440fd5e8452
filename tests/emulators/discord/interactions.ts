import { DiscordError, invalidForm, unknown } from './errors.ts'
import { snowflake } from './ids.ts'
import { choiceProblems, modalProblems } from './other-rules.ts'
import { type EmulatedMessage, type MessagePayload, type Modal, messageFlags, type UploadedFile } from './shapes.ts'
import type { World } from './world.ts'

export type InteractionKind = 'command' | 'component' | 'autocomplete' | 'modal'
export interface Choice {
  readonly name: string
  readonly value: string | number
}
/** What came back to the one who acted. */
export interface Ack {
  readonly type: number
  readonly afterMs: number
  readonly modal: Modal | null
  readonly choices: readonly Choice[] | null
}
export interface EmulatedInteraction {
  readonly id: string
  readonly token: string
  readonly kind: InteractionKind
  readonly userId: string
  readonly channelId: string
  /** The message that was pressed, or that a modal was opened from. */
  readonly on: EmulatedMessage | null
  /** As it went over the gateway. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly sentAt: number
  ack: Ack | null
  /** What `@original` is. */
  original: EmulatedMessage | null
  /** Whether the deferred answer was filled in. */
  answered: boolean
}
export interface Interactions {
  readonly all: Map<string, EmulatedInteraction>
  create(about: Pick<EmulatedInteraction, 'kind' | 'userId' | 'channelId' | 'on'>, data: object, place: object): EmulatedInteraction
  acknowledge(id: string, token: string, body: CallbackBody, files: readonly UploadedFile[]): EmulatedInteraction
  /** By its token, while that lives and after it was taken. */
  byToken(application: string, token: string): EmulatedInteraction
  expired(interaction: EmulatedInteraction): boolean
}
export interface CallbackBody {
  readonly type: number
  readonly data?: MessagePayload & Modal & { readonly choices?: readonly Choice[] }
}
export interface Lifetimes {
  /** For an answer; Discord's is 3,000. */
  readonly ackMs: number
  /** Of a token; Discord's is 15 minutes. */
  readonly tokenMs: number
}

const kinds = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const

/** Which answers go with which interaction. */
function mayAnswer(type: number, { kind, on }: EmulatedInteraction): boolean {
  if (kind === 'autocomplete') return type === 8
  if (type === 6 || type === 7) return on !== null
  if (type === 9) return kind !== 'modal'
  return type === 4 || type === 5
}

export function createInteractions(world: World, lifetimes: () => Lifetimes, onChange: () => void): Interactions {
  const all = new Map<string, EmulatedInteraction>()
  const byToken = new Map<string, EmulatedInteraction>()
  const expired = ({ sentAt, ack }: EmulatedInteraction): boolean => ack === null && Date.now() - sentAt > lifetimes().ackMs

  function take(interaction: EmulatedInteraction, { type, data }: CallbackBody, files: readonly UploadedFile[]): void {
    const { userId, channelId, on } = interaction
    const priv = ((data?.flags ?? 0) & messageFlags.ephemeral) !== 0 ? userId : null
    const modal = type === 9 && data ? data : null
    if (modal) refuse(modalProblems(modal))
    if (type === 8) refuse(choiceProblems(data?.choices ?? []))
    if (type === 5) interaction.original = world.post(channelId, { flags: (data?.flags ?? 0) | messageFlags.loading }, [], priv)
    if (type === 4) interaction.original = world.post(channelId, data ?? {}, files, priv)
    if (type === 6) interaction.original = on
    if (type === 7 && on) interaction.original = world.edit(on, data ?? {}, files)
    interaction.ack = { type, afterMs: Date.now() - interaction.sentAt, modal, choices: data?.choices ?? null }
    interaction.answered = type !== 5 && type !== 6
  }
  const refuse = (problems: readonly string[]): void => {
    if (problems.length > 0) throw invalidForm(problems)
  }

  return {
    all,
    create(about, data, place) {
      const id = snowflake()
      const token = `aW50ZXJhY3Rpb246${Buffer.from(`${id}:${Math.random()}`).toString('base64url')}`
      const payload = { id, token, application_id: world.applicationId, type: kinds[about.kind], data, version: 1, ...place }
      const interaction = { ...about, id, token, payload, sentAt: Date.now(), ack: null, original: null, answered: false }
      all.set(id, interaction)
      byToken.set(token, interaction)
      return interaction
    },
    acknowledge(id, token, body, files) {
      const interaction = all.get(id)
      if (!interaction || interaction.token !== token || expired(interaction)) throw unknown(10062, 'interaction')
      if (interaction.ack !== null) throw new DiscordError(400, 40060, 'Interaction has already been acknowledged.')
      if (!mayAnswer(body.type, interaction)) refuse([`type: ${body.type} does not answer a ${interaction.kind}`])
      take(interaction, body, files)
      onChange()
      return interaction
    },
    byToken(application, token) {
      const interaction = byToken.get(token)
      if (!interaction || application !== world.applicationId || interaction.ack === null) throw unknown(10015, 'Webhook')
      if (Date.now() - interaction.sentAt > lifetimes().tokenMs) throw new DiscordError(401, 50027, 'Invalid Webhook Token')
      return interaction
    },
    expired,
  }
}
