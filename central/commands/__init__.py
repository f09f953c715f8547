"""One module for each command of `central`; each has `add_to(subparsers)`."""
