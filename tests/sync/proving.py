"""A request as the server takes it: signed, and with the body that was signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk.sync.signing import BadSignature, Signed, verify


def proved(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    find_key: Callable[[str], bytes | None],
) -> Signed:
    signed = verify(method, target, headers, find_key)
    if not signed.covers(body):
        raise BadSignature
    return signed
