"""Who may ask, from where, and what every answer forbids a browser."""

import json

import pytest

from tests.zoo.serving.page import pages

MODELS = "/page/api/models"
PATHS = ("/", "/page/style.css", "/page/main.js", MODELS, "/page/nothing")
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_what_the_page_does_not_need(port, path):
    headers = pages.ask(port, "GET", path).headers
    assert {*headers["Content-Security-Policy"].split("; ")} == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Server"] == "zoo"


def test_files_have_their_types_and_are_kept_until_they_change(port):
    types = {
        "/": "text/html",
        "/page/style.css": "text/css",
        "/page/main.js": "text/javascript",
        "/page/icon.svg": "image/svg+xml",
    }
    for path, kind in types.items():
        answer = pages.ask(port, "GET", path)
        assert (answer.status, answer.headers["Content-Type"]) == (
            200,
            f"{kind}; charset=utf-8",
        )
        assert answer.headers["Cache-Control"] == "no-cache"
        kept = {"If-None-Match": answer.headers["ETag"]}
        again = pages.ask(port, "GET", path, headers=kept)
        assert (again.status, again.body) == (304, b"")
        assert pages.ask(port, "HEAD", path).status == 200
        assert pages.ask(port, "POST", path).status == 405
    assert pages.ask(port, "GET", MODELS).headers["Cache-Control"] == "no-store"


def test_nothing_else_of_the_disk_is_served(port):
    for path in ("/page/", "/page/../site.py", "/page/%2e%2e/site.py", "/page//etc"):
        assert pages.ask(port, "GET", path).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Host": "attacker.example:8501"},
        {"Host": "127.0.0.1@attacker.example"},
        {"Host": "localhost.attacker.example"},
        {"Host": "[::1"},
        {"Host": "localhost:no"},
    ],
)
@pytest.mark.parametrize("path", ["/", MODELS])
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(port, path, headers):
    answer = pages.ask(port, "GET", path, headers=headers)
    assert (answer.status, answer.error) == (421, "other_host")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "[::1]:8501"])
def test_every_name_of_this_machine_does(port, host):
    assert pages.ask(port, "GET", MODELS, headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},  # another port is another origin
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_gets_nothing(port, headers):
    answer = pages.upload(port, {"a": b"x"}, headers=headers)
    assert (answer.status, answer.error) == (403, "other_site")


def test_a_link_elsewhere_may_lead_to_the_page_alone(port):
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    assert pages.ask(port, "GET", "/", headers=link).status == 200
    assert pages.ask(port, "GET", MODELS, headers=link).status == 403
    frame = {**link, "Sec-Fetch-Dest": "iframe"}
    assert pages.ask(port, "GET", "/", headers=frame).status == 403


def test_the_page_itself_does(port):
    headers = {"Origin": f"http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"}
    assert pages.upload(port, {"a": b"x"}, headers=headers).error == "no_study"


def test_a_form_of_another_site_can_send_nothing(port):
    for kind in (
        "text/plain",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
    ):
        for path in ("studies", "proposal"):
            headers = {"Content-Type": kind}
            answer = pages.ask(port, "POST", f"/page/api/{path}", b"{}", headers)
            assert (answer.status, answer.error) == (415, "other_type")
    assert pages.ask(port, "OPTIONS", "/page/api/studies").status == 405
    assert pages.ask(port, "GET", "/page/api/studies").status == 405
    assert pages.ask(port, "GET", "/page/api/other").status == 404


def test_with_a_token_the_api_wants_it_and_the_page_does_not(models):
    with pages.page_port(models, token=pages.TOKEN) as port:
        assert pages.ask(port, "GET", "/").status == 200
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "ü"}):
            sent = {name: value.encode("latin-1") for name, value in headers.items()}
            answer = pages.ask(port, "GET", MODELS, headers=sent)
            assert (answer.status, answer.error) == (401, "token")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert pages.upload(port, {"a": b"x"}, headers=sent).status == 401
        shown = {"Authorization": f"Bearer {pages.TOKEN}"}
        assert pages.ask(port, "GET", MODELS, headers=shown).status == 200
        # TensorFlow Serving's own paths ask for it as before
        assert pages.ask(port, "GET", "/v1/models/small").status == 401
        assert pages.ask(port, "GET", "/v1/models/small", headers=shown).status == 200


def test_a_server_for_other_machines_takes_any_name_of_its_own(models):
    with pages.page_port(models, token=pages.TOKEN, only_here=False) as port:
        headers = {"Host": "mri.example.org", "Authorization": f"Bearer {pages.TOKEN}"}
        assert pages.ask(port, "GET", MODELS, headers=headers).status == 200
        foreign = {**headers, "Origin": "https://attacker.example"}
        assert pages.ask(port, "GET", MODELS, headers=foreign).status == 403


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 10000,
        json.dumps({"model": "small", "version": True, "files": []}).encode(),
        json.dumps({"model": "small", "version": 1}).encode(),
        json.dumps({"model": "small", "version": 1, "files": [7]}).encode(),
        json.dumps({"model": "", "version": 1, "files": []}).encode(),
    ],
)
def test_what_is_no_question_of_the_page(port, content):
    answer = pages.ask(port, "POST", "/page/api/proposal", content, pages.JSON)
    assert (answer.status, answer.error) == (400, "bad_request")
