"""The shipped operators' file is whole, and a broken one is refused with line, column and a hint."""

from __future__ import annotations

import os
from collections import Counter
from datetime import time
from pathlib import Path

import pytest

import settings as reader
from domain import ConfigError
from routing.words import Lexicon, folded
from tests.paths import ROOT

TOPICS = {
    "jalan_jembatan", "lampu_jalan", "banjir_drainase", "sampah_lingkungan", "pohon_taman", "air_bersih",
    "listrik_telekom", "lalu_lintas_transportasi", "kesehatan", "pendidikan", "bansos", "adminduk_perizinan",
    "ketertiban_keamanan", "ketenagakerjaan", "aparatur_pemerintahan", "ekonomi_umkm_pertanian", "fasilitas_publik",
    "bencana", "lainnya",
}
KABUPATEN_KOTA = {f"33.{n:02}" for n in (*range(1, 30), *range(71, 77))}


@pytest.fixture(scope="module")
def shipped() -> reader.Settings:
    return reader.load(ROOT / "config.yaml")


# --- the shipped file --------------------------------------------------------------------------


def test_the_shipped_file_pages_nobody_by_itself(shipped):
    """Chains are there to be filled in; until then they write into the log."""
    steps = [step.to for chain in shipped.calls.chains.values() for step in chain]

    assert set(shipped.calls.chains) >= set(shipped.governments)
    assert {to.partition(":")[0] for to in steps} == {"log"}


def test_sections_of_calls_are_laid_over_each_other(tmp_path):
    """A file of one's own names its people and keeps the hours of the shipped one."""
    path = tmp_path / "config.yaml"
    path.write_text(f"extends: {os.path.relpath(ROOT / 'config.yaml', tmp_path)}\nversion: 1\n"
                    "calls: {quiet: null, chains: {solo: [{to: 'email:piket@solo.example'}]}}\n", encoding="utf-8")

    calls = reader.load(path).calls

    assert calls.quiet is None
    assert calls.digest == time(7)
    assert [step.to for step in calls.chains["solo"]] == ["email:piket@solo.example"]
    assert "jateng" in calls.chains


def test_the_shipped_file_has_every_topic_with_words_and_examples(shipped):
    """Nineteen topics, each in Indonesian and Javanese, each with cases for and against."""
    assert set(shipped.topics) == TOPICS
    for label, topic in shipped.topics.items():
        assert set(topic.keywords) == {"id", "jv"}, label
        assert len(topic.examples) >= 3, label
        assert topic.not_, label
        if label != "lainnya":
            assert min(len(words) for words in topic.keywords.values()) >= 25, label


def test_examples_carry_their_topics_words_and_counter_examples_do_not_win(shipped):
    """An operator who reads the examples sees what the words are for."""
    for label, topic in shipped.topics.items():
        for example in topic.examples:
            assert _best_topic(shipped, example) == label, example
        for other in topic.not_:
            assert _best_topic(shipped, other) != label, other


def _best_topic(shipped: reader.Settings, text: str) -> str | None:
    """The topic with the most keyword tokens outside metaphors: the plainest reading of the word lists."""
    line = folded(text)
    unless = (phrase for topic in shipped.topics.values() for phrase in topic.unless)
    for phrase in sorted((*shipped.signals.metaphors, *unless), key=len):
        line = line.replace(folded(phrase), "  ")
    counts: Counter[str] = Counter()
    for label, topic in shipped.topics.items():
        words = [folded(word) for group in topic.keywords.values() for word in group]
        found = Lexicon(words).find(line).words
        longest = [word for word in found if not any(word in other for other in found - {word})]
        counts[label] = sum(len(word.split()) for word in longest)
    counts["lainnya"] *= 0.3  # general words of asking: they decide only where nothing else speaks
    best, count = counts.most_common(1)[0]
    return best if count else None


def test_every_desk_can_be_reached(shipped):
    """A department that no rule names and that watches over nothing would wait for ever."""
    reached = {route.to for route in shipped.routes} | {g.coordinator for g in shipped.governments.values()}
    reached |= {agency.department for agency in shipped.agencies}
    reached |= {"triage"} | {key for key, d in shipped.departments.items() if d.outside and d.area}

    assert set(shipped.departments) - reached == set()


