/** Who may do what, each against each; and what holds when the first wall has fallen. */
package dev.tidemark.walls;
