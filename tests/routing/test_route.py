"""Where a mention goes and why: reasons, runner-up, several desks, secrets, people in need, triage."""

from __future__ import annotations

import pytest

from domain import Media
from routing.route import route
from routing.rules import compile_rules
from tests.builders import mention
from tests.routing.seen import place, seen, span


def desks(routes):
    return tuple(r.department for r in routes)


# --- reasons -----------------------------------------------------------------------------------


def test_the_reasons_point_at_the_words_that_decided(rules):
    """Staff see the very words: what is wrong, where, and what made it somebody's."""
    text = "Min, jalan provinsi berlubang di Gemolong!"
    hole = span(text, "berlubang")
    gemolong = place(text, "Gemolong", "33.14.05")
    extraction = seen("jalan_jembatan", "33.14.05", topic_spans=(hole,), places=(gemolong,))

    (chosen,) = route(mention(text, account="x:jateng"), extraction, rules)

    said = {reason.what: [text[s.start:s.end] for s in reason.spans] for reason in chosen.because}
    assert said == {
        "topic:jalan_jembatan": ["berlubang"], "word:jalan provinsi": ["jalan provinsi"],
        "place:33.14.05 33.14.05": ["Gemolong"],
    }


def test_spans_stay_right_behind_emoji_and_punctuation(rules):
    """Offsets are code points into the stored text."""
    text = "😭😭 Solo—Purwodadi!!! İstanbul; JALAN,  PROVINSI bolong"

    (chosen,) = route(mention(text, account="x:jateng"), seen("jalan_jembatan", "33.14"), rules)

    spans = [s for reason in chosen.because if reason.what.startswith("word:") for s in reason.spans]
    words = [text[s.start:s.end] for s in spans]
    assert words == ["JALAN,  PROVINSI", "Solo—Purwodadi"]


def test_the_runner_up_and_the_margin_show_how_close_it_was(rules):
    """A pothole with a weaker street light: the second desk and the distance to it."""
    first, second = route(mention("x"), seen("jalan_jembatan:0.9 lampu_jalan:0.8", "33.72.05"), rules)

    assert (first.department, first.runner_up, first.margin) == ("dpupr-solo", "dishub-solo", 0.09)
    assert second.department == "dishub-solo"


def test_a_rule_of_words_names_who_would_have_had_it_without_them(rules):
    """What would flip it: without "jalan provinsi" the road in Klaten is Klaten's."""
    (chosen,) = route(mention("Jalan provinsi rusak di Klaten"), seen("jalan_jembatan", "33.10"), rules)

    assert (chosen.department, chosen.runner_up) == ("dpubmck-jateng", "pemkab-klaten")
    assert 0 < chosen.margin < chosen.score


# --- several desks -----------------------------------------------------------------------------


def test_two_complaints_in_one_post_reach_two_departments(rules):
    """A pothole and a dead street light: public works and transport, each with its own route."""
    text = "Jalan berlubang dan PJU mati di Banyuanyar"

    assert desks(route(mention(text), seen("jalan_jembatan:0.9 lampu_jalan:0.7", "33.72.05"), rules)) == (
        "dpupr-solo", "dishub-solo")


def test_a_faint_second_topic_opens_nothing(rules):
    """Below the threshold the first department alone gets it."""
    routes = route(mention("x"), seen("jalan_jembatan:0.9 lampu_jalan:0.69", "33.72"), rules)

    assert desks(routes) == ("dpupr-solo",)


def test_two_topics_of_one_department_make_one_route_with_both_reasons(rules):
    """Flood and road are both public works: one ticket, not two."""
    (chosen,) = route(mention("x"), seen("banjir_drainase:0.9 jalan_jembatan:0.8", "33.72"), rules)

    assert chosen.department == "dpupr-solo"
    assert {"topic:banjir_drainase", "topic:jalan_jembatan"} <= {reason.what for reason in chosen.because}


def test_one_post_may_go_to_the_city_and_to_a_company(rules):
    """A dead lamp is the city's, the power cut is PLN's."""
    text = "Mati lampu dan jalan gelap, PJU juga mati"

    routes = route(mention(text), seen("listrik_telekom lampu_jalan:0.8", "33.72"), rules)

    assert [(r.department, r.outside) for r in routes] == [("pln", True), ("dishub-solo", False)]


# --- whose ground ------------------------------------------------------------------------------


