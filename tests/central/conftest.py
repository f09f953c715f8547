"""A real PostgreSQL for the tests of the central system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.central.cluster import Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server for all tests of this process; it starts with the first test that asks for it."""
    with Cluster() as started:
        yield started


@pytest.fixture
def postgres_url(cluster: Cluster) -> Iterator[str]:
    """An empty database of its own for each test, as `central serve --database` takes it."""
    url = cluster.database()
    yield url
    cluster.drop(url)
