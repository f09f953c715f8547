"""Where in a case somebody looks after a fact."""

from __future__ import annotations

import pytest

from kiosk.model.ask import Definitions
from kiosk.ui.counter.choosing import stage_of
from tests.office import sample_pack


@pytest.mark.parametrize(
    ("keys", "stage", "key"),
    [
        (["guarantee.case", "guarantee.wage", "person.phone"], "guarantee", "guarantee.wage"),
        (["permit.number", "permit.valid_to"], "permit", "permit.valid_to"),  # a form of an action
        (["case.stage.permit"], "permit", "case.stage.permit"),
        (["case.paper.guarantee.business_licence"], "guarantee", "case.paper.guarantee.business_licence"),
        (["guarantee.status"], "guarantee", ""),  # no form asks it, but others of the guarantee
        (["case.guarantee"], "guarantee", ""),
        (["case.status"], "", ""),
        ([], "", ""),
    ],
)
def test_a_fact_is_looked_after_where_it_is_asked(keys: list[str], stage: str, key: str) -> None:
    pack = sample_pack()
    assert stage_of(Definitions(pack.tracks["worker"], pack.forms, pack.codes), keys) == (stage, key)
