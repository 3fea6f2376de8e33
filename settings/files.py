"""The operators' file as a file: written whole or not at all, watched for changes, spliced by section.

Comments and order are the operators' own; nothing here re-writes YAML that it was not asked to change.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from domain import ConfigError
from settings.reading import layer_paths, load, watched_paths
from settings.shape import Settings

RULE_SECTIONS = ("governments", "departments", "topics", "signals", "routes", "clocks", "pauses", "agencies", "suburbs",
                 "roads", "village_words", "places", "reject_reasons", "thresholds")
NEEDS_RESTART = ("store", "inbox", "receive", "timezone")  # a running process has these open
TOP_KEY = re.compile(r"^([A-Za-z_][\w]*):", re.MULTILINE)

TOPIC_KEY = re.compile(r"^  ([A-Za-z_]\w*):", re.MULTILINE)

Stamp = tuple[tuple[str, int, int], ...]


def write_whole(path: Path, text: str) -> None:
    """Replace `path` in one step; the file before it stays beside it as `NAME.bak`."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o640
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(mode)
        if path.exists():
            path.with_name(f"{path.name}.bak").write_bytes(path.read_bytes())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def checked(text: str, *, beside: Path) -> Settings:
    """`text` as the file `beside` would be read: `extends` counts from the same folder. Raises ConfigError."""
    handle, name = tempfile.mkstemp(dir=beside.parent, prefix=f".{beside.name}.draft-", suffix=".yaml")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return load(draft)
    except ConfigError as error:
        told = tuple(problem.replace(str(draft), str(beside)) for problem in error.problems)
        raise ConfigError(str(error).replace(str(draft), str(beside)), problems=told, hint=error.hint) from error
    finally:
        draft.unlink(missing_ok=True)


def sections(text: str) -> dict[str, str]:
    """Top-level key -> its lines with the comment block above it; "" holds what stands before the first."""
    starts = [(match.group(1), _with_comments(text, match.start())) for match in TOP_KEY.finditer(text)]
    ends = [start for _, start in starts[1:]] + [len(text)]
    found = {"": text[: starts[0][1]] if starts else text}
    found.update({key: text[start:end] for (key, start), end in zip(starts, ends, strict=True)})
    return found


def _with_comments(text: str, at: int) -> int:
    """Where the comment lines directly above a key begin; never above a blank line."""
    while at > 0:
        above = text.rfind("\n", 0, at - 1) + 1
        if not text[above:at].lstrip(" ").startswith("#"):
            return at
        at = above
    return at


def with_rules_of(text: str, older: str) -> str:
    """`text` with the sections that decide as `older` has them; ports, paths and accounts stay."""
    decide = (*RULE_SECTIONS, "include")
    mine, theirs = sections(text), sections(older)
    kept = {key: theirs[key] if key in decide and key in theirs else block for key, block in mine.items()
            if not (key in decide and key not in theirs)}
    added = [block for key, block in theirs.items() if key in decide and key not in mine]
    blocks = [block if block.endswith("\n") or not block else f"{block}\n" for block in (*kept.values(), *added)]
    return "".join(blocks)


def layer_texts(path: Path) -> list[str]:
    """The file and those that it extends, top first, as they stand."""
    return [layer.read_text(encoding="utf-8") for layer in layer_paths(path)]


def part_names(texts: list[str]) -> list[str]:
    """What can be edited by itself: each topic, then each other section that decides."""
    topics = [f"topics.{name}" for name in _topic_parts(_section(texts, "topics"))]
    return [*topics, *(name for name in RULE_SECTIONS if name != "topics" and _section(texts, name))]


def part(texts: list[str], name: str) -> str:
    """The lines of one part with its comments; "" where no layer has it."""
    section, _, topic = name.partition(".")
    whole = _section(texts, section)
    return _topic_parts(whole).get(topic, "") if topic else whole


def with_part(texts: list[str], name: str, lines: str) -> str:
    """The top file with one part replaced. A section that only a lower layer has is taken over whole first."""
    section, _, topic = name.partition(".")
    whole = _section(texts, section)
    old = _topic_parts(whole)[topic] if topic else whole
    lines = lines.rstrip() + (old[len(old.rstrip()):] or "\n") if lines.strip() else ""  # blank lines stay as they were
    fresh = whole.replace(old, lines, 1) if topic else lines
    mine = sections(texts[0])
    if section not in mine:
        return f"{texts[0].rstrip()}\n\n{fresh}"
    return "".join(fresh if key == section else block for key, block in mine.items())


def _section(texts: list[str], key: str) -> str:
    return next((found for text in texts if (found := sections(text).get(key))), "")


def _topic_parts(section: str) -> dict[str, str]:
    starts = [(match.group(1), _with_comments(section, match.start())) for match in TOPIC_KEY.finditer(section)]
    ends = [*(start for _, start in starts[1:]), len(section)]  # one too many where there is no topic
    return {key: section[start:end] for (key, start), end in zip(starts, ends, strict=False)}


def needs_restart(old: Settings, new: Settings) -> tuple[str, ...]:
    """Sections that differ and that a running process cannot take in."""
    return tuple(name for name in NEEDS_RESTART if getattr(old, name) != getattr(new, name))


class Watch:
    """Tells when the file, one that it extends or the learnt files that it names have changed and are whole.

    A change is taken in when two looks in a row have seen it alike: an editor may be half way through.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: ConfigError | None = None  # why the file as it stands is not in force
        self._layers = watched_paths(path)
        self._seen = self._taken = self._stamp()
        self._content = self._hash()

    def look(self) -> Settings | None:
        """New settings to take in, once; None where nothing changed, is still changing, or is broken."""
        stamp = self._stamp()
        if stamp == self._taken:
            return None
        if stamp != self._seen:
            self._seen = stamp
            return None
        self._taken = stamp
        content = self._hash()
        if content == self._content and self.problem is None:
            return None
        try:
            settings = load(self.path)
        except ConfigError as error:
            self.problem, self._content = error, content
            return None
        self.problem = None
        self._content = content
        if (layers := watched_paths(self.path)) != self._layers:  # else what is written from here on is a change again
            self._layers = layers
            self._seen = self._taken = self._stamp()
            self._content = self._hash()
        return settings

    def _stamp(self) -> Stamp:
        found = []
        for path in self._layers:
            try:
                stat = path.stat()
                found.append((str(path), stat.st_mtime_ns, stat.st_size))
            except OSError:
                found.append((str(path), 0, -1))
        return tuple(found)

    def _hash(self) -> str:
        digest = hashlib.sha256()
        for path in self._layers:
            try:
                digest.update(path.read_bytes())
            except OSError:
                digest.update(b"?")
        return digest.hexdigest()
