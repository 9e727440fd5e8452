import { z } from 'zod'
import { reply } from '../src/app/card.ts'
import { defineCommand } from '../src/app/command.ts'

export const command = defineCommand({
  name: 'whoami',
  summary: 'Your id and your role here',
  role: null,
  args: z.object({}),
  async run(call) {
    const { app, actor } = call
    const role = await app.roleOf(actor)
    return reply(call, {
      title: role === null ? `${actor.id} has no role here` : `You are ${role}`,
      lines:
        role === null ? ['The owner can add this id under `people` in config.yaml, or you redeem the one-time code: /claim <code>.'] : [],
      facts: [
        { label: 'Id', value: actor.id, emphasis: true },
        { label: 'Name', value: actor.name },
        { label: 'Via', value: actor.via },
        { label: 'Role', value: role ?? 'none' },
      ],
      data: { id: actor.id, role },
    })
  },
})
