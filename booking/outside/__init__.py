"""Things beyond the process: the clock, mail, images."""
