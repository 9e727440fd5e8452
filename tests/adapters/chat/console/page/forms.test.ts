import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reply } from '../../../../../src/adapters/chat/console/page/actions.ts'
import { asking, press, refusalOf, submit } from '../../../../../src/adapters/chat/console/page/forms.ts'
import { card as makeCard } from '../../../../../src/app/card.ts'
import type { Form } from '../../../../../src/ports/chat.ts'

const form: Form = {
  id: 'edit:p1:1',
  title: 'Edit NVDA',
  submit: 'Make new version',
  fields: [{ name: 'quantity', label: 'Shares', long: false, required: true, value: '41', hint: '', maxLength: 20 }],
}
const answer = makeCard('reply:c1', 'reply', 'sim', { title: 'Version 2: approve it?' })
const refusal = makeCard('reply:c1', 'reply', 'sim', {
  title: 'Nothing changed',
  lines: ['quantity: must be whole'],
  facts: [{ label: 'Code', value: 'QUANTITY_OUT_OF_RANGE' }],
})

/** What the server answers, in turn, and what it was asked. */
function serving(...answers: readonly (object | Error)[]) {
  const asked: string[] = []
  const left = [...answers]
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push(`${init.method ?? 'GET'} ${path} ${init.body ?? ''}`.trim())
    const next = left.shift()
    if (next === undefined || next instanceof Error) throw next ?? new Error('nobody expected this request')
    return new Response(JSON.stringify(next), { status: 200 })
  })
  return asked
}

beforeEach(() => {
  asking.value = null
  reply.value = null
})
afterEach(() => vi.unstubAllGlobals())

describe('a pressed button', () => {
  it('acts at once when it asks nothing', async () => {
    const asked = serving({ form: null }, answer)
    await press('snooze:p1', 'Snooze')
    expect(asked).toEqual(['GET /api/v1/buttons/form?id=snooze%3Ap1', 'POST /api/v1/buttons {"id":"snooze:p1"}'])
    expect([reply.value?.card?.title, asking.value]).toEqual([answer.title, null])
  })

  it('asks first when it has questions, sends the answers, and closes', async () => {
    const asked = serving({ form }, answer)
    await press('edit:p1:1', 'Edit')
    expect(asking.value?.form.title).toBe('Edit NVDA')
    await submit({ quantity: '12' })
    expect(asked[1]).toBe('POST /api/v1/buttons {"id":"edit:p1:1","values":{"quantity":"12"}}')
    expect([asking.value, reply.value?.asked, reply.value?.card?.title]).toEqual([null, 'Edit', answer.title])
  })

  it('stays open with the words of a refusal, or of a server that does not answer', async () => {
    serving({ form }, refusal, new Error('no route'), answer)
    await press('edit:p1:1', 'Edit')
    await submit({ quantity: '1.5' })
    expect([asking.value?.problem, asking.value?.sending, reply.value]).toEqual(['quantity: must be whole', false, null])
    await submit({ quantity: '12' })
    expect(asking.value?.problem).toBe('The server cannot be reached.')
    await submit({ quantity: '12' })
    expect(asking.value).toBeNull()
  })

  it('shows why there is nothing to ask', async () => {
    serving({ card: refusal })
    await press('edit:p1:1', 'Edit')
    expect([asking.value, reply.value?.card?.title]).toEqual([null, 'Nothing changed'])
  })

  it('sends nothing twice, and nothing when no question is open', async () => {
    const asked = serving({ form }, answer)
    await submit({})
    await press('edit:p1:1', 'Edit')
    await Promise.all([submit({}), submit({})])
    expect(asked).toHaveLength(2)
  })
})

it('tells a refusal from an answer', () => {
  expect([refusalOf(answer), refusalOf(refusal), refusalOf({ ...refusal, lines: [] })]).toEqual([
    null,
    'quantity: must be whole',
    'Nothing changed',
  ])
})
