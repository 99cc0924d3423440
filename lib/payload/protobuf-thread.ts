/** Run as a thread of its own by compile-protobuf.ts: parses one schema, answers it, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { parseProtobuf } from './protobuf-parser.ts'

const { text, references } = workerData as { text: string; references: string[] }
parentPort?.postMessage(parseProtobuf(text, references))
