"""What the API takes, as records: checked when it comes in, and the OpenAPI document is written from them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Number = Annotated[int, Field(ge=1, lt=10**15)]
Words = Annotated[str, Field(max_length=2_000)]
Why = Annotated[str, Field(min_length=5, max_length=500)]


class Given(BaseModel):
    """What comes in: nothing that is not asked for."""

    model_config = ConfigDict(extra="forbid")


class Seen(Given):
    version: Annotated[int, Field(ge=1, description="the version of the ticket that was looked at")]


class Step(Seen):
    note: Words = ""


class Note(Seen):
    note: Annotated[str, Field(min_length=1, max_length=2_000)]


class Reroute(Step):
    to_department: Annotated[str, Field(max_length=80, description="key of a department with an inbox")]


class HandOver(Note):
    to_department: Annotated[str | None, Field(max_length=80, description="key of an outside body")] = None


class Reject(Step):
    reason: Annotated[str, Field(max_length=80, description="a key of reject_reasons")]


class Assign(Step):
    assignee: Annotated[str | None, Field(max_length=80, description="a person of the desk; null: anybody")] = None


class SetTopic(Step):
    value: Annotated[str, Field(max_length=80, description="a topic's key; desk and clocks stay")]


class SetUrgency(Step):
    value: Annotated[str, Field(max_length=80, description="one of urgencies; desk and clocks stay")]


class Secrecy(Seen):
    note: Why


class Redact(Secrecy):
    words: Annotated[str, Field(min_length=2, max_length=200, description="as written in the post")]


class Merge(Step):
    other: Annotated[int, Field(ge=1, lt=10**15, description="the ticket that goes on")]


class Split(Step):
    mentions: Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=200)]


class Undo(Step):
    regrouping: Number


class Unmask(Given):
    reason: Why


class Finish(Step):
    """With a closing photo the same fields come as multipart/form-data, and the file as `photo`."""
