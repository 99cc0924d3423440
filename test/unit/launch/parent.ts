/** Supervises one child and prints its process id; the test then kills this process. */
import { Supervisor } from '../../../lib/launch/supervisor.ts'

await new Supervisor({
  module: new URL('./child.ts', import.meta.url).pathname,
  args: ['lives'],
  onMessage: (pid) => console.log(pid),
}).start()