def test_the_place_outweighs_the_account(rules):
    """The mayor is told of Klaten, the governor of a gang in Solo: the place decides."""
    to_the_mayor = route(mention("x", account="x:solo"), seen("jalan_jembatan", "33.10.04"), rules)
    to_the_governor = route(mention("x", account="x:jateng"), seen("jalan_jembatan", "33.72.04"), rules)

    assert desks(to_the_mayor) == ("pemkab-klaten",)
    assert desks(to_the_governor) == ("dpupr-solo",)


def test_no_place_means_the_account_that_was_addressed(rules):
    """Who is asked is the best guess at whose it is, and the score says that it is a guess."""
    (chosen,) = route(mention("x", account="x:jateng"), seen("jalan_jembatan"), rules)

    assert (chosen.department, chosen.owner) == ("dpubmck-jateng", "provinsi")
    assert chosen.score == 0.45
    assert chosen.because[-1].what == "account:x:jateng"


def test_the_citys_account_counts_before_the_governors(rules):
    """Who calls both usually means a local matter and wants weight behind it."""
    both = mention("x", account="x:jateng", seen_by=("x:jateng", "x:solo"))

    assert desks(route(both, seen("jalan_jembatan"), rules)) == ("dpupr-solo",)


def test_an_import_without_a_known_account_goes_by_place_then_to_the_province(rules):
    """Telephone logs and archives name no watched account."""
    log = {"account": "import:telepon"}

    assert desks(route(mention("x", **log), seen("jalan_jembatan", "33.72.01"), rules)) == ("dpupr-solo",)
    assert desks(route(mention("x", **log), seen("jalan_jembatan"), rules)) == ("dpubmck-jateng",)


def test_an_import_may_name_the_account_by_its_handle(rules):
    """Archives know "@pemkot_solo", not the key that the operator chose."""
    for account in ("x:PEMKOT_SOLO", "@pemkot_solo", "pemkot_solo"):
        assert desks(route(mention("x", account=account), seen("jalan_jembatan"), rules)) == ("dpupr-solo",)


def test_an_official_handle_in_the_text_tells_the_government(rules):
    """An import that calls @pemkot_solo is meant for the city."""
    post = mention("@pemkot_solo jalan rusak", account="import:csv", handles=("Pemkot_Solo",))

    assert desks(route(post, seen("jalan_jembatan"), rules)) == ("dpupr-solo",)


def test_places_that_agree_on_a_kabupaten_count_where_no_location_was_settled(rules):
    """Two villages of one kabupaten are enough to know whose it is; of two kabupaten they are not."""
    text = "Jalan Trucuk sampai Cawas rusak, beda dengan Weru"
    trucuk, cawas = place(text, "Trucuk", "33.10.12"), place(text, "Cawas", "33.10.05")
    weru = place(text, "Weru", "33.11.01")

    agreed = route(mention(text), seen("jalan_jembatan", places=(trucuk, cawas)), rules)
    split = route(mention(text), seen("jalan_jembatan", places=(trucuk, weru)), rules)

    assert desks(agreed) == ("pemkab-klaten",)
    assert desks(split) == ("dpupr-solo",)  # by the account


def test_a_place_that_nobody_is_sure_of_does_not_decide(rules):
    """Below the threshold the account speaks."""
    assert desks(route(mention("x"), seen("jalan_jembatan", "33.10", location_score=0.2), rules)) == ("dpupr-solo",)


def test_a_suburbs_name_does_not_pull_away_a_place_inside_the_city(rules):
    """The NLP found Jajar; that the driver came from Colomadu changes nothing."""
    text = "Dari Colomadu masuk Jajar jalannya bolong"

    assert desks(route(mention(text), seen("jalan_jembatan", "33.72.01.1010"), rules)) == ("dpupr-solo",)


def test_a_place_outside_both_provinces_goes_to_people(rules):
    """Madiun has no desk and no body here: nobody guesses."""
    (chosen,) = route(mention("x"), seen("jalan_jembatan", "35.77"), rules)

    assert (chosen.department, chosen.owner, chosen.rule) == ("triage", "unknown", "triage-no-rule")


def test_village_matters_say_so_and_go_to_their_kabupaten(rules):
    """The owner is the village; the way there leads over its kabupaten."""
    (chosen,) = route(mention("Jalan desa kami rusak, kades diam"), seen("jalan_jembatan", "33.12.05"), rules)

    assert (chosen.department, chosen.owner, chosen.outside) == ("pemkab-wonogiri", "desa", True)


