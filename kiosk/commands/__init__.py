"""One module for each command of `kiosk`; each has `add_to(subparsers)`."""
