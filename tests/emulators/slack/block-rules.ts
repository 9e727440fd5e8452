import { limits } from './limits.ts'

export type Json = Readonly<Record<string, unknown>>
export type Surface = 'message' | 'modal' | 'home'

/** What a check needs to know about the workspace. */
export interface Known {
  /** Whether a message may show this file already. */
  file(id: string): boolean
}

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const objects = (value: unknown): readonly Json[] => list(value).filter(isObject)

const allowed: Readonly<Record<Surface, readonly string[]>> = {
  message: ['header', 'section', 'context', 'actions', 'divider', 'image', 'rich_text'],
  modal: ['header', 'section', 'context', 'actions', 'divider', 'image', 'rich_text', 'input'],
  home: ['header', 'section', 'context', 'actions', 'divider', 'image', 'rich_text', 'input'],
}

/** Everything that Slack would refuse blocks for, each as one sentence; and what would let outside text do something. */
export function blockProblems(blocks: unknown, surface: Surface, known: Known): readonly string[] {
  if (!Array.isArray(blocks)) return ['blocks are no list']
  const most = surface === 'message' ? limits.messageBlocks : limits.viewBlocks
  const problems = blocks.length > most ? [`${blocks.length} blocks, ${most} at most`] : []
  if (surface === 'message' && textLength(blocks) > limits.messageCharacters) problems.push('msg_blocks_too_long')
  for (const [i, block] of blocks.entries()) problems.push(...oneBlock(block, surface, known).map((p) => `/blocks/${i}: ${p}`))
  return [...problems, ...repeated(blocks, 'action_id'), ...repeated(blocks, 'block_id'), ...reordering(blocks)]
}

function oneBlock(block: unknown, surface: Surface, known: Known): readonly string[] {
  if (!isObject(block)) return ['no block']
  const type = String(block['type'])
  if (!allowed[surface].includes(type)) return [`a ${type} block does not belong on a ${surface}`]
  const id = block['block_id'] === undefined ? [] : sized(block['block_id'], 1, limits.blockId, 'block_id')
  switch (type) {
    case 'header':
      return [...id, ...textObject(block['text'], limits.header, ['plain_text'])]
    case 'section':
      return [...id, ...section(block)]
    case 'context':
      return [
        ...id,
        ...counted(block['elements'], 1, limits.contextElements),
        ...objects(block['elements']).flatMap((e) => textObject(e, limits.field)),
      ]
    case 'actions':
      return [...id, ...counted(block['elements'], 1, limits.actionElements), ...objects(block['elements']).flatMap(element)]
    case 'image':
      return [...id, ...image(block, known)]
    case 'rich_text':
      return [...id, ...counted(block['elements'], 1, 100), ...objects(block['elements']).flatMap(rich)]
    case 'input':
      return [...id, ...input(block)]
    default:
      return id
  }
}

function section(block: Json): readonly string[] {
  const fields = block['fields'] === undefined ? [] : counted(block['fields'], 1, limits.fields)
  if (block['text'] === undefined && block['fields'] === undefined) return ['a section has neither text nor fields']
  const text = block['text'] === undefined ? [] : textObject(block['text'], limits.section)
  return [...fields, ...text, ...objects(block['fields']).flatMap((field) => textObject(field, limits.field))]
}

function element(item: Json): readonly string[] {
  const id = sized(item['action_id'], 1, limits.actionId, 'action_id')
  if (item['type'] === 'button') {
    const style = item['style'] === undefined || ['primary', 'danger'].includes(String(item['style'])) ? [] : ['an unknown button style']
    return [
      ...id,
      ...style,
      ...textObject(item['text'], limits.buttonText, ['plain_text']),
      ...sized(item['value'], 1, limits.value, 'value'),
    ]
  }
  if (item['type'] !== 'overflow') return [`an element of type ${item['type']} is not known`]
  const options = objects(item['options']).flatMap((option) => [
    ...textObject(option['text'], limits.optionText, ['plain_text']),
    ...sized(option['value'], 1, limits.optionValue, 'option value'),
  ])
  return [...id, ...counted(item['options'], 1, limits.options), ...options]
}

function image(block: Json, known: Known): readonly string[] {
  const file = isObject(block['slack_file']) ? String(block['slack_file']['id']) : null
  const alt = sized(block['alt_text'], 1, limits.altText, 'alt_text')
  if ((file === null) === (block['image_url'] === undefined)) return ['an image has one of slack_file and image_url', ...alt]
  return file !== null && !known.file(file) ? ['invalid slack file', ...alt] : alt
}

