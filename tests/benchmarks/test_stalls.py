"""The waits that a service and a loop that does nothing had in the same seconds."""

import subprocess
import sys

import pytest

from benchmarks.attack.dense import livez_outcome
from benchmarks.serving.stalls import Waits

WATCHED = """
import threading, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from benchmarks.serving.stalls import longest_waits

class Slow(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep({seconds})
        self.send_response({status})
        self.end_headers()
        answered.set()

    def log_message(self, *_):
        pass

answered = threading.Event()
server = HTTPServer(("127.0.0.1", 0), Slow)
threading.Thread(target=server.serve_forever, daemon=True).start()
with longest_waits(f"http://127.0.0.1:{{server.server_port}}") as waits:
    answered.wait(300)
print(waits.livez, waits.bare)
"""
"""A program of its own: it forks."""


@pytest.mark.parametrize(("status", "least"), [(200, 0.2), (503, float("inf"))])
def test_a_slow_answer_is_a_wait_and_none_is_an_endless_one(status, least):
    code = WATCHED.format(seconds=0.2, status=status)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    livez, bare = map(float, done.stdout.split())
    assert livez >= least
    assert 0 <= bare < float("inf")


@pytest.mark.parametrize(("livez", "holds"), [(0.4, True), (0.6, False), (float("inf"), False)])
def test_what_kept_the_bare_loop_waiting_is_not_held_against_livez(livez, holds):
    assert livez_outcome("a body", Waits(livez, 0.0)).holds is holds
    assert livez_outcome("a body", Waits(livez, 0.3)).holds is (livez < 1)
