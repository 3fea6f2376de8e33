"""Signing in at the government's identity provider: a real flow against one on loopback, and every way to forge it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from domain import ConfigError
from inbox.configuration import refuse_without_oidc
from inbox.desk import desk, set_up
from settings.signing_in import OidcPerson, OidcSettings
from storage.store import Store
from tests.inbox.identity_provider import CLIENT, SECRET, Provider, serving

pytest.importorskip("authlib")
PEOPLE = (OidcPerson(group="kentongan-dpupr", departments=("dpupr-solo",)),
          OidcPerson(group="kentongan-dishub", departments=("dishub-solo",)),
          OidcPerson(group="kentongan-operator", role="operator", departments=("dpupr-solo",)))


def forget_client() -> None:
    from inbox import oidc

    oidc._client.cache_clear()


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with serving() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, store: Store, people: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The provider, fresh, and the desk set up to trust it."""
    monkeypatch.setenv("KENTONGAN_OIDC_SECRET", SECRET)
    running.fault, running.who = "", {"sub": "s-1", "preferred_username": "sari", "groups": ["kentongan-dpupr"]}
    trust(running)
    yield running
    forget_client()


def trust(provider: Provider, **more: Any) -> None:
    forget_client()
    settings = OidcSettings(issuer=provider.issuer, client_id=CLIENT, people=PEOPLE, **more)
    inbox = desk().settings.inbox.model_copy(update={"oidc": settings})
    set_up(replace(desk(), settings=desk().settings.model_copy(update={"inbox": inbox})))


def way_back(browser: Any, provider: Provider, start: str = "/masuk/pemerintah") -> str:
    """To the provider as a browser goes; the address that it sends the browser back to."""
    away = browser.get(start)["Location"]
    assert away.startswith(f"{provider.issuer}/authorize?")
    back = requests.get(away, allow_redirects=False, timeout=5).headers["Location"]
    return back.partition("127.0.0.1")[2].partition("/")[1] + back.partition("127.0.0.1")[2].partition("/")[2]


def come_in(browser: Any, provider: Provider, start: str = "/masuk/pemerintah") -> Any:
    return browser.get(way_back(browser, provider, start))


def user(name: str) -> Any:
    from inbox.models import User

    return User.objects.filter(username=name).first()


def last(store: Store, name: str = "-") -> Any:
    return store.access_history(f"staff:{name}", limit=1)[0]


def test_without_an_issuer_there_is_no_such_address(store: Store, browser_of: Any) -> None:
    """Off by default: no link at the door, no page behind it."""
    browser = browser_of(None)

    assert [browser.get(path).status_code for path in ("/masuk/pemerintah", "/masuk/pemerintah/kembali")] == [404, 404]
    assert "/masuk/pemerintah" not in browser.get("/masuk").content.decode()


def test_who_is_in_a_group_comes_in_with_what_the_group_may(provider: Provider, browser_of: Any, store: Store) -> None:
    """PKCE, state and nonce travel; the account is made, without a password; the wished page opens."""
    browser = browser_of(None)
    assert 'href="/masuk/pemerintah?next=/tiket/7"' in browser.get("/masuk?next=/tiket/7").content.decode()
    away = parse_qs(urlsplit(browser.get("/masuk/pemerintah")["Location"]).query)
    assert away["code_challenge_method"] == ["S256"]
    assert all(away[name][0] for name in ("state", "nonce", "code_challenge"))

    answer = come_in(browser, provider, "/masuk/pemerintah?next=/tiket/7")

    assert (answer.status_code, answer["Location"]) == (302, "/tiket/7")
    assert browser.get("/").status_code == 200
    sari = user("sari")
    assert (sari.role, sari.departments, sari.all_departments, sari.has_usable_password()) == (
        "reviewer", ["dpupr-solo"], False, False)
    assert (last(store, "sari").verb, last(store, "sari").after["by"]) == ("sign_in", "oidc")
    assert browser_of(None).post("/masuk", {"username": "sari", "password": ""}).status_code == 422