def test_every_kabupaten_and_kota_has_somebody_who_answers(shipped):
    """All 35 of Central Java and the neighbour Yogyakarta: none falls through."""
    served = {government.code for government in shipped.governments.values()}
    areas = {d.area for d in shipped.departments.values() if d.outside and d.area}

    assert served | areas >= KABUPATEN_KOTA | {"34"}
    assert not served & areas


def test_every_topic_goes_somewhere_in_both_governments(shipped):
    """Each government has a rule for each topic that asks for nothing but the topic."""
    open_rules = {(r.when.topic, r.when.government) for r in shipped.routes
                  if not (r.when.any or r.when.place or r.when.account or r.when.sensitive)}
    missing = {(topic, government) for topic in TOPICS - {"lainnya"} for government in shipped.governments
               if (topic, government) not in open_rules and (topic, None) not in open_rules}

    assert missing == set()


def test_no_rule_stands_behind_one_that_always_wins(shipped):
    """A rule with words behind the wordless rule of the same topic and government would never be asked."""
    closed: set[tuple[str | None, str | None]] = set()
    for route in shipped.routes:
        when = route.when
        if when.sensitive or when.account or when.place:
            continue
        assert (when.topic, when.government) not in closed, route.name
        assert (when.topic, None) not in closed, route.name
        if not when.any:
            closed.add((when.topic, when.government))


def test_x_and_instaloader_are_off_as_shipped(shipped):
    """Government use of X needs an agreement, and Instagram's unofficial way a person's decision."""
    assert not shipped.platforms["x"].enabled
    assert shipped.platforms["x"].agreement == ""
    assert not shipped.platforms["instagram"].enabled


def test_no_secret_stands_in_the_file(shipped):
    """Tokens are named, never written."""
    names = [name for p in shipped.platforms.values() for name in (p.token_env, p.secret_env) if name]

    assert names
    assert all(name.startswith("KENTONGAN_") for name in names)


def test_not_ours_is_no_reason_to_reject(shipped):
    """What belongs to somebody else is handed over and stays tracked."""
    assert not [key for key in shipped.reject_reasons if "wewenang" in key]
    assert {"bukan_keluhan", "duplikat", "informasi_tidak_cukup", "sudah_ditangani"} <= set(shipped.reject_reasons)


def test_every_signal_kind_has_words_in_both_languages(shipped):
    """Danger, people in need and secrets are heard in Javanese too."""
    assert {"kobongan", "omahe ambruk"} <= set(shipped.signals.urgency["darurat"])
    assert {"mbah", "simbah"} <= set(shipped.signals.vulnerable["elderly"])
    assert {"nglalu", "kendhat"} <= set(shipped.signals.sensitive["self_harm"])
    assert {"rungkad", "jugrug"} <= set(shipped.signals.defect)


def test_the_ruleset_names_what_decides_and_nothing_else(shipped):
    """Another port does not make another ruleset; another route does."""
    moved = shipped.model_copy(update={"inbox": shipped.inbox.model_copy(update={"port": 9000})})
    fewer = shipped.model_copy(update={"routes": shipped.routes[1:]})

    assert moved.ruleset == shipped.ruleset
    assert fewer.ruleset != shipped.ruleset


# --- broken files --------------------------------------------------------------------------------

BASE = """\
version: 1
platforms:
  x:
    enabled: false
governments:
  solo:
    name: Kota Contoh
    level: kabupaten_kota
    code: "33.72"
    coordinator: kominfo
accounts:
  - key: "x:solo"
    platform: x
    handle: kota_contoh
    government: solo
departments:
  triage:
    name: Triase
  kominfo:
    name: Kominfo
    government: solo
  dpupr:
    name: Pekerjaan Umum
    government: solo
topics:
  jalan:
    name: Jalan
    keywords:
      id: [jalan rusak]
    examples: [jalan rusak satu, jalan rusak dua, jalan rusak tiga]
    not: [jalan keluar]
signals:
  urgency: {darurat: [tolong], tinggi: [bahaya], tidak_mendesak: [usul]}
  vulnerable: {child: [bayi]}
  sensitive: {child: [dirundung]}
  defect: [rusak]
  request: [mohon]
  question: [kapan]
  praise: [mantap]
  spam: [togel]
  news: [dilansir]
  trivial: {love: [mantan]}
  metaphors: [banjir order]
routes:
  - name: jalan-solo
    when: {topic: jalan, government: solo}
    to: dpupr
clocks:
  - name: sehari
    hours: 24
    basis: contoh
    valid_from: "2020-01-01"
reject_reasons:
  duplikat: Duplikat
"""

