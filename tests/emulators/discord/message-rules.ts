import { allComponents, type Component, type Embed, type MessagePayload, type UploadedFile } from './shapes.ts'

/** What Discord enforces about a message beyond its schema. Counted in UTF-16 units, as its clients do. */
export function messageProblems(payload: MessagePayload, files: readonly UploadedFile[], kept: readonly string[] = []): readonly string[] {
  const { content, embeds, components } = payload
  return [
    ...longer('content', content, 2000),
    ...embedProblems(embeds ?? []),
    ...componentProblems(components ?? []),
    ...mentionProblems(payload),
    ...fileProblems(payload, files, kept),
    ...longer('nonce', payload.nonce == null ? null : String(payload.nonce), 25),
  ]
}

export const longer = (where: string, text: string | null | undefined, most: number): readonly string[] =>
  text != null && text.length > most ? [`${where}: ${text.length} characters, ${most} at most`] : []
export const absent = (where: string, text: string | null | undefined): readonly string[] =>
  text == null || text.trim() === '' ? [`${where}: this is required`] : []

function embedProblems(embeds: readonly Embed[]): readonly string[] {
  const texts = embeds.flatMap(({ title, description, footer, author, fields = [] }) => [
    ...[title, description, footer?.text, author?.name],
    ...fields.flatMap(({ name, value }) => [name, value]),
  ])
  const total = texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
  return [
    ...(embeds.length > 10 ? [`embeds: ${embeds.length}, 10 at most`] : []),
    ...(total > 6000 ? [`embeds: ${total} characters in all, 6000 at most`] : []),
    ...embeds.flatMap((embed, index) => oneEmbed(embed, `embeds[${index}]`)),
  ]
}

function oneEmbed({ title, description, footer, author, fields = [], image }: Embed, at: string): readonly string[] {
  const empty = title === undefined && description === undefined && fields.length === 0 && image === undefined && footer === undefined
  return [
    ...(empty ? [`${at}: an embed needs something to show`] : []),
    ...longer(`${at}.title`, title, 256),
    ...longer(`${at}.description`, description, 4096),
    ...longer(`${at}.footer`, footer?.text, 2048),
    ...longer(`${at}.author`, author?.name, 256),
    ...(fields.length > 25 ? [`${at}.fields: ${fields.length}, 25 at most`] : []),
    ...fields.flatMap(({ name, value }, index) => [
      ...absent(`${at}.fields[${index}].name`, name),
      ...absent(`${at}.fields[${index}].value`, value),
      ...longer(`${at}.fields[${index}].name`, name, 256),
      ...longer(`${at}.fields[${index}].value`, value, 1024),
    ]),
  ]
}

function componentProblems(rows: readonly Component[]): readonly string[] {
  const ids = allComponents(rows).flatMap(({ custom_id }) => custom_id ?? [])
  const doubled = ids.filter((id, index) => ids.indexOf(id) !== index)
  return [
    ...(rows.length > 5 ? [`components: ${rows.length} rows, 5 at most`] : []),
    ...doubled.map((id) => `components: the custom_id ${id} stands twice`),
    ...rows.flatMap((row, index) => rowProblems(row, `components[${index}]`)),
  ]
}

function rowProblems(row: Component, at: string): readonly string[] {
  const inside = row.components ?? []
  if (row.type !== 1) return [`${at}: only action rows stand at the top`]
  const select = inside.some(({ type }) => type === 3)
  return [
    ...(inside.length === 0 ? [`${at}: a row needs something in it`] : []),
    ...(inside.length > (select ? 1 : 5) ? [`${at}: ${inside.length} components are too many`] : []),
    ...inside.flatMap((component, index) => (component.type === 3 ? selectProblems : buttonProblems)(component, `${at}[${index}]`)),
  ]
}

function buttonProblems({ type, style, custom_id, label }: Component, at: string): readonly string[] {
  return [
    ...(type === 2 ? [] : [`${at}: type ${type} does not belong here`]),
    ...(style !== undefined && style >= 1 && style <= 4 ? [] : [`${at}: style ${style} needs something else`]),
    ...absent(`${at}.custom_id`, custom_id),
    ...longer(`${at}.custom_id`, custom_id, 100),
    ...absent(`${at}.label`, label),
    ...longer(`${at}.label`, label, 80),
  ]
}

function selectProblems({ custom_id, placeholder, options = [] }: Component, at: string): readonly string[] {
  const values = options.map(({ value }) => value)
  return [
    ...absent(`${at}.custom_id`, custom_id),
    ...longer(`${at}.custom_id`, custom_id, 100),
    ...longer(`${at}.placeholder`, placeholder, 150),
    ...(options.length < 1 || options.length > 25 ? [`${at}: ${options.length} options, 1 to 25 allowed`] : []),
    ...(new Set(values).size === values.length ? [] : [`${at}: an option's value stands twice`]),
    ...options.flatMap(({ label, value, description }, index) => [
      ...absent(`${at}.options[${index}].label`, label),
      ...longer(`${at}.options[${index}].label`, label, 100),
      ...absent(`${at}.options[${index}].value`, value),
      ...longer(`${at}.options[${index}].value`, value, 100),
      ...longer(`${at}.options[${index}].description`, description, 100),
    ]),
  ]
}

function mentionProblems({ allowed_mentions: allowed }: MessagePayload): readonly string[] {
  const { parse = [], users = [] } = allowed ?? {}
  return [
    ...(parse.includes('users') && users.length > 0 ? ['allowed_mentions: parse users and a list of users exclude each other'] : []),
    ...(users.length > 100 ? ['allowed_mentions: 100 users at most'] : []),
    ...users.filter((id) => !/^\d{1,20}$/.test(id)).map((id) => `allowed_mentions: ${id} is no snowflake`),
  ]
}

const mostBytes = 10 * 1024 * 1024

function fileProblems(payload: MessagePayload, files: readonly UploadedFile[], kept: readonly string[]): readonly string[] {
  const names = new Set([...files.map(({ name }) => name), ...kept])
  const wanted = (payload.embeds ?? []).flatMap(({ image }) => /^attachment:\/\/(.+)$/.exec(image?.url ?? '')?.[1] ?? [])
  return [
    ...wanted.filter((name) => !names.has(name)).map((name) => `embeds: there is no attachment ${name}`),
    ...files.filter(({ size }) => size > mostBytes).map(({ name }) => `files: ${name} is larger than 10 MiB`),
    ...(payload.attachments ?? []).flatMap(({ description }, index) => longer(`attachments[${index}].description`, description, 1024)),
  ]
}
