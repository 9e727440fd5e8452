import { describe, expect, it } from 'vitest'
import { discordScreen } from '../support/phone/discord.ts'
import { codeFontSize, page } from '../support/phone/frame.ts'
import { slackScreen } from '../support/phone/slack.ts'

const view = {
  now: Date.parse('2013-10-07T14:00:00Z'),
  timeZone: 'America/New_York',
  people: { '7': 'Ada', U7: 'Ada' },
  files: { 'chart.png': 'data:image/png;base64,AA==', F1: 'data:image/png;base64,AA==' },
  bot: 'Catalyst',
  channel: 'trades',
  silent: null,
}
const discord = (payload: unknown, silent: string | null = null) => page([discordScreen(payload, { ...view, silent })], '')
const slack = (payload: unknown, silent: string | null = null) => page([slackScreen(payload, { ...view, silent })], '')

describe('a phone with Discord', () => {
  it('rings with the content alone, as it was written, and only for a new message', () => {
    const payload = { content: 'NVDA \\*BUY\\*', embeds: [{ title: 'never seen there' }] }
    expect(discordScreen(payload, view).notification).toMatchObject({ text: 'NVDA \\*BUY\\*' })
    expect(discord(payload, 'edited')).toContain('>edited<')
  })

  it('shows every part of a message: content, embed, picture, footer, buttons and menu', () => {
    const html = discord({
      content: 'hello <@7>',
      embeds: [
        {
          title: 'Buy **41**',
          description: '**At risk** $1',
          color: 0xd83c3e,
          fields: [{ name: 'Stop', value: '$2', inline: true }],
          image: { url: 'attachment://chart.png' },
          footer: { text: '**SIM**' },
        },
      ],
      components: [
        { type: 1, components: [{ type: 2, style: 3, label: 'Approve', custom_id: 'a' }] },
        { type: 1, components: [{ type: 3, custom_id: 'm', placeholder: 'More', options: [{ label: 'Why' }] }] },
      ],
      allowed_mentions: { parse: [] },
    })
    for (const part of ['@Ada', 'Buy <b>41</b>', '<b>At risk</b> $1', '#d83c3e', 'Stop', 'data:image/png', '**SIM**', 'Approve', 'More'])
      expect(html).toContain(part)
  })

  it('refuses what it cannot draw, so that no picture hides a part of its message', () => {
    expect(() => discord({ content: '', poll: {} })).toThrow()
    expect(() => discord({ embeds: [{ image: { url: 'attachment://missing.png' } }] })).toThrow('no file')
  })
})

describe('a phone with Slack', () => {
  it('rings with the top-level text, its entities and names read', () => {
    const payload = { text: '<@U7> NVDA &lt;BUY&gt;', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'never seen there' } }] }
    expect(slackScreen(payload, view).notification).toMatchObject({ text: 'Catalyst: @Ada NVDA <BUY>' })
  })

  it('shows every kind of block', () => {
    const plain = (text: string) => ({ type: 'plain_text', text, emoji: false })
    const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
    const html = slack({
      text: 'push',
      blocks: [
        { type: 'header', text: plain('🔴 Big') },
        { type: 'section', text: mrkdwn('*bold*'), fields: [mrkdwn('_field_')], accessory: { type: 'button', text: plain('Beside') } },
        { type: 'context', elements: [plain('*SIM*')] },
        { type: 'divider' },
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'text', text: '*literal*', style: { bold: true } },
                { type: 'user', user_id: 'U7' },
              ],
            },
            { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'a\nb' }] },
            { type: 'rich_text_quote', elements: [{ type: 'link', url: 'https://a.example', text: 'said' }] },
            {
              type: 'rich_text_list',
              style: 'bullet',
              elements: [{ type: 'rich_text_section', elements: [{ type: 'broadcast', range: 'here' }] }],
            },
          ],
        },
        { type: 'image', slack_file: { id: 'F1' }, alt_text: 'a "chart"' },
        {
          type: 'actions',
          elements: [
            { type: 'button', style: 'danger', text: plain('Reject') },
            { type: 'overflow', options: [{ text: plain('Why') }] },
          ],
        },
      ],
    })
    const parts = [
      'class="dot"',
      ' Big',
      '<b>bold</b>',
      '<i>field</i>',
      'Beside',
      '*SIM*',
      '<hr>',
      '<b>*literal*</b>',
      '@Ada',
      'data-lines="2"',
    ]
    for (const part of [...parts, '<a>said</a>', '@here', 'alt="a &#34;chart&#34;"', 'Reject', '•••']) expect(html).toContain(part)
  })

  it('reads markup in a message without blocks', () => {
    expect(slack({ text: '*bold*' })).toContain('<b>bold</b>')
  })

  it('refuses what it cannot draw', () => {
    expect(() => slack({ text: '', blocks: [{ type: 'video' }] })).toThrow()
  })
})

it('a code block holds 34 characters of its width and not 35', () => {
  const size = Number.parseFloat(codeFontSize(249))
  expect(34 * 0.602 * size).toBeLessThan(249)
  expect(35 * 0.602 * size).toBeGreaterThan(249)
})
