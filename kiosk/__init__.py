"""The single window: one desktop program for a service centre for foreign residents."""

__version__ = "0.1.0"
