"""The server ends, whoever is connected."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

import pytest

from central.centre import Centre
from central.server import Server, address_of
from kiosk.sync.protocol import IDLE


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_line_that_nobody_answers_for_is_cut_when_the_server_ends(centre: Centre) -> None:
    """A browser that keeps a line it does not use never answers when that is closed."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with Server(centre) as server:
        line = anybody.wrap_socket(socket.create_connection(address_of(server.address)))
        line.sendall(b"GET /v1/time HTTP/1.1\r\nHost: centre\r\nConnection: close\r\n\r\n")
        while line.recv(1000):  # to the end: the server has closed it, and waits for our word
            pass
    with socket.socket(fileno=line.detach()) as below, suppress(ConnectionResetError):
        below.settimeout(30)
        assert below.recv(1) == b""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_line_is_kept_for_longer_than_terminals_ask_over_it(centre: Centre) -> None:
    """Else a request goes out while its line is closed, and a terminal believes that the centre is gone."""
    assert Server(centre).config.timeout_keep_alive > IDLE
