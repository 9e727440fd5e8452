import {
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  type APIModalInteractionResponseCallbackData,
  ButtonStyle,
  ComponentType,
  TextInputStyle,
} from 'discord.js'
import type { Card, CardButton, Form, FormField } from '../../../ports/chat.ts'
import { visible } from './text.ts'

export type Row = APIActionRowComponent<APIComponentInMessageActionRow>

const perRow = 5
const mostRows = 5
const idLength = 100

const styles = { primary: ButtonStyle.Success, danger: ButtonStyle.Danger, plain: ButtonStyle.Secondary } as const

/** Labels show as they are: Discord knows no markdown there. */
const label = (text: string, length: number): string => {
  const shown = visible(text)
  return (shown.length > length ? `${shown.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : shown) || '…'
}

/** Discord refuses a message in which an id stands twice or is too long. */
function usable(buttons: readonly CardButton[], taken: Set<string>): readonly CardButton[] {
  return buttons.filter(({ id }) => {
    if (id.trim() === '' || id.length > idLength || taken.has(id)) return false
    taken.add(id)
    return true
  })
}

/** Buttons in rows of five, then the menu in a row of its own. @param reference makes the menu's own id. */
export function componentRows(card: Card, reference: string): Row[] {
  const menu = usable(card.menu, new Set()).slice(0, 25)
  const room = (menu.length > 0 ? mostRows - 1 : mostRows) * perRow
  const buttons = usable(card.buttons, new Set()).slice(0, room)
  const rows: Row[] = []
  for (let from = 0; from < buttons.length; from += perRow)
    rows.push({
      type: ComponentType.ActionRow,
      components: buttons.slice(from, from + perRow).map(({ id, label: text, style }) => ({
        type: ComponentType.Button,
        style: styles[style],
        custom_id: id,
        label: label(text, 80),
      })),
    })
  if (menu.length > 0) rows.push(menuRow(menu, reference))
  return rows
}

const menuRow = (menu: readonly CardButton[], reference: string): Row => ({
  type: ComponentType.ActionRow,
  components: [
    {
      type: ComponentType.StringSelect,
      custom_id: `menu:${reference}`,
      placeholder: 'More',
      options: menu.map(({ id, label: text }) => ({ label: label(text, 100), value: id })),
    },
  ],
})

/** The questions of a form; its id comes back with the answers. */
export const modalOf = (form: Form): APIModalInteractionResponseCallbackData => ({
  custom_id: form.id,
  title: label(form.title, 45),
  components: form.fields.slice(0, 5).map((field) => ({
    type: ComponentType.Label,
    label: label(field.label, 45),
    component: inputOf(field),
  })),
})

const longestInput = 4000

function inputOf(field: FormField) {
  const most = Math.min(Math.max(1, field.maxLength), longestInput)
  return {
    type: ComponentType.TextInput as const,
    custom_id: field.name,
    style: field.long ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: field.required,
    max_length: most,
    ...(field.value === '' ? {} : { value: field.value.slice(0, most) }),
    ...(field.hint === '' ? {} : { placeholder: label(field.hint, 100) }),
  }
}
