"""Print docs/commands.md from the command line itself: `python -m scripts.print_commands > docs/commands.md`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from ops.main import app

HEAD = """# Perintah

Dicetak dari bantuan perintah itu sendiri oleh `python -m scripts.print_commands`; jangan disunting.
Kode keluar: 0 selesai, 1 pemeriksaan gagal, 2 pemakaian atau pengaturan salah, 75 sedang dipakai, coba lagi.
"""


def page() -> str:
    """The whole page: a section a verb, with its help and its options."""
    sections = [_section(" ".join(path), command) for path, command in verbs(typer.main.get_command(app))]
    return "\n".join([HEAD, *sections])


def verbs(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every verb by its words, depth first, in the order of the help; a group that works alone is one too."""
    for name, command in getattr(group, "commands", {}).items():
        if not hasattr(command, "commands") or command.invoke_without_command:
            yield (*path, name), command
        yield from verbs(command, (*path, name))


def _section(name: str, command: Any) -> str:
    told = {kind: [p for p in command.params if p.param_type_name == kind and p.name != "help"]
            for kind in ("argument", "option")}
    usage = " ".join(p.name.upper() if p.required else f"[{p.name.upper()}]" for p in told["argument"])
    said = [line.strip() for line in (command.help or "").splitlines() if line.strip()]
    lines = [f"## kentongan {name} {usage}".rstrip(), "", *said, ""]
    lines += [f"- `{', '.join(p.opts)}`: {p.help}" for p in told["option"]]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 that is what it is for
