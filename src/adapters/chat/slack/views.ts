import type { types } from '@slack/bolt'
import type { Card, Form, FormField } from '../../../ports/chat.ts'
import { type Block, renderCard, section } from './render.ts'
import { clipped, visible } from './text.ts'

/** Which of our modals was sent in. */
export const formCallback = 'form'
const fieldPrefix = 'field:'
const most = { title: 24, label: 2_000, hint: 150, input: 3_000, home: 100, homeCharacters: 40_000 }

const plain = (text: string, length: number, fallback: string): types.PlainTextElement => ({
  type: 'plain_text',
  text: clipped(visible(text).trim(), length) || fallback,
  emoji: false,
})

/** The button's id is all that a modal carries; who sends it in is judged then. */
export const formView = (form: Form): types.ModalView => ({
  type: 'modal',
  callback_id: formCallback,
  private_metadata: form.id,
  title: plain(form.title, most.title, 'Catalyst'),
  submit: plain(form.submit, most.title, 'Send'),
  close: plain('Cancel', most.title, 'Cancel'),
  blocks: form.fields.map(inputBlock),
})

function inputBlock(field: FormField): types.InputBlock {
  const longest = Math.max(1, Math.min(field.maxLength, most.input))
  const hint = visible(field.hint).trim()
  const value = visible(visible(field.value).slice(0, longest))
  return {
    type: 'input',
    block_id: `${fieldPrefix}${field.name}`,
    optional: !field.required,
    label: plain(field.label, most.label, field.name),
    element: {
      type: 'plain_text_input',
      action_id: field.name,
      multiline: field.long,
      max_length: longest,
      ...(value !== '' && { initial_value: value }),
      ...(hint !== '' && { placeholder: plain(hint, most.hint, '-') }),
    },
  }
}

/** What was typed, by field; an empty field is an empty text. */
export function formValues(state: Readonly<Record<string, Readonly<Record<string, { readonly value?: string | null | undefined }>>>>) {
  const values: Record<string, string> = {}
  for (const [block, actions] of Object.entries(state)) {
    const name = block.slice(fieldPrefix.length)
    if (block.startsWith(fieldPrefix) && name !== '__proto__') values[name] = Object.values(actions)[0]?.value ?? ''
  }
  return values
}

/** Holds the place that a trigger paid for until there is something to show. */
export const waitingView = (): types.ModalView => ({
  type: 'modal',
  title: plain('Catalyst', most.title, ''),
  blocks: [section('One moment…')],
})

export const cardView = (card: Card): types.ModalView => ({
  type: 'modal',
  title: plain('Catalyst', most.title, ''),
  close: plain('Close', most.title, ''),
  blocks: renderCard(card).blocks,
})

/** The App Home tab: one card under the other. */
export function homeView(cards: readonly Card[]): types.HomeView {
  const blocks: Block[] = []
  let buttons = 0
  for (const card of cards) {
    const rendered = renderCard(card, { firstButton: buttons }).blocks
    const divided: Block[] = blocks.length === 0 ? rendered : [{ type: 'divider' }, ...rendered]
    if (blocks.length + divided.length > most.home - 1 || JSON.stringify(blocks).length > most.homeCharacters) {
      blocks.push(section('There is more: /catalyst help lists the commands.'))
      break
    }
    blocks.push(...divided)
    buttons += card.buttons.length + card.menu.length
  }
  return { type: 'home', blocks }
}