def test_no_department_works_in_anothers_area(rules, shipped):
    """Whatever words a post holds, a city department never gets a matter of another kabupaten."""
    text = " ".join(word for rule in shipped.routes for word in rule.when.any)
    for label in shipped.topics:
        for chosen in route(mention(text), seen(label, "33.10.04"), rules):
            assert rules.departments[chosen.department].government != "solo", (label, chosen.rule)


# --- people in need ------------------------------------------------------------------------------


@pytest.mark.parametrize(("topic", "desk"), [("pendidikan", "disdikbud-jateng"), ("kesehatan", "dinkes-jateng"),
                                             ("bansos", "dinsos-jateng")])
def test_a_person_in_need_elsewhere_reaches_the_province_at_once(topic, desk, rules):
    """Salatiga gets the case, and the province's department does too: a letter is too slow."""
    routes = route(mention("x", account="x:jateng"), seen(topic, "33.73", vulnerable=("poverty",)), rules)

    assert [(r.department, r.outside, r.priority) for r in routes] == [
        (desk, False, "tinggi"), ("pemkot-salatiga", True, "tinggi")]


def test_without_need_the_neighbour_alone_gets_it(rules):
    """A school's roof in Salatiga is Salatiga's."""
    assert desks(route(mention("x"), seen("pendidikan", "33.73"), rules)) == ("pemkot-salatiga",)


def test_an_illness_without_money_reaches_health_and_social_affairs(rules):
    """Cancer, no money for treatment: both desks, at once."""
    routes = route(mention("Simbah lara kanker ora duwe ragat"),
                   seen("kesehatan bansos:0.6", vulnerable=("sick", "elderly")), rules)

    assert desks(routes) == ("dinkes-solo", "dinsos-solo")


@pytest.mark.parametrize(("urgency", "vulnerable", "priority"), [
    ("darurat", (), "segera"), ("tinggi", (), "tinggi"), ("normal", (), "normal"), ("tidak_mendesak", (), "rendah"),
    ("normal", ("child",), "tinggi"), ("tidak_mendesak", ("elderly",), "tinggi"),
])
def test_danger_and_need_raise_the_priority(urgency, vulnerable, priority, rules):
    """A suggestion waits, a danger to life does not, and nobody in need is last."""
    (chosen,) = route(mention("x"), seen("jalan_jembatan", "33.72", urgency=urgency, vulnerable=vulnerable), rules)

    assert chosen.priority == priority


# --- secrets -------------------------------------------------------------------------------------


def test_corruption_goes_to_the_inspectorate_and_nowhere_else(rules):
    """The department that is accused never reads it, whatever the topic is."""
    routes = route(mention("Oknum pegawai DPUPR minta jatah proyek jalan, fee proyek 10 persen"),
                   seen("jalan_jembatan aparatur_pemerintahan:0.8", "33.72", sensitive=True), rules)

    assert desks(routes) == ("inspektorat-solo",)


@pytest.mark.parametrize(("account", "at", "desk"), [
    ("x:solo", "33.72", "inspektorat-jateng"), ("x:jateng", "33", "itjen-kemendagri")])
def test_who_accuses_the_inspectorate_is_read_one_level_higher(account, at, desk, rules):
    """The Inspectorate does not judge itself."""
    routes = route(mention("Inspektur Inspektorat menerima suap", account=account),
                   seen("aparatur_pemerintahan", at, sensitive=True), rules)

    assert desks(routes) == (desk,)


def test_corruption_in_another_kabupaten_is_not_handed_to_the_accused(rules):
    """A village head of Klaten is accused: the province's Inspectorate reads it, not Klaten."""
    routes = route(mention("Dana desa dikorupsi kades di Trucuk"),
                   seen("aparatur_pemerintahan", "33.10.12", sensitive=True), rules)

    assert desks(routes) == ("inspektorat-jateng",)


def test_a_secret_of_a_place_without_a_province_here_goes_to_people(rules):
    """Corruption in Sleman: a person decides who may read it."""
    (chosen,) = route(mention("Pejabat menerima suap"), seen("aparatur_pemerintahan", "34.04", sensitive=True), rules)

    assert (chosen.department, chosen.rule) == ("triage", "triage-sensitive")


@pytest.mark.parametrize(("text", "at", "desk"), [
    ("Anak tetangga dicabuli gurunya", "33.72.03", "dp3ap2kb-solo"),
    ("Pelecehan seksual di angkutan", "33.10", "dp3ap2kb-jateng"),
    ("Aku arep nglalu wae", None, "dinkes-solo"),
])
def test_violence_and_despair_reach_one_desk_at_once(text, at, desk, rules):
    """One department that helps, at the highest priority, and no second reader."""
    routes = route(mention(text), seen("pendidikan kesehatan:0.7", at, sensitive=True), rules)

    assert [(r.department, r.priority) for r in routes] == [(desk, "segera")]