BROKEN = [
    # what is written, instead of what, the place that the error must name, what it must say
    ("version: 1", "version: 2", "1:1: version:", "1"),
    ("version: 1\n", "version: 1\ntimezon: Asia/Jakarta\n", "2:1: timezon: kunci tidak dikenal",
     "maksud Anda 'timezone'?"),
    ("    enabled: false", "    enabled: mungkin", "4:5: platforms.x.enabled:", "true atau false"),
    ("    enabled: false", "    enabled: true", "4:5: platforms.x.enabled:", "platforms.x.agreement"),
    ("    level: kabupaten_kota", "    level: kota", "8:5: governments.solo.level:", "kabupaten_kota"),
    ('    code: "33.72"', "    code: Solo", "9:5: governments.solo.code:", "bentuknya"),
    ("    coordinator: kominfo", "    coordinator: kominf", "10:5: governments.solo.coordinator:",
     "maksud Anda 'kominfo'?"),
    ('  - key: "x:solo"', '  - key: "solo"', "12:5: accounts.0.key:", "bentuknya"),
    ("    platform: x\n", "    platform: xx\n", "13:5: accounts.0.platform: platform 'xx' tidak dikenal",
     "maksud Anda 'x'?"),
    ("    handle: kota_contoh\n", "", "12:5: accounts.0.handle: kunci wajib tidak ada", ""),
    ("    government: solo\ndepartments", "    government: sola\ndepartments", "15:5: accounts.0.government:",
     "maksud Anda 'solo'?"),
    ("  triage:\n    name: Triase\n", "", "16:1: departments: department 'triage' wajib ada",
     "tidak dapat diantar"),
    ("    name: Kominfo\n", "    nama: Kominfo\n", "20:5: departments.kominfo.nama: kunci tidak dikenal",
     "maksud Anda 'name'?"),
    ("      id: [jalan rusak]", "      id: [j]", "29:12: topics.jalan.keywords.id.0:", "paling sedikit 2 huruf"),
    ("examples: [jalan rusak satu, jalan rusak dua, jalan rusak tiga]", "examples: [jalan rusak satu]",
     "30:5: topics.jalan.examples:", "paling sedikit 3 isi"),
    ("    not: [jalan keluar]", "    not: []", "31:5: topics.jalan.not:", "paling sedikit 1 isi"),
    ("  request: [mohon]\n", "", "32:1: signals.request: kunci wajib tidak ada", ""),
    ("when: {topic: jalan, government: solo}", "when: {topik: jalan, government: solo}",
     "46:12: routes.0.when.topik: kunci tidak dikenal", "maksud Anda 'topic'?"),
    ("when: {topic: jalan, government: solo}", "when: {topic: jalann, government: solo}",
     "46:12: routes.0.when.topic: topic 'jalann' tidak dikenal", "maksud Anda 'jalan'?"),
    ("    to: dpupr", "    to: dpur", "47:5: routes.0.to: department 'dpur' tidak dikenal", "maksud Anda 'dpupr'?"),
    ("    to: dpupr", "    to: dpupr\n    priority: kilat", "48:5: routes.0.priority:",
     "'rendah', 'normal', 'tinggi'"),
    ("clocks:", "  - name: jalan-solo\n    when: {}\n    to: triage\nclocks:",
     "48:5: routes.1.name: rule 'jalan-solo' ditulis dua kali", "beri nama lain"),
    ("    hours: 24", "    hours: 24\n    working_days: 2", "49:5: clocks.0:", "hours atau working_days, salah satu"),
    ("    hours: 24", "    hours: dua", "50:5: clocks.0.hours:", "bilangan bulat"),
    ("  duplikat: Duplikat", "  duplikat: Duplikat\n  duplikat: Lagi", "55:3:", "kunci ganda"),
    ("    name: Triase", "    name: Triase\n   contact: x", "19:4:", "periksa indentasi"),
    ("  duplikat: Duplikat", "  duplikat: \0", "54: tanda U+0000 tidak boleh ada", "hapus"),
    ("  duplikat: Duplikat", "  duplikat: " + "[" * 1200, "", "bersarang terlalu dalam"),
    ("  duplikat: Duplikat", "  duplikat: " + "{a: " * 60_000, "", "bersarang terlalu dalam"),
    ("  duplikat: Duplikat", "  duplikat:\n    " + "- " * 60_000 + "a", "", "bersarang terlalu dalam"),
    ("  duplikat: Duplikat", "  duplikat:\n    " + "? " * 60_000 + "a", "", "bersarang terlalu dalam"),
    ("    name: Triase\n", "    name: Triase\n\tnotify: []\n", "19:1:", "periksa indentasi"),
    ("    name: Triase\n", "    name: Triase\n    notify: ['emial:a@b.example']\n",
     "19:14: departments.triage.notify.0:", "maksud Anda 'email'?"),
    ("    name: Triase\n", "    name: Triase\n    notify: ['email:bukan alamat']\n",
     "19:14: departments.triage.notify.0: alamat email tidak sah", "email:aduan@dinas.example"),
    ("    name: Triase\n", "    name: Triase\n    notify: ['telegram:dinas solo']\n",
     "19:14: departments.triage.notify.0: id obrolan Telegram tidak sah", "telegram:-1001234567890"),
    ("    name: Triase\n", "    name: Triase\n    notify: ['webhook:mitra']\n",
     "19:14: departments.triage.notify.0: webhook 'mitra' tidak ada", "secret_env"),
    ("    name: Triase\n", "    name: Triase\n  yatim:\n    name: Dinas Yatim\n",
     "19:3: departments.yatim: tidak punya kotak masuk", "isi government"),
    ("when: {topic: jalan, government: solo}", "when: {topics: jalan, government: solo}",
     "46:12: routes.0.when.topics: kunci tidak dikenal", "maksud Anda 'topic'?"),
    ("version: 1\n", 'version: 1\nplaces:\n  - {name: bangjo Gendengan, code: "33.72.01.1099"}\n',
     "3:30: places.0.code: kode wilayah '33.72.01.1099' tidak dikenal", "maksud Anda '33.72.01.1009'? Kerten"),
    ("version: 1\n", "version: 1\nplaces:\n  - {name: bangjo Gendengan, code: Penumping}\n",
     "3:30: places.0.code:", "tulis kodenya: 33.72.01.1005 (Penumping)"),
    ("version: 1\n", "version: 1\nplaces:\n  - {name: bangjo Gendengan, code: Mawar Melati}\n",
     "3:30: places.0.code:", "tulis kode Kemendagri"),
    ("version: 1\n", 'version: 1\nplaces:\n  - {name: bangjo Gendengan, code: "33.72"}\n'
     '  - {name: Kota, code: "33.72"}\n', "4:6: places.1.name: 'Kota' kata sehari-hari", "tambahkan namanya"),
    ("version: 1\n", 'version: 1\nplaces:\n  - {name: jalan rusak, code: "33.72"}\n',
     "3:6: places.0.name: 'jalan rusak' kata sehari-hari", "tambahkan namanya"),
    ("version: 1\n", 'version: 1\nplaces:\n  - {name: lampu merah, code: "33.72"}\n',
     "3:6: places.0.name: 'lampu merah' kata sehari-hari", "tambahkan namanya"),
    ("version: 1\n", 'version: 1\nplaces:\n  - {name: UNS, code: "33.72"}\n',
     "3:6: places.0.name: 'UNS' terlalu pendek", "paling sedikit 4 huruf"),
    ("version: 1\n", 'version: 1\nplaces:\n  - {name: bangjo Gendengan, code: "33.72.01"}\n'
     '  - {name: Penumping, code: "33.72.01.1005", aliases: [Lampu Merah gendengan]}\n',
     "4:56: places.1.aliases.0: 'Lampu Merah gendengan' sama dengan 'bangjo Gendengan'", "hapus salah satu"),
    ("version: 1\n", "version: 1\ncalls: {chains: {sola: [{to: 'log:'}]}}\n",
     "2:18: calls.chains.sola: 'sola' bukan department dan bukan government", "maksud Anda 'solo'?"),
    ("version: 1\n", "version: 1\ncalls: {chains: {solo: [{to: 'sms:piket'}]}}\n",
     "2:26: calls.chains.solo.0.to: cara memberi tahu 'sms' tidak dikenal", "pilih: email, log"),
    ("version: 1\n", "version: 1\ncalls: {heads: {dpur: ['log:']}}\n", "2:17: calls.heads.dpur:",
     "maksud Anda 'dpupr'?"),
    ("version: 1\n", "version: 1\ncalls: {digest: '05:00'}\n", "2:1: calls:", "jatuh di jam tenang"),
    ("version: 1\n", "version: 1\ncalls: {quiet: {from: '21:00', until: '21:00'}}\n", "2:9: calls.quiet:",
     "hapus `quiet`"),
    ("version: 1\n", "version: 1\ncalls: {chains: {solo: []}}\n", "2:18: calls.chains.solo:", "paling sedikit 1 isi"),
    ("  x:\n", "  x: &satu\n", "", "alias (*) tidak dipakai di sini"),
    ("    enabled: false", "    enabled: false\n    token_env: " + "AAAA" + "b" * 40, "5:5: platforms.x.token_env:",
     "taruh di variabel lingkungan"),
]


