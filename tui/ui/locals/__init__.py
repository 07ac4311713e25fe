"""The inspector: frames of a failure whose process is kept, the variables of one, and a line that evaluates in it."""
