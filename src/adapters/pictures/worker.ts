import { constants, getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import type { Drawing } from '../../ports/pictures.ts'
import { draw } from './draw.ts'
import type { Answer } from './renderer.ts'

/** Draws what it is sent, in the order it comes, in a thread of its own. */
const port = parentPort
if (!port) throw new Error('this file runs as a worker thread')

// Where threads have priorities of their own: trading comes first when the machine is short of time.
const nicer = 3
if (process.platform === 'linux') setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + nicer))

function attempt(drawing: Drawing): Answer {
  try {
    return { png: new Uint8Array(draw(drawing)) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

port.on('message', (drawing: Drawing) => {
  const answer = attempt(drawing)
  port.postMessage(answer, 'png' in answer ? [answer.png.buffer] : [])
})