@pytest.mark.parametrize(("old", "new", "place", "hint"), BROKEN, ids=[f"{n}" for n in range(len(BROKEN))])
def test_a_broken_file_is_refused_with_its_place_and_a_hint(old, new, place, hint, tmp_path):
    """Whoever edits the file reads which line to look at and what was probably meant."""
    assert BASE.count(old) == 1, "the case must change one place"
    path = tmp_path / "config.yaml"
    path.write_text(BASE.replace(old, new), encoding="utf-8")

    with pytest.raises(ConfigError) as refusal:
        reader.load(path)

    said = "\n".join((str(refusal.value), *refusal.value.problems, refusal.value.hint))
    assert not place or f"{path}:{place}" in said
    assert hint in said


def test_a_place_that_was_added_makes_another_ruleset(tmp_path):
    """What is read decides; a name that two towns share is no mistake."""
    path, more = tmp_path / "config.yaml", tmp_path / "more.yaml"
    path.write_text(BASE, encoding="utf-8")
    more.write_text(BASE + 'places: [{name: Pasar Legi, code: "33.72.05"}, {name: Pasar Legi, code: "33.12"}]\n')

    assert reader.load(more).ruleset != reader.load(path).ruleset
    assert len(reader.load(more).rules()["places"]) == 2


def test_every_mistake_is_told_at_once(tmp_path):
    """Three errors are one round of repair, not three."""
    text = BASE.replace("to: dpupr", "to: dpur").replace("coordinator: kominfo", "coordinator: kominf").replace(
        "government: solo\ndepartments", "government: sola\ndepartments")
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as refusal:
        reader.load(path)

    assert len(refusal.value.problems) == 3


