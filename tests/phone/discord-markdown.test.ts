import { describe, expect, it } from 'vitest'
import { discordInline, discordMarkdown } from '../support/phone/discord-markdown.ts'

const reader = { now: Date.parse('2013-10-07T14:00:00Z'), timeZone: 'America/New_York', people: { '7': 'Ada' } }
const html = (text: string) => discordMarkdown(text, reader)
const unixNow = reader.now / 1000

describe('Discord markdown as a phone shows it', () => {
  it.each([
    ['**bold** and *leaning* and __under__', '<b>bold</b> and <i>leaning</i> and <u>under</u>'],
    ['~~gone~~ ||secret||', '<s>gone</s> <span class="spoiler">secret</span>'],
    ['***both***', '<b><i>both</i></b>'],
    ['5 * 3 * 2', '5 * 3 * 2'],
    ['snake_case_name', 'snake_case_name'],
    ['see [here](https://a.example/x)', 'see <a>here</a>'],
    ['<https://a.example>', '<a>https://a.example</a>'],
  ])('reads %s', (text, expected) => {
    expect(html(text)).toBe(expected)
  })

  it('takes the meaning of what stands behind a backslash, so that a missing one shows', () => {
    expect(html('\\*\\*not bold\\*\\*')).toBe('**not bold**')
    expect(html('**not bold**')).toBe('<b>not bold</b>')
    expect(html('**a \\* b**')).toBe('<b>a * b</b>')
    expect(html('\\<@7\\>')).toBe('&#60;@7&#62;')
    expect(html('\\@everyone')).toBe('@everyone')
    expect(html('\\# no heading')).toBe('# no heading')
    expect(html('back\\slash')).toBe('back\\slash')
  })

  it('shows mentions, also those that nobody wanted', () => {
    expect(html('<@7> @everyone')).toBe('<span class="mention">@Ada</span> <span class="mention">@everyone</span>')
    expect(html('<@8>')).toContain('@unknown-user')
  })

  it('counts down from the moment of the picture', () => {
    expect(html(`<t:${unixNow + 29 * 60}:R>`)).toBe('<span class="time">in 29 minutes</span>')
    expect(html(`<t:${unixNow - 130}:R>`)).toBe('<span class="time">2 minutes ago</span>')
    expect(html(`<t:${unixNow}:t>`).replace(/\s/g, ' ')).toBe('<span class="time">10:00 AM</span>')
  })

  it('keeps code blocks as they are, line by line', () => {
    expect(html('a\n```\nx  **1**\n<b>\n```\nb')).toBe('a\n<pre class="code" data-lines="2"><code>x  **1**\n&#60;b&#62;</code></pre>\nb')
    expect(html('``a ` b``')).toBe('<code class="inline">a ` b</code>')
  })

  it('reads headings, quotes, lists and small print where they begin a line, and not in titles', () => {
    expect(html('# big\n> said\n- one\n-# small')).toBe(
      '<div class="h1">big</div><div class="quote">said</div><div class="item">one</div><div class="small">small</div>',
    )
    expect(discordInline('# big', reader)).toBe('# big')
  })

  it('turns nothing into tags', () => {
    expect(html('<script>alert(1)</script> & "')).toBe('&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;')
  })
})
