import { connect } from 'node:tls'
import { SECOND_MS } from '../units.ts'
import type { HostPort } from './host-port.ts'

const DEADLINE_MS = 2 * SECOND_MS

/**
 * Whether a TLS handshake succeeds there, with whatever certificate. A server that insists on TLS drops who speaks
 * plainly, and the wire does not say why: trying tells.
 */
export function speaksTls({ host, port }: HostPort): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false })
    const settle = (answer: boolean) => () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(settle(false), DEADLINE_MS)
    socket.once('secureConnect', settle(true)).once('error', settle(false)).once('close', settle(false))
  })
}