def test_a_bullied_child_reaches_the_childrens_desk_and_the_school_department(rules):
    """Both can act; an outside body is not told by the machine."""
    text = "Anak saya dirundung teman sekolah"

    assert desks(route(mention(text), seen("pendidikan", "33.72", sensitive=True), rules)) == (
        "dp3ap2kb-solo", "disdik-solo")
    assert desks(route(mention(text), seen("pendidikan", "33.10", sensitive=True), rules)) == ("dp3ap2kb-jateng",)


def test_secret_words_count_only_where_the_nlp_says_secret(rules):
    """ "Korupsi waktu" is a joke: no sensitive case, no Inspectorate by that rule."""
    (chosen,) = route(mention("Bus telat, korupsi waktu namanya"), seen("lalu_lintas_transportasi", "33.72"), rules)

    assert chosen.department == "dishub-solo"


def test_a_dead_card_beside_an_illness_reaches_who_pays_and_who_treats(rules):
    """Cancer and a cancelled insurance card: social affairs for the card, health for the patient, at once."""
    text = "Simbah kanker payudara, BPJS nonaktif, tidak diobati"
    for at in ("33.72.05", "33.15"):
        routes = route(mention(text), seen("kesehatan", at, vulnerable=("sick", "elderly")), rules)
        assert {r.department.rsplit("-", 1)[0] for r in routes} >= {"dinkes", "dinsos"}


# --- ends of a way -------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "places", "desk"), [
    ("Macet dari Kartasura ke Solo, di pertigaan Kartasura bangjonya mati", ("Kartasura",), "pemkab-sukoharjo"),
    ("Dari Palur ke arah Jebres macet, bangjo Jebres mati", ("Palur", "Jebres"), "dishub-solo"),
    ("Dari Kartasura masuk Jajar macet total", ("Kartasura", "Jajar"), "dishub-solo"),
    ("saking Palur menyang Jebres macet saben sore", ("Palur", "Jebres"), "dishub-solo"),
])
def test_where_people_come_from_is_not_where_it_is(text, places, desk, rules):
    """The ends of a way say nothing where another place stands in the text; ends alone leave it to the account."""
    codes = {"Kartasura": "33.11.12", "Palur": "33.13.11.2005", "Jebres": "33.72.04", "Jajar": "33.72.01.1010"}
    extraction = seen("lalu_lintas_transportasi", codes[places[0]],
                      places=tuple(place(text, name, codes[name]) for name in places))

    assert desks(route(mention(text), extraction, rules)) == (desk,)


def test_a_stretch_between_two_governments_names_the_other_end(rules):
    """Nobody knows which part is meant: the addressed city looks, and sees whom else to ask."""
    text = "dari Kartasura ke Jebres macet terus tiap sore"
    places = (place(text, "Kartasura", "33.11.12"), place(text, "Jebres", "33.72.04"))

    (chosen,) = route(mention(text), seen("lalu_lintas_transportasi", "33.11.12", places=places), rules)

    assert (chosen.department, chosen.runner_up) == ("dishub-solo", "pemkab-sukoharjo")


# --- bodies and roads by name ----------------------------------------------------------------------


@pytest.mark.parametrize(("text", "topics", "desk"), [
    ("Sipir lapas mempersulit kunjungan", "", "rutan"),
    ("Lubang besar depan kantor pos, bahaya", "jalan_jembatan", "dpupr-solo"),
    ("Sampah numpuk sebelah KUA", "sampah_lingkungan", "dlh-solo"),
    ("Pohon jati milik Perhutani ditebangi", "pohon_taman", "perhutani"),
    ("Jalan raya Solo Sragen berlubang", "jalan_jembatan", "bbpjn"),
])
def test_a_body_is_named_as_the_owner_or_only_as_a_place(text, topics, desk, rules):
    """In front of the post office is not the post office's."""
    (chosen,) = route(mention(text), seen(topics, "33.72.05"), rules)

    assert chosen.department == desk


def test_a_road_that_nobody_has_verified_moves_no_ticket(rules):
    """It is named as what the road may be: staff check, the table learns."""
    (chosen,) = route(mention("Jl Ahmad Yani Kartasura bolong"), seen("jalan_jembatan", "33.11.12"), rules)

    assert (chosen.department, chosen.rule, chosen.runner_up) == ("pemkab-sukoharjo", "jurisdiction", "bbpjn")
    assert any("belum diverifikasi" in reason.what for reason in chosen.because)