def test_rights_follow_the_groups_at_each_sign_in(provider: Provider, browser_of: Any) -> None:
    """Two groups of one role add up; a change over there is a change here; none at all ends what is open."""
    first = browser_of(None)
    provider.who["groups"] = ["tak-dikenal", "kentongan-dishub", "kentongan-dpupr"]
    come_in(first, provider)
    assert sorted(user("sari").departments) == ["dishub-solo", "dpupr-solo"]
    provider.who["groups"] = "kentongan-operator"
    come_in(browser_of(None), provider)
    assert user("sari").role == "operator"

    provider.who["groups"] = []

    assert come_in(browser_of(None), provider).status_code == 403
    assert first.get("/").status_code == 302


@pytest.mark.parametrize(("who", "why"), [
    ({"groups": []}, "no group"), ({"groups": None}, "no group"), ({"groups": {"x": 1}}, "no group"),
    ({"groups": ["kentongan"]}, "no group"), ({"preferred_username": "alice"}, "name taken"),
    ({"preferred_username": ""}, "no name"), ({"preferred_username": "x\u202ey"}, "no name")])
def test_who_is_unknown_here_gets_no_account_and_no_rights(
    who: dict[str, Any], why: str, provider: Provider, browser_of: Any, store: Store, people: Any
) -> None:
    """No group, no account; and whoever is called like somebody here does not become them."""
    from inbox.models import User

    before, browser = User.objects.count(), browser_of(None)
    provider.who.update(sub="s-2", **who)

    assert come_in(browser, provider).status_code == 403

    assert browser.get("/").status_code == 302
    assert User.objects.count() == before
    assert (last(store).verb, last(store).after["why"]) == ("sign_in_failed", why)


@pytest.mark.parametrize("fault", ["nonce", "no nonce", "audience", "azp", "issuer", "expired", "no expiry", "unsigned",
                                   "signed with the secret", "foreign key", "no id token", "no subject"])
def test_a_forged_or_stale_token_opens_nothing(fault: str, provider: Provider, browser_of: Any, store: Store) -> None:
    """Another's nonce, audience or issuer, too old, unsigned, signed by whoever: refused, audited, no account made."""
    provider.fault, browser = fault, browser_of(None)

    answer = come_in(browser, provider)

    assert answer.status_code == 403
    assert "tidak dapat dipercaya" in answer.content.decode()
    assert browser.get("/").status_code == 302
    assert user("sari") is None
    assert last(store).after["by"] == "oidc"


def test_an_answer_is_good_once_and_in_the_browser_that_asked(provider: Provider, browser_of: Any) -> None:
    """A link with somebody's code signs nobody in elsewhere; going back does not sign in again; a made-up state neither."""
    mine, other = browser_of(None), browser_of(None)
    back = way_back(mine, provider)

    assert other.get(back).status_code == 403
    assert mine.get(back).status_code == 302
    mine.post("/keluar")
    assert mine.get(back).status_code == 403
    assert mine.get("/masuk/pemerintah/kembali?code=x&state=y").status_code == 403
    assert mine.get("/masuk/pemerintah/kembali?error=access_denied").status_code == 403


def test_a_stolen_code_is_worth_nothing_without_the_verifier(provider: Provider, browser_of: Any) -> None:
    """PKCE: the code from Alice's address bar, put into another's own flow, is refused by the provider."""
    victim, thief = browser_of(None), browser_of(None)
    code = parse_qs(urlsplit(way_back(victim, provider)).query)["code"][0]
    state = parse_qs(urlsplit(way_back(thief, provider)).query)["state"][0]

    assert thief.get(f"/masuk/pemerintah/kembali?code={code}&state={state}").status_code == 403


