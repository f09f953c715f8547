"""The central system: where the terminals of an office meet and every entry is kept."""

from kiosk import __version__ as __version__
