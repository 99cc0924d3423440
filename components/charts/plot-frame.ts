/** How far the plot is from the left and the right of its box: what stands below it lines up with its axis. */
export const PLOT_LEFT_PX = 68
export const PLOT_RIGHT_PX = 12
