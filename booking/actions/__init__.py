"""One function per thing that a person or the clock does; the first argument is always a Call."""
