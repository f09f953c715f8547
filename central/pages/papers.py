"""The papers of a case at a browser: the original was seen, its copy is looked at, a copy is attached."""

from __future__ import annotations

from starlette.responses import Response

from central.pages.cases import PICTURES, name_of, opened
from central.pages.intake import LARGEST
from central.pages.site import Missing, Visit, again
from kiosk.capture.apart import look_apart
from kiosk.errors import KioskError, NotAllowed, Refused, StoreError
from kiosk.model.case import CaseView, PaperView
from kiosk.model.entries import Json
from kiosk.model.text import Text, say

PDF = "application/pdf"
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF": PDF}  # how each begins


def sight(visit: Visit) -> Response:
    """The original of a paper was seen, or not after all."""
    case, seen = name_of(visit), visit.get("seen") == "1"
    paper = _paper(visit, opened(visit, case))
    desk = visit.site.desk
    again(lambda: desk.sight_paper(visit.operator, case, paper.stage, paper.key, seen))
    return visit.go(f"/cases/{visit.part('case')}#papers")


def attach(visit: Visit) -> Response:
    """A paper's copy, from a file or from an earlier case: what is sent is kept as a counter keeps it."""
    case = name_of(visit)
    view = opened(visit, case)
    paper = _paper(visit, view)
    if not paper.definition.copy:
        raise Missing(say("Nothing is at this address."))
    stage = view.track.stage(paper.stage)
    if stage.roles.isdisjoint(visit.operator.roles):  # before anything is read
        raise NotAllowed(say("{stage} belongs to another department.", stage=Text(stage.label)))
    if not visit.sent:
        return _asked(visit, view, paper)
    try:
        _keep(visit, case, paper)
    except StoreError:
        raise
    except KioskError as error:
        return _asked(visit, view, paper, error.text)
    told = say("Attached a copy of: {paper}", paper=Text(paper.label))
    return visit.go(f"/cases/{visit.part('case')}#papers", told)


def _keep(visit: Visit, case: str, paper: PaperView) -> None:
    """Raises KioskError for what is no picture, is too large, or may not be attached now."""
    desk, operator = visit.site.desk, visit.operator
    if "reuse" in visit.form.fields:
        again(lambda: desk.reuse_paper(operator, case, paper.stage, paper.key))
        return
    if not visit.form.files:
        raise Refused(say("No file was chosen."))
    data = visit.form.files[-1]
    kind = next((kind for begin, kind in KINDS.items() if data.startswith(begin)), None)
    if kind is None:
        raise Refused(say("Only PDF, JPEG and PNG can be attached."))
    look_apart(data)
    again(lambda: desk.attach_paper(operator, case, paper.stage, paper.key, data, kind))


def _asked(visit: Visit, view: CaseView, paper: PaperView, problem: Text | None = None) -> Response:
    return visit.page(
        "copy.html",
        422 if problem else 200,
        view=view,
        paper=paper,
        address=f"/cases/{visit.part('case')}",
        kinds=",".join(KINDS.values()),
        largest=LARGEST,
        problem=problem,
    )


def portrait(visit: Visit) -> Response:
    view = opened(visit, name_of(visit))
    return picture(visit, view.facts.get("case.portrait"))


def copy(visit: Visit) -> Response:
    """The copy of a paper: a picture, or a document to be saved."""
    return picture(visit, _paper(visit, opened(visit, name_of(visit))).copy)


def picture(visit: Visit, reference: Json) -> Response:
    data = visit.site.desk.blob(reference) if reference else None
    if data is None:
        raise Missing(say("This picture has not arrived here yet."))
    kind = reference.get("type", "")
    headers = {"content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'"}
    if kind not in PICTURES:
        kind = PDF if kind == PDF else "application/octet-stream"
        headers["content-disposition"] = 'attachment; filename="copy.pdf"'
    return Response(data, headers=headers, media_type=kind)


def _paper(visit: Visit, view: CaseView) -> PaperView:
    """The paper of this address. Raises Missing."""
    wanted = (visit.part("stage"), visit.part("paper"))
    found = next((paper for paper in view.papers if (paper.stage, paper.key) == wanted), None)
    if found is None:
        raise Missing(say("Nothing is at this address."))
    return found
