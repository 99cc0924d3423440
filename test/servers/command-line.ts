/** Command lines as the console writes them for a shell, taken apart so that a tool that is kept warm can run them. */
import { spawnSync } from 'node:child_process'

export interface CommandLine {
  /** As the shell hands them to the tool, its name first. */
  words: string[]
  /** What reads the tool's output; null when a person does. */
  filter: string | null
}

export function takenApart(line: string): CommandLine {
  const [command = '', filter = null] = line.split(' | ')
  return { words: shell(`printf '%s\\n' ${command}`).trimEnd().split('\n'), filter }
}

/** What is left of the output, by the real filter. */
export function filtered(text: string, { filter }: CommandLine): string {
  return filter === null ? text : shell(filter, { input: text })
}

export function shell(line: string, options: { input?: string; cwd?: string } = {}): string {
  return spawnSync('sh', ['-c', line], { ...options, encoding: 'utf8' }).stdout
}