function rich(part: Json): readonly string[] {
  if (!['rich_text_section', 'rich_text_preformatted', 'rich_text_list', 'rich_text_quote'].includes(String(part['type'])))
    return [`a rich text part of type ${part['type']} is not known`]
  return objects(part['elements']).flatMap((item) => {
    if (item['type'] === 'user') return /^[UW][A-Z0-9]+$/.test(String(item['user_id'])) ? [] : ['a mention of nobody']
    return item['type'] === 'text'
      ? sized(item['text'], 1, limits.section, 'rich text')
      : [`a rich text element of type ${item['type']} is not expected`]
  })
}

function input(block: Json): readonly string[] {
  const item = isObject(block['element']) ? block['element'] : {}
  const longest = Number(item['max_length'] ?? limits.input)
  return [
    ...textObject(block['label'], limits.label, ['plain_text']),
    ...(item['type'] === 'plain_text_input' ? [] : ['an input of an unknown type']),
    ...sized(item['action_id'], 1, limits.actionId, 'action_id'),
    ...(longest >= 1 && longest <= limits.input ? [] : ['max_length is out of range']),
    ...(item['initial_value'] === undefined ? [] : sized(item['initial_value'], 0, longest, 'initial_value')),
    ...(item['placeholder'] === undefined ? [] : textObject(item['placeholder'], limits.placeholder, ['plain_text'])),
  ]
}

export function textObject(value: unknown, most: number, types: readonly string[] = ['plain_text', 'mrkdwn']): readonly string[] {
  if (!isObject(value)) return ['a text object is missing']
  const type = String(value['type'])
  const markup = type === 'mrkdwn' ? markupProblems(String(value['text'])) : []
  return [...(types.includes(type) ? [] : [`text of type ${type} does not belong here`]), ...sized(value['text'], 1, most, type), ...markup]
}

/** Mentions of people are ours; anything else in angle brackets came from outside and would do something. */
export const markupProblems = (text: string): readonly string[] => [
  ...(/<(?!@[UW][A-Z0-9]+>)/.test(text) || /(?<!<@[UW][A-Z0-9]{1,30})>/.test(text) ? ['unescaped < or > in markup'] : []),
  ...(/&(?!amp;|lt;|gt;)/.test(text) ? ['unescaped & in markup'] : []),
  ...(/[*_~`]/.test(text) ? ['formatting in text that should have none'] : []),
]

function sized(value: unknown, least: number, most: number, what: string): readonly string[] {
  if (typeof value !== 'string') return [`${what} is missing`]
  return value.length >= least && value.length <= most ? [] : [`${what} has ${value.length} characters, ${least} to ${most} may be`]
}
function counted(value: unknown, least: number, most: number): readonly string[] {
  const n = list(value).length
  return n >= least && n <= most ? [] : [`${n} elements, ${least} to ${most} may be`]
}

function strings(value: unknown, visit: (name: string, text: string) => void, name = ''): void {
  if (typeof value === 'string') visit(name, value)
  else if (Array.isArray(value)) for (const item of value) strings(item, visit, name)
  else if (isObject(value)) for (const [key, inner] of Object.entries(value)) strings(inner, visit, key)
}

export function textLength(blocks: unknown): number {
  let sum = 0
  strings(blocks, (name, text) => {
    if (['text', 'alt_text'].includes(name)) sum += text.length
  })
  return sum
}

function repeated(blocks: unknown, id: string): readonly string[] {
  const seen: string[] = []
  strings(blocks, (name, text) => {
    if (name === id) seen.push(text)
  })
  return seen.length === new Set(seen).size ? [] : [`${id} is used twice`]
}

export function reordering(value: unknown): readonly string[] {
  let found = false
  strings(value, (_, text) => {
    found ||= /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.test(text)
  })
  return found ? ['marks that reorder text'] : []
}

export function viewProblems(view: unknown, surface: 'modal' | 'home', known: Known): readonly string[] {
  if (!isObject(view) || view['type'] !== surface) return [`the view is no ${surface}`]
  const problems = [...blockProblems(view['blocks'], surface, known)]
  if (JSON.stringify(view).length > limits.viewBytes) problems.push('view_too_large')
  if (surface === 'home') return problems
  problems.push(...textObject(view['title'], limits.title, ['plain_text']))
  for (const name of ['submit', 'close'])
    if (view[name] !== undefined) problems.push(...textObject(view[name], limits.title, ['plain_text']))
  if (objects(view['blocks']).some((block) => block['type'] === 'input') && view['submit'] === undefined)
    problems.push('inputs without submit')
  if (String(view['private_metadata'] ?? '').length > limits.privateMetadata) problems.push('private_metadata is too long')
  if (String(view['callback_id'] ?? '').length > limits.callbackId) problems.push('callback_id is too long')
  return problems
}
