"""`kentongan config check`, `config init` and `init`: the operators' file, checked before it is live."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain import ConfigError, Mention, MentionKind
from ops.opened_store import opened_store
from ops.rows import EPOCH
from ops.shipped import SHIPPED
from ops.terminal import DEFAULT_CONFIG, ConfigOption, say
from settings import Settings, load

if TYPE_CHECKING:
    from nlp.extract import Extractor

app = typer.Typer(help="Pengaturan: periksa, buat awal.", no_args_is_help=True)


@app.command("check")
def check(
    path: Annotated[Path | None, typer.Argument(help="berkas yang diperiksa")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Periksa seluruh berkas: bentuk, rujukan, lalu contoh dan bukan-contoh tiap topik.

    Contoh: kentongan config check config.yaml
    """
    from nlp.extract import Extractor

    settings = load(path or config)
    failures = list(failed_examples(settings, Extractor(settings)))
    for failure in failures:
        say(f"{path or config}: topics.{failure.topic}: {failure.reason}: {failure.text!r}")
    from settings.reading import Lines
    from workbench.lint import lint

    found = [each for each in lint(settings, Lines(path or config).of) if each.certain]
    for each in found:
        say(f"{each.where}: {each.what}" + (f" — {each.hint}" if each.hint else ""))
    examples = sum(len(t.examples) + len(t.not_) for t in settings.topics.values())
    if failures or any(each.code == "no_route" for each in found):
        say(f"{len(failures)} dari {examples} contoh gagal; {len(found)} rute atau topik tidak tercapai")
        raise typer.Exit(1)
    say(f"baik: {len(settings.topics)} topik, {len(settings.routes)} rute, {len(settings.departments)} tujuan, "
        f"{examples} contoh; aturan {settings.ruleset}")


@dataclass(frozen=True, slots=True)
class FailedExample:
    topic: str
    text: str
    reason: str


def failed_examples(settings: Settings, extractor: Extractor) -> Iterator[FailedExample]:
    """Examples that their topic does not find, counter-examples that it does."""
    for label, topic in settings.topics.items():
        for text, wanted in [*((t, True) for t in topic.examples), *((t, False) for t in topic.not_)]:
            found = {t.label for t in extractor.extract(_post(text)).topics if t.score >= settings.thresholds.topic}
            if (label in found) is not wanted:
                seen = ", ".join(sorted(found)) or "tidak ada"
                yield FailedExample(label, text, f"{'tidak ditemukan' if wanted else 'keliru ditemukan'} ({seen})")


def _post(text: str) -> Mention:
    return Mention("example", "", "import", MentionKind.FORM, "example", text, EPOCH, EPOCH)


@app.command("init")
def config_init(
    path: Annotated[Path, typer.Argument(help="tempat berkas baru")] = DEFAULT_CONFIG,
) -> None:
    """Tulis berkas pengaturan awal; yang sudah ada tidak ditimpa.

    Contoh: kentongan config init /etc/kentongan/config.yaml
    """
    if path.exists():
        raise ConfigError(f"{path}: sudah ada, tidak ditimpa", hint="pilih nama lain atau pindahkan yang lama")
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SHIPPED, path)
    say(f"ditulis: {path}")


def init(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Siapkan tempat kerja: pengaturan awal bila belum ada, dan basis data kosong.

    Contoh: kentongan init && kentongan run
    """
    if not config.exists():
        config_init(config)
    with opened_store(config, None, create=True) as store:
        facts = store.facts()
    say(f"siap: {config}, basis data skema {facts.get('schema')}")
