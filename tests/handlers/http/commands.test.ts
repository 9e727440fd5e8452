import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { reply } from '../../../src/app/card.ts'
import { defineCommand } from '../../../src/app/command.ts'
import { commands as commandKind, loadPlugins } from '../../../src/plugins.ts'
import { type Http, startHttp } from '../../support/http.ts'
import { inboundWith } from '../../support/samples.ts'

const sized = defineCommand({
  name: 'sized',
  summary: 'Says a size',
  role: 'viewer',
  args: z.object({
    side: z.enum(['buy', 'sell']).meta({ description: 'which way' }),
    loud: z.boolean().default(false).meta({ description: 'shout' }),
    note: z.string().optional().meta({ description: 'anything' }),
  }),
  run: async (call) => reply(call, { title: `${call.args.side} ${call.args.loud}` }),
})

let http: Http
beforeAll(async () => {
  http = await startHttp(
    { commands: [sized, ...(await loadPlugins(commandKind))] },
    {
      inbound: inboundWith({
        command: async (actor, text) =>
          reply({ app: { broker: { mode: 'sim' } }, meta: { correlationId: 'x' } }, { title: `${actor.id} ${text}` }),
        press: async (actor, id) =>
          reply({ app: { broker: { mode: 'sim' } }, meta: { correlationId: 'x' } }, { title: `${actor.id} ${id}` }),
      }),
    },
  )
})
afterAll(() => http.server.close())

it('lists every command with what its arguments take', async () => {
  const { json } = await http.get('/api/v1/commands')
  const items = json['items'] as { name: string; args: object[] }[]
  expect(items[0]).toEqual({
    name: 'sized',
    summary: 'Says a size',
    role: 'viewer',
    args: [
      { name: 'side', description: 'which way', required: true, values: ['buy', 'sell'] },
      { name: 'loud', description: 'shout', required: false, values: ['true', 'false'] },
      { name: 'note', description: 'anything', required: false },
    ],
  })
  expect(items.map((c) => c.name)).toContain('kill')
})

it('hands what was typed to the one who takes it from every chat, with the person, and answers with the card', async () => {
  expect((await http.post('/api/v1/commands', { text: '/sized sell loud:yes' })).json['title']).toBe('console:local /sized sell loud:yes')
  expect((await http.post('/api/v1/commands', { text: '' })).status).toBe(400)
})

it('presses a button for whoever asks', async () => {
  expect((await http.post('/api/v1/buttons', { id: 'approve:p1:1' })).json['title']).toBe('console:local approve:p1:1')
})
