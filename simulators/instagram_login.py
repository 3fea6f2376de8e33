"""How Instagram's web site lets a person in: by password, by a second factor, or not before a check.

Answers as instaloader 4.16 asks: a login form with the password in Instagram's browser envelope, then
the code of the second factor. Both want the CSRF token that the start page gave.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from simulators.server import Request, Response, json_response
from simulators.world import World

LOGIN_PATHS = ("/api/v1/web/accounts/login/ajax/", "/accounts/login/ajax/two_factor/")
CSRF, SESSION_ID = "demo-csrf", "demo-instagram-session"
USERNAME, PASSWORD, CODE = "pemantau_contoh", "sandi-karangan-9", "123456"
USER_ID, PENDING = "178000000", "demo-two-factor"
COOKIES = {"csrftoken": CSRF, "ds_user_id": USER_ID, "sessionid": SESSION_ID, "mid": "demo",
           "ig_cb": "1", "ig_pr": "1", "ig_vw": "1920", "s_network": ""}
ENVELOPE = re.compile(r"#PWD_INSTAGRAM_BROWSER:0:\d+:(.*)")


def answer_login(world: World, request: Request) -> Response:
    form = {name: values[-1] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
    if request.headers.get("x-csrftoken") != CSRF:
        return Response(403, {"content-type": "text/html"}, b"<!DOCTYPE html><title>CSRF</title>")
    if request.path == LOGIN_PATHS[1]:
        return _second_factor(form)
    envelope = ENVELOPE.fullmatch(form.get("enc_password", ""))
    if form.get("username") != USERNAME:
        return json_response({"authenticated": False, "user": False, "status": "ok"})
    if envelope is None or envelope[1] != PASSWORD:
        return json_response({"authenticated": False, "user": True, "status": "ok"})
    if world.options.instagram_login == "checkpoint":
        return json_response({"message": "checkpoint_required", "checkpoint_url": "/challenge/demo/9/",
                              "lock": False, "status": "fail"}, 400)
    if world.options.instagram_login == "two_factor":
        return json_response({"message": "", "two_factor_required": True, "status": "fail",
                              "two_factor_info": {"username": USERNAME, "two_factor_identifier": PENDING}}, 400)
    return _let_in()


def _second_factor(form: dict[str, str]) -> Response:
    if (form.get("identifier"), form.get("verificationCode")) == (PENDING, CODE):
        return _let_in()
    return json_response({"message": "Please check the security code and try again.", "status": "fail"}, 400)


def _let_in() -> Response:
    answer = json_response({"authenticated": True, "user": True, "userId": USER_ID, "status": "ok"})
    given = ("csrftoken", "ds_user_id", "sessionid", "mid")
    return Response(answer.status, answer.headers, answer.body,
                    cookies=tuple(f"{name}={COOKIES[name]}; Path=/" for name in given))