def test_rotated_keys_are_fetched_and_known_ones_are_not_asked_for_again(provider: Provider, browser_of: Any) -> None:
    """The provider may change its key on any day; the description and known keys cost no request."""
    come_in(browser_of(None), provider)
    come_in(browser_of(None), provider)
    asked = provider.asked.count("/jwks")
    provider.rotate()

    assert come_in(browser_of(None), provider).status_code == 302

    assert provider.asked.count("/jwks") == asked + 1


def test_who_was_closed_out_here_stays_out(provider: Provider, browser_of: Any, store: Store) -> None:
    """A group over there does not open what an administrator closed here."""
    from inbox.people import disable

    browser = browser_of(None)
    come_in(browser, provider)
    assert disable("sari") == 1

    assert come_in(browser_of(None), provider).status_code == 403
    assert last(store).after["why"] == "closed"
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize(("trusts", "amr", "status"), [
    (True, ["pwd", "otp"], 302), (True, ["pwd"], 403), (True, "otp", 403), (False, ["mfa"], 403)])
def test_a_required_second_factor_is_the_provider_s_to_ask_for(
    trusts: bool, amr: Any, status: int, provider: Provider, browser_of: Any
) -> None:
    """An operator comes in where the provider says that it asked for one, and we are told to believe it."""
    trust(provider, trusts_second_factor=trusts)
    inbox = desk().settings.inbox
    factor = inbox.second_factor.model_copy(update={"required_for": ("operator",)})
    set_up(replace(desk(), settings=desk().settings.model_copy(update={
        "inbox": inbox.model_copy(update={"second_factor": factor})})))
    provider.who.update(groups=["kentongan-operator"], amr=amr)
    browser = browser_of(None)

    assert come_in(browser, provider).status_code == status
    assert browser.get("/").status_code == (200 if status == 302 else 302)


def test_a_provider_that_does_not_answer_or_is_another_leads_back_to_the_door(provider: Provider, browser_of: Any) -> None:
    """A password still opens; nobody sees a trace."""
    forget_client()
    real = provider.described["issuer"]
    provider.described["issuer"] = "https://lain.example"
    answer = browser_of(None).get("/masuk/pemerintah", follow=True)
    provider.described["issuer"] = real

    assert "Penyedia identitas tidak menjawab" in answer.content.decode()


def test_the_file_is_checked_before_anybody_stands_at_the_door(provider: Provider, monkeypatch: pytest.MonkeyPatch,
                                                               tmp_path: Any) -> None:
    """No plain http beyond this machine, no people without departments, no start without the secret, which may be a credential."""
    for wrong in ({"issuer": "http://masuk.example.go.id"}, {"client_id": ""}, {"people": ()}, {"scopes": ("profile",)}):
        with pytest.raises(ValueError, match=r"https|client_id"):
            OidcSettings(**{"issuer": "https://masuk.example.go.id", "client_id": "k", "people": PEOPLE, **wrong})
    with pytest.raises(ValueError, match="departments"):
        OidcPerson(group="g")
    refuse_without_oidc(desk().settings)
    monkeypatch.delenv("KENTONGAN_OIDC_SECRET")
    with pytest.raises(ConfigError, match="rahasia"):
        refuse_without_oidc(desk().settings)
    (tmp_path / "kentongan_oidc_secret").write_text(f"{SECRET}\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    refuse_without_oidc(desk().settings)


@pytest.mark.browser
@pytest.mark.usefixtures("one_thread_for_both")
def test_in_a_real_browser_the_door_leads_over_and_back(provider: Provider, tab: Any) -> None:
    """Under our policy and with cookies as a browser keeps them: one click, no form that a redirect would break."""
    tab.goto("/masuk")
    tab.click("text=Masuk dengan akun pemerintah")
    tab.wait_for_selector("#queue")

    assert tab.inner_text(".menu-name") == "sari"
    assert [line for line in tab.trouble if not line.startswith(provider.issuer)] == []
    tab.trouble.clear()