def test_a_name_counts_while_its_entry_is_in_force(shipped):
    """Bodies merge and rename: an entry that has ended decides nothing any more."""
    ended = tuple(a.model_copy(update={"valid_to": "2020-12-31"} if a.key == "perhutani" else {})
                  for a in shipped.agencies)
    rules = compile_rules(shipped.model_copy(update={"agencies": ended}))
    post = mention("Perhutani melarang kami menanam jagung", account="x:jateng")

    assert desks(route(post, seen(""), rules)) == ("triage",)


# --- nobody's ------------------------------------------------------------------------------------


def test_what_no_topic_explains_goes_to_people(rules):
    """Actionable, but nobody knows what: triage, with the place as a hint."""
    (chosen,) = route(mention("Tolong pak, sudah lama begini"), seen("", "33.11.12"), rules)

    assert (chosen.department, chosen.rule, chosen.runner_up, chosen.topic) == (
        "triage", "triage-no-topic", "pemkab-sukoharjo", "lainnya")


def test_a_topic_below_the_threshold_is_no_topic(rules):
    """A guess at 0.2 opens no department's inbox."""
    (chosen,) = route(mention("x"), seen("jalan_jembatan:0.2", "33.72"), rules)

    assert chosen.department == "triage"


def test_words_still_speak_where_no_topic_does(rules):
    """No topic, but the citizen writes of the police."""
    assert desks(route(mention("Sudah lapor polsek tidak ada kabar"), seen("", "33.72"), rules)) == ("polri",)


def test_the_department_whose_account_was_addressed_takes_what_nothing_explains(rules):
    """A post to the transport department without a topic is read there, not in triage."""
    (chosen,) = route(mention("Gimana ini min", account="x:dishubsolo"), seen(), rules)

    assert (chosen.department, chosen.rule, chosen.score) == ("dishub-solo", "account-department", 0.3)


def test_a_topic_outweighs_the_department_that_was_addressed(rules):
    """Potholes sent to the transport department are public works'."""
    assert desks(route(mention("x", account="x:dishubsolo"), seen("jalan_jembatan"), rules)) == ("dpupr-solo",)


def test_a_picture_without_words_goes_to_people(rules):
    """Nobody can read it but a person."""
    (chosen,) = route(mention("min, tolong", media=(Media("photo"),)), seen(), rules)

    assert (chosen.department, chosen.rule) == ("triage", "triage-media-only")


def test_the_same_post_always_gets_the_same_routes(rules):
    """Decisions are reproducible to the byte."""
    post, extraction = mention("Jalan provinsi dan PJU rusak di Palur"), seen("jalan_jembatan lampu_jalan:0.8")

    assert len({route(post, extraction, rules) for _ in range(20)}) == 1


# --- beside a hand-over ------------------------------------------------------------------------


def test_the_desk_that_the_citizen_wrote_to_keeps_its_own_matter(rules):
    """Aid in Sragen, sent to the province's social office: that office and Sragen both get it."""
    routes = route(mention("PKH dicoret", account="x:dinsosjateng"), seen("bansos", "33.14"), rules)

    assert set(desks(routes)) == {"dinsos-jateng", "pemkab-sragen"}


def test_another_desk_of_the_province_is_no_second_reader(rules):
    """A road in Sragen sent to the social office is Sragen's alone."""
    routes = route(mention("dalan bolong", account="x:dinsosjateng"), seen("jalan_jembatan", "33.14"), rules)

    assert desks(routes) == ("pemkab-sragen",)


@pytest.mark.parametrize(("urgency", "expected"), [
    ("darurat", {"bpbd-jateng", "pemkab-cilacap"}), ("tinggi", {"pemkab-cilacap"}),
])
def test_lives_in_danger_elsewhere_reach_the_provinces_rescuers_too(rules, urgency, expected):
    """A letter of hand-over is too slow for people in the water; an ordinary flood may take it."""
    routes = route(mention("banjir"), seen("banjir_drainase", "33.01", urgency=urgency), rules)

    assert set(desks(routes)) == expected


def test_violence_at_home_has_one_reader(rules):
    """A beaten wife's words go to the women's and children's office and nowhere else."""
    text = "tetangga dipukuli suaminya, jalan depan rumah juga rusak"
    routes = route(mention(text), seen("jalan_jembatan", "33.72.05", sensitive=True), rules)

    assert desks(routes) == ("dp3ap2kb-solo",)
