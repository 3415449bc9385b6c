"""A browser in which somebody signs in."""

import urllib.error
import urllib.parse
import urllib.request

from stage import AGENT, DEADLINE_S


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def way_back(emulator, address):
    """Follows the address as the agent's browser does: what the application is sent back with."""
    emulator.control("POST", "/entra/sign-ins", {"oid": AGENT})
    https = urllib.request.HTTPSHandler(context=emulator.tls)
    opener = urllib.request.build_opener(StayHere, https)
    try:
        page = opener.open(address, timeout=DEADLINE_S)
    except urllib.error.HTTPError as answer:
        with answer:
            if answer.code != 302:
                raise
            back = urllib.parse.urlsplit(answer.headers["Location"])
        return dict(urllib.parse.parse_qsl(back.query))
    with page:
        raise AssertionError(f"the browser stays on a page: {page.status}")
