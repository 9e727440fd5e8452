import { signal } from '@preact/signals'
import type { Card, Form } from '../../../../ports/chat.ts'
import { answer, reply } from './actions.ts'
import { explain, get, post } from './api.ts'

/** The questions that are open, if any: what a button wants to know before it acts. */
export const asking = signal<{
  readonly form: Form
  readonly label: string
  readonly problem: string | null
  readonly sending: boolean
} | null>(null)

type Asked = { readonly form: Form | null } | { readonly card: Card }

/** Presses any button of any card: its questions come first where it has some. */
export async function press(id: string, label: string): Promise<void> {
  try {
    const asked = await get<Asked>(`/api/v1/buttons/form?id=${encodeURIComponent(id)}`)
    if ('card' in asked) reply.value = { asked: label, card: asked.card, failed: null }
    else if (asked.form) asking.value = { form: asked.form, label, problem: null, sending: false }
    else await answer(label, () => post<Card>('/api/v1/buttons', { id }))
  } catch (error) {
    reply.value = { asked: label, card: null, failed: explain(error) }
  }
}

/** The words of a refusal: what was typed can then be put right where it stands. Null for any other answer. */
export const refusalOf = (card: Card): string | null => (card.facts[0]?.label === 'Code' ? card.lines.join(' ') || card.title : null)

/** Sends the answers. A refusal leaves the questions open, with its words. */
export async function submit(values: Readonly<Record<string, string>>): Promise<void> {
  const open = asking.value
  if (open === null || open.sending) return
  const settle = (problem: string) => {
    if (asking.value?.form === open.form) asking.value = { ...open, problem, sending: false }
  }
  asking.value = { ...open, problem: null, sending: true }
  try {
    const card = await post<Card>('/api/v1/buttons', { id: open.form.id, values })
    const refused = refusalOf(card)
    if (refused !== null) return settle(refused)
    asking.value = null
    reply.value = { asked: open.label, card, failed: null }
  } catch (error) {
    settle(explain(error))
  }
}