def test_a_file_on_top_of_another_changes_only_what_it_says(tmp_path):
    """A demo or a test office extends the shipped file instead of copying it."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "top.yaml").write_text("extends: base.yaml\ninbox: {port: 9999}\n", encoding="utf-8")

    settings = reader.load(tmp_path / "top.yaml")

    assert settings.inbox.port == 9999
    assert settings.ruleset == reader.load(tmp_path / "base.yaml").ruleset


def test_a_changed_file_is_read_anew_and_a_reading_changes_no_other(tmp_path):
    """What is remembered of a text is shown to nobody who could change it."""
    path, above = tmp_path / "config.yaml", tmp_path / "mine.yaml"
    path.write_text(BASE, encoding="utf-8")
    above.write_text("extends: config.yaml\nversion: 1\nplatforms: {x: {poll_seconds: 7}}\n", encoding="utf-8")
    before = reader.load(path)

    assert reader.load(above).platforms["x"].poll_seconds == 7
    assert reader.load(path) == before
    path.write_text(BASE.replace("name: Kominfo", "name: Diskominfo"), encoding="utf-8")
    assert reader.load(path).departments["kominfo"].name == "Diskominfo"


def test_the_base_of_the_broken_files_is_whole(tmp_path):
    """Otherwise the cases above would prove nothing."""
    path = Path(tmp_path / "config.yaml")
    path.write_text(BASE, encoding="utf-8")

    assert reader.load(path).routes[0].to == "dpupr"
