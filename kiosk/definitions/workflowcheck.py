"""Workflows: every name they use exists, every fact is asked once, secrets stay where they belong."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator

from kiosk.definitions.checking import Check
from kiosk.definitions.pinning import forms_of
from kiosk.model import names
from kiosk.model.forms import FormDefinition
from kiosk.model.guards import GUARDS
from kiosk.model.text import Text, say
from kiosk.model.workflow import ActionDefinition, GuardCall, StageDefinition, TrackDefinition


class WorkflowCheck(Check):
    """The tracks of a pack."""

    def run(self) -> None:
        for track in self.pack.tracks.values():
            self.track(track)
            self.asked_once(track)

    def track(self, track: TrackDefinition) -> None:
        self.known(track, ("profile",), say("permit profile"), track.profile, self.pack.profiles)
        self.key(track, ("key",), track.key)
        for stage in track.stages:
            self.stage(track, stage)
        for action in track.case_actions:
            self.action(track, action, None)

    def stage(self, track: TrackDefinition, stage: StageDefinition) -> None:
        self.key(stage, ("key",), stage.key)
        self.known(stage, ("department",), say("department"), stage.department, self.pack.office.departments)
        self.known(stage, ("role",), say("role"), stage.role, self.pack.office.roles)
        self.known(stage, ("initial",), say("state"), stage.initial, stage.states)
        self.each(stage, "done", say("state"), stage.done, stage.states)
        self.each(stage, "forms", say("form"), stage.forms, self.pack.forms)
        for key, state in stage.states.items():
            self.key(stage, ("states", key), key)
            self.known(stage, ("states", key, "light"), say("light"), state.light, names.LIGHTS)
            if state.holder:
                self.known(
                    stage, ("states", key, "holder"), say("role"), state.holder, self.pack.office.roles
                )
        for paper in stage.papers:
            self.key(paper, ("key",), paper.key)
            self.shown(paper)
        for call in stage.open_when:
            self.guard(track, call)
        for action in stage.actions:
            self.action(track, action, stage)
        self.secrecy(stage)

    def action(self, track: TrackDefinition, action: ActionDefinition, stage: StageDefinition | None) -> None:
        self.key(action, ("key",), action.key)
        self.known(action, ("kind",), say("kind of action"), action.kind, names.ACTION_KINDS)
        self.each(action, "roles", say("role"), action.roles, self.pack.office.roles)
        self.each(action, "effects", say("effect"), action.effects, names.EFFECT_NAMES)
        self.each(action, "slips", say("slip"), action.slips, names.SLIP_NAMES)
        if stage:
            self.each(action, "from", say("state"), action.from_, stage.states)
            self.known(action, ("to",), say("state"), action.to, stage.states)
        if action.form:
            self.known(action, ("form",), say("form"), action.form, self.pack.forms)
        if action.reasons:
            self.known(action, ("reasons",), say("code list"), action.reasons, self.pack.codes)
        for call in action.guards:
            self.guard(track, call)
        if action.is_the_persons and set(action.effects) - {"confirm_guarantee"}:
            self.report.add(
                self.report.place(action, "effects"),
                say("What the person does himself has no effect but “confirm_guarantee”."),
                say("Let a role of the office do this."),
            )
        if action.kind == "refuse" and (not action.reasons or "system" in action.roles):
            self.report.add(
                self.report.place(action),
                say("A refusal needs reasons to choose from and a person who decides."),
                say("Add “reasons: …”, and let a role other than “system” refuse."),
            )

    def guard(self, track: TrackDefinition, call: GuardCall) -> None:
        """The guard exists, has the arguments it takes, and these name what exists."""
        place = self.report.place(call, call.name)
        if call.name not in names.GUARD_NAMES:
            self.report.unknown(place, say("guard"), call.name, names.GUARD_NAMES)
            return
        takes = list(inspect.signature(GUARDS[call.name]).parameters)[2:]  # after the file and the ask
        if set(takes) != set(call.arguments):
            self.report.add(
                place,
                say("The guard “{name}” is called with the wrong arguments.", name=call.name),
                say("It takes: {names}.", names=", ".join(takes) or "–"),
            )
            return
        for key, what, given, known in self._named(track, call):
            for name in given:
                if name not in known:
                    self.report.unknown(self.report.place(call, call.name, key), what, name, known)

    def _named(
        self, track: TrackDefinition, call: GuardCall
    ) -> Iterator[tuple[str, Text, Collection[str], Collection[str]]]:
        """(argument, what it names, the names given, the names there are) where an argument names things."""
        stages = {stage.key: stage for stage in track.stages}
        stage = str(call.arguments.get("stage", ""))
        if "form" in call.arguments:
            yield "form", say("form"), [str(call.arguments["form"])], self.pack.forms
        if "stage" in call.arguments:
            yield "stage", say("stage"), [stage], stages
        states = call.arguments.get("states")
        if isinstance(states, list) and stage in stages:
            yield "states", say("state"), states, stages[stage].states

    def secrecy(self, stage: StageDefinition) -> None:
        """What a doctor writes is asked in a private stage only: other terminals never receive it."""
        if stage.private:
            return
        used = [*stage.forms, *(action.form for action in stage.actions if action.form)]
        for key in used:
            for field in self.pack.forms[key].fields if key in self.pack.forms else ():
                if field.subject == "health":
                    self.report.add(
                        self.report.place(field, "key"),
                        say(
                            "“{key}” belongs to the health post, but the stage “{stage}” is not private.",
                            key=field.key,
                            stage=stage.key,
                        ),
                        say("Move the field to a form of a stage with “private: true”."),
                    )

    def asked_once(self, track: TrackDefinition) -> None:
        """Every fact is entered once in the life of a case."""
        seen: dict[str, FormDefinition] = {}
        for key in forms_of(track):
            if key not in self.pack.forms:
                continue
            form = self.pack.forms[key]
            for field in form.fields:
                if field.key in seen and seen[field.key] is not form:
                    self.report.add(
                        self.report.place(field, "key"),
                        say(
                            "“{key}” is asked by the form “{form}” already.",
                            key=field.key,
                            form=seen[field.key].key,
                        ),
                        say("Remove it here: every fact is entered once."),
                    )
                seen.setdefault(field.key, form)
