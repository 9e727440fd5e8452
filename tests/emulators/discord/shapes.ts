/** What is kept of a message: as Discord shows it, and who was told. */
export interface EmulatedMessage {
  readonly id: string
  readonly channel_id: string
  readonly author: EmulatedUser
  content: string
  embeds: readonly Embed[]
  components: readonly Component[]
  attachments: readonly EmulatedAttachment[]
  flags: number
  pinned: boolean
  readonly nonce: string | null
  readonly timestamp: string
  edited_timestamp: string | null
  /** Who heard a sound: people, or `everyone`. Edits ring nobody. */
  readonly pinged: readonly string[]
  /** Private: the only one who sees it. */
  readonly onlyFor: string | null
  /** How often it was changed after it was posted. */
  edits: number
}
export interface EmulatedUser {
  readonly id: string
  readonly username: string
  readonly global_name: string | null
  readonly discriminator: string
  readonly avatar: null
  readonly bot?: boolean
}
export interface EmulatedAttachment {
  readonly id: string
  readonly filename: string
  readonly description: string | null
  readonly size: number
  readonly content_type: string
  readonly url: string
  readonly proxy_url: string
}
export interface Embed {
  readonly title?: string
  readonly description?: string
  readonly color?: number
  readonly footer?: { readonly text: string }
  readonly author?: { readonly name: string }
  readonly image?: { readonly url: string }
  readonly fields?: readonly { readonly name: string; readonly value: string; readonly inline?: boolean }[]
}
export interface Component {
  readonly type: number
  readonly custom_id?: string
  readonly style?: number
  readonly label?: string
  readonly disabled?: boolean
  readonly placeholder?: string
  readonly value?: string
  readonly required?: boolean
  readonly min_length?: number
  readonly max_length?: number
  readonly options?: readonly { readonly label: string; readonly value: string; readonly description?: string }[]
  readonly components?: readonly Component[]
  readonly component?: Component
}
export interface MessagePayload {
  readonly content?: string | null
  readonly embeds?: readonly Embed[] | null
  readonly components?: readonly Component[] | null
  readonly attachments?: readonly { readonly id: string | number; readonly filename?: string; readonly description?: string }[] | null
  readonly allowed_mentions?: AllowedMentions | null
  readonly flags?: number | null
  readonly nonce?: string | number | null
  readonly enforce_nonce?: boolean | null
}
export interface AllowedMentions {
  readonly parse?: readonly string[]
  readonly users?: readonly string[]
  readonly roles?: readonly string[]
}
export interface Modal {
  readonly custom_id: string
  readonly title: string
  readonly components: readonly Component[]
}
export interface CommandOption {
  readonly type: number
  readonly name: string
  readonly description: string
  readonly required?: boolean
  readonly autocomplete?: boolean
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[]
}
export interface RegisteredCommand {
  readonly id: string
  readonly type: number
  readonly name: string
  readonly description: string
  readonly options?: readonly CommandOption[]
}
export interface EmulatedChannel {
  readonly id: string
  readonly guild_id: string
  readonly type: number
  readonly name: string
  readonly parent_id: string | null
  archived: boolean
}
export interface UploadedFile {
  readonly index: number
  readonly name: string
  readonly type: string
  readonly size: number
}

export const messageFlags = { suppressNotifications: 4096, ephemeral: 64, loading: 128, hasThread: 32 } as const
export const allComponents = (components: readonly Component[]): readonly Component[] =>
  components.flatMap((c) => [c, ...allComponents(c.components ?? []), ...(c.component ? allComponents([c.component]) : [])])
