import { PermissionFlagsBits } from 'discord.js'
import { describe, expect, test } from 'vitest'
import { missingRights } from '../../../../src/adapters/chat/discord/permissions.ts'
import { diagnoseDiscord, discordInvite, registerDiscordCommands } from '../../../../src/adapters/chat/discord.ts'
import { emulatorFor, keyValue, sent, specs } from './support.ts'

describe('given the command line', () => {
  test('it registers, says when nothing changed, and what is wrong', async () => {
    const emulator = await emulatorFor()
    const remembered = keyValue()
    expect(await registerDiscordCommands(emulator.access, specs, remembered)).toBe('registered')
    expect(await registerDiscordCommands(emulator.access, specs, remembered)).toBe('unchanged')
    expect(await registerDiscordCommands(emulator.access, specs.slice(1), remembered)).toBe('registered')
    expect(sent(emulator, 'PUT', /commands$/)).toHaveLength(2)
    emulator.world.invited = false
    await expect(registerDiscordCommands(emulator.access, specs, remembered)).rejects.toThrow(/could not be registered: .*Missing Access/)
  })

  test('an invitation asks for the rights that the bot needs', () => {
    const url = new URL(discordInvite('123'))
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ client_id: '123', scope: 'bot applications.commands' })
    const asked = BigInt(url.searchParams.get('permissions') ?? '0')
    expect(asked & PermissionFlagsBits.SendMessagesInThreads).not.toBe(0n)
    expect(asked & PermissionFlagsBits.Administrator).toBe(0n)
  })
})

describe('given a doctor', () => {
  const texts = (findings: Awaited<ReturnType<typeof diagnoseDiscord>>) =>
    findings.map(({ good, text }) => `${good ? 'good' : 'bad'}: ${text}`)

  test('all is well when it is', async () => {
    const emulator = await emulatorFor()
    const remembered = keyValue()
    await registerDiscordCommands(emulator.access, specs, remembered)
    expect(texts(await diagnoseDiscord(emulator.access, specs, remembered))).toEqual([
      'good: Discord token: valid, the bot is catalyst',
      'good: Discord server: Desk',
      'good: Discord channel: #trading',
      'good: Discord rights: all there',
      'good: Discord commands: all 3 registered',
    ])
  })

  test('each thing that is missing comes with what to do', async () => {
    const emulator = await emulatorFor()
    const { access } = emulator
    emulator.world.denied = PermissionFlagsBits.EmbedLinks | PermissionFlagsBits.PinMessages
    const found = texts(await diagnoseDiscord(access, specs, keyValue())).join('\n')
    expect(found).toContain('bad: Discord rights: Embed Links, Pin Messages missing. In the settings of #trading')
    expect(found).toContain('bad: Discord commands: 3 of 3 not registered (/trades, /pnl, /kill). Run: catalyst register')
    await registerDiscordCommands(access, specs, keyValue())
    expect(texts(await diagnoseDiscord(access, specs, keyValue())).join('\n')).toContain('registered by another version')
    expect(texts(await diagnoseDiscord({ ...access, channelId: '300000000000000001' }, specs, keyValue())).join('\n')).toContain(
      'Check DISCORD_CHANNEL_ID',
    )
    const elsewhere = { id: '300000000000000001', guild_id: '300000000000000002', type: 0, name: 'x', parent_id: null, archived: false }
    emulator.world.channels.set(elsewhere.id, elsewhere)
    expect(texts(await diagnoseDiscord({ ...access, channelId: elsewhere.id }, specs, keyValue())).join('\n')).toContain('is not in server')
    emulator.world.channels.set(elsewhere.id, { ...elsewhere, guild_id: access.guildId, type: 2 })
    expect(texts(await diagnoseDiscord({ ...access, channelId: elsewhere.id }, specs, keyValue())).join('\n')).toContain(
      'is no text channel',
    )
    emulator.world.invited = false
    expect(texts(await diagnoseDiscord(access, specs, keyValue())).join('\n')).toContain(discordInvite(emulator.applicationId))
  })

  test('a token that is refused is said so, and never shown', async () => {
    const emulator = await emulatorFor()
    const found = texts(await diagnoseDiscord({ ...emulator.access, token: 'wrong.wrong' }, specs, keyValue()))
    expect(found).toEqual([expect.stringContaining('DISCORD_TOKEN')])
    expect(found.join()).not.toContain('wrong.wrong')
  })
})

test('rights add up as Discord adds them up: roles, then the exceptions of everybody, of roles, of the member', () => {
  const all = Object.values(PermissionFlagsBits).reduce((sum, bit) => sum | bit, 0n) & ~PermissionFlagsBits.Administrator
  const rights = {
    guildId: '1',
    member: { roles: ['2'], user: { id: '9' } },
    roles: [
      { id: '1', permissions: '0' },
      { id: '2', permissions: String(all) },
    ],
    overwrites: [],
  }
  const denied = { allow: '0', deny: String(PermissionFlagsBits.SendMessages) }
  expect(missingRights(rights)).toEqual([])
  expect(missingRights({ ...rights, member: { ...rights.member, roles: [] } })).toHaveLength(8)
  expect(missingRights({ ...rights, overwrites: [{ id: '2', type: 0, ...denied }] })).toEqual(['Send Messages'])
  expect(missingRights({ ...rights, overwrites: [{ id: '3', type: 0, ...denied }] })).toEqual([])
  const allowed = { id: '9', type: 1, allow: denied.deny, deny: '0' }
  expect(missingRights({ ...rights, overwrites: [{ id: '1', type: 0, ...denied }, allowed] })).toEqual([])
  expect(missingRights({ ...rights, roles: [{ id: '2', permissions: '8' }], overwrites: [{ id: '1', type: 0, ...denied }] })).toEqual([])
})
