/** How Node is started for a collector. */

/**
 * A collector works for a tenth of a second and then rests, and V8 is tuned for programs that do not rest. Side by
 * side on the same brokers: 2,015 partitions take 95 ms of CPU per interval with all flags, 160 ms with the first two
 * alone; with 40,000 partitions it occupies 475 MB instead of 740.
 */
export const COLLECTOR_FLAGS = [
  // The rest is taken for idleness: compiled code thrown away, the heap shrunk.
  '--no-flush-bytecode',
  '--no-memory-reducer',
  // As hardly anything is allocated per second, the heap would be let grow by a tenth only: a full collection per poll.
  '--heap-growing-percent=90',
  // Nobody waits for this process: better one long pause than a heap that outgrows its limit while it is marked.
  '--no-incremental-marking',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  // Helper threads cost more to wake and wait for than they save in a heap this small.
  '--single-threaded-gc',
  // For `restAfterPoll`.
  '--expose-gc',
  // Code that runs once in 15 s is compiled by two optimizing compilers in turn; one is enough.
  '--no-maglev',
]

/** Freed buffers go back to the system instead of staying in the gaps of glibc's arenas; other systems ignore this. */
export const COLLECTOR_ENV = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
}
