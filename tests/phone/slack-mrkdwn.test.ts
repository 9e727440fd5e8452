import { describe, expect, it } from 'vitest'
import { slackMrkdwn, slackPlain } from '../support/phone/slack-mrkdwn.ts'

const reader = { now: Date.parse('2013-10-07T14:00:00Z'), timeZone: 'America/New_York', people: { U7: 'Ada' } }
const html = (text: string) => slackMrkdwn(text, reader)

describe('Slack mrkdwn as a phone shows it', () => {
  it.each([
    ['*bold* _leaning_ ~gone~ `code`', '<b>bold</b> <i>leaning</i> <s>gone</s> <code class="inline">code</code>'],
    ['**not markdown**', '**not markdown**'],
    ['5 * 3 * 2 and a*b*c', '5 * 3 * 2 and a*b*c'],
    ['<https://a.example|here>', '<a>here</a>'],
    ['&lt;b&gt; &amp; &quot;', '&#60;b&#62; &#38; &#38;quot;'],
    [':warning: and :nothing:', '⚠ and :nothing:'],
  ])('reads %s', (text, expected) => {
    expect(html(text)).toBe(expected)
  })

  it('shows mentions, also those that nobody wanted, and none where they were escaped', () => {
    expect(html('<@U7> <!channel>')).toBe('<span class="mention">@Ada</span> <span class="mention">@channel</span>')
    expect(html('&lt;!channel&gt;')).toBe('&#60;!channel&#62;')
  })

  it('leaves signs behind a zero-width space alone: Slack has no backslash', () => {
    expect(html('\u200b*plain\u200b*')).toBe('\u200b*plain\u200b*')
    expect(html('\\*bold\\*')).toBe('\\<b>bold\\</b>')
  })

  it('quotes a line that begins with >, escaped or not', () => {
    expect(html('a\n&gt; said\nb')).toBe('a\n<div class="quote">said</div>b')
    expect(html('> said')).toBe('<div class="quote">said</div>')
  })

  it('keeps code blocks as they are, line by line', () => {
    expect(html('```\nx  *1*\n&lt;b&gt;\n```')).toBe('<pre class="code" data-lines="2"><code>x  *1*\n&#60;b&#62;</code></pre>')
  })

  it('writes dates in the zone of the phone', () => {
    expect(html(`<!date^${reader.now / 1000}^{time}|14:00>`).replace(/\s/g, ' ')).toBe('10:00 AM')
  })

  it('reads nothing in plain text but entities', () => {
    expect(slackPlain('*a* <!here> &lt;')).toBe('*a* &#60;!here&#62; &#60;')
  })
})
