"""What every test stands on."""

from __future__ import annotations

import os

# Before any import of Qt: without a platform that needs no screen, Qt aborts the interpreter.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# The machine's own settings must not reach a test; a test that needs settings makes them.
for name in [name for name in os.environ if name.startswith("KIOSK_")]:
    del os.environ[name]

from hypothesis import HealthCheck, settings  # noqa: E402  (the environment comes first)

# No deadline: a slow machine is not a wrong program. In CI the same examples each time.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
